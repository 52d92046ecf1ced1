package view

// Slack's limits, in characters unless the comment says otherwise. What is longer is refused as
// invalid_blocks. source: https://docs.slack.dev/reference/block-kit/blocks
const (
	maxMessage  = 39_000 // of a message's text; Slack itself cuts at 40,000
	maxSection  = 3_000
	maxHeader   = 150
	maxButton   = 75    // of a button's text
	maxValue    = 2_000 // of a button's value
	maxOptions  = 100   // options in a select
	maxOption   = 75    // of an option's text
	maxOptValue = 150
	maxPrivate  = 3_000 // of a modal's private metadata
)

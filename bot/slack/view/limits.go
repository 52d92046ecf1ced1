package view

// Slack's limits, in characters unless the comment says otherwise. What is longer is refused as
// invalid_blocks. source: https://docs.slack.dev/reference/block-kit/blocks
const (
	maxMessage = 39_000 // of a message's text; Slack itself cuts at 40,000
	maxSection = 3_000
	maxContext = 2_000
	maxHeader  = 150
	maxButton  = 75    // of a button's text
	maxValue   = 2_000 // of a button's value
	maxActions = 25    // elements of an actions block
	maxFields  = 10    // fields of a section
	maxField   = 2_000
	maxAlt     = 2_000 // of an image's words

	maxBlocks     = 50  // of a message
	maxViewBlocks = 100 // of a modal or a Home
	// maxTexts is how much text a message's blocks hold together. Slack doesn't document that it
	// refuses more than some 13,000 as msg_blocks_too_long. source:
	// https://github.com/slackapi/bolt-js/issues/2509
	maxTexts = 12_000

	// Of a table; a message holds one. source:
	// https://docs.slack.dev/reference/block-kit/blocks/table-block
	maxRows    = 100
	maxColumns = 20
	maxCells   = 10_000 // of all its cells together
	maxCell    = 500    // ours: a longer cell is no cell to read

	maxOptions  = 100 // options in a select
	maxOption   = 75  // of an option's text
	maxOptValue = 150
	maxInput    = 3_000 // of what is written in a field
	maxHint     = 150   // of a field's placeholder
	maxLabel    = 2_000
	maxID       = 255 // of an action or a block

	// Of a modal. source: https://docs.slack.dev/reference/views/modal-views
	maxTitle   = 24    // of its title and its buttons
	maxPrivate = 3_000 // of its private metadata
)

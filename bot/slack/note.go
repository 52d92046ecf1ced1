package slack

import (
	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// note renders a post as a line in a case's thread. A patient's words are quoted with ShowText, and
// hidden without.
func (s *Slack) note(p handlers.Post) (line post) {
	var text string
	defer func() { line.ping(p.Ping) }()
	switch {
	case p.Words && !s.c.ShowText:
		text = "The patient wrote again. _(words not shown here)_"
	case p.Words: // From doesn't matter: they are always the patient's
		text = "*Patient:*\n" + quote(p.Text)
	default:
		text = speaker(p.From) + escape(p.Text, maxSection-200, "\n")
	}
	return thread(p.ID, text)
}

// ping puts <!here> or <!channel> before a line, and shows the line in the channel too: a ping
// inside a thread notifies nobody. Any other value of whom changes nothing, so that no unknown tag
// is ever written.
func (p *post) ping(whom string) {
	if whom == "here" || whom == "channel" {
		p.text = "<!" + whom + "> " + p.text
		p.blocks = []sdk.Block{section(p.text)}
		p.broadcast = true
	}
}

// fault renders the line that says why a staff message didn't reach the patient.
func fault(p handlers.Post) post {
	// With Refused our own rules stopped the text, so it never left; with Failed the carrier did.
	text := ":x: Not delivered"
	if p.State == desk.Refused {
		text = ":x: Not sent"
	}
	if p.Why != "" {
		text += ": " + escape(p.Why, maxSection-200, " ")
	}
	return thread(p.ID, text)
}

// speaker renders who a line is from, for the beginning of the line; "" for nobody.
func speaker(from string) string {
	switch from {
	case "":
		return ""
	case "patient":
		return "*Patient:* "
	case "bot":
		return "*Beacon:* "
	default:
		return person(from) + ": "
	}
}

// thread returns a line for a thread, with the metadata by which findNote finds it. Its text must
// be escaped already.
func thread(id, text string) post {
	return post{
		text: text, blocks: []sdk.Block{section(text)}, event: noteEvent, key: noteKey, id: id,
	}
}

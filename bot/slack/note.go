package slack

import (
	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// note is a line in a case's thread.
func (s *Slack) note(p handlers.Post) (line post) {
	var text string
	defer func() { line.ping(p.Ping) }()
	switch {
	case p.Words && !s.c.ShowText:
		text = "The patient wrote again. _(words not shown here)_"
	case p.Words: // whoever it is from: they are quoted as the patient's
		text = "*Patient:*\n" + quote(p.Text)
	default:
		text = speaker(p.From) + escape(p.Text, maxSection-200, "\n")
	}
	return thread(p.ID, text)
}

// ping puts a ping before a line of ours; a patient's words never ping.
func (p *post) ping(whom string) {
	if whom == "here" || whom == "channel" {
		p.text = "<!" + whom + "> " + p.text
		p.blocks = []sdk.Block{section(p.text)}
		p.broadcast = true // Slack tells nobody of a ping inside a thread
	}
}

// fault is the line that says why a staff message didn't reach the patient.
func fault(p handlers.Post) post {
	// Failed is the carrier's word, Refused our own gate's: the text never left.
	text := ":x: Not delivered"
	if p.State == desk.Refused {
		text = ":x: Not sent"
	}
	if p.Why != "" {
		text += ": " + escape(p.Why, maxSection-200, " ")
	}
	return thread(p.ID, text)
}

// speaker is who a line is from.
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

// thread is a post in a thread; its text is escaped already.
func thread(id, text string) post {
	return post{
		text: text, blocks: []sdk.Block{section(text)}, event: noteEvent, key: noteKey, id: id,
	}
}

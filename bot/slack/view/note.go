package view

import (
	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// Note renders a post as a line in a case's thread. With Words a patient's words are quoted,
// but not in the notification of the line.
func (r Renderer) Note(p handlers.Post) Message {
	body, text := "", "The patient wrote again. _(words not shown here)_"
	switch {
	case p.Words && !r.Words:
		body = text
	case p.Words: // From doesn't matter: they are always the patient's
		body, text = "*Patient:*\n"+quote(p.Text), "The patient wrote again."
	default:
		body = speaker(p.From) + escape(r.shown(p.Text), maxSection-200, "\n")
		text = speaker(p.From) + escape(p.Text, maxSection-200, "\n")
	}
	tag, many := pings(p.Ping)
	if tag != "" {
		body, text = tag+" "+body, tag+" "+text
	}
	line := thread(p.ID, body)
	line.Text, line.Broadcast = text, many
	for _, b := range r.buttons(nil, p.Buttons, 0) {
		line.Blocks = append(line.Blocks, b.block)
	}
	return line
}

// pings renders whom a line pings, and reports whether that is many: pinging a channel inside a
// thread notifies nobody, so such a line is shown in the channel too. Anything else than these forms
// is left out, so that no unknown tag is ever written. source:
// https://docs.slack.dev/messaging/formatting-message-text#mentioning-groups
func pings(who string) (tag string, many bool) {
	switch {
	case who == "here", who == "channel":
		return "<!" + who + ">", true
	case group.MatchString(who):
		return "<!subteam^" + who + ">", true
	case member.MatchString(who):
		return "<@" + who + ">", false
	}
	return "", false
}

// Fault renders the line that says why a staff message didn't reach the patient.
func (r Renderer) Fault(p handlers.Post) Message {
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

// Status renders the line that says in words that a staff message was sent, or delivered and when.
func (r Renderer) Status(p handlers.Post) Message {
	p.ID = "status:" + p.Mark
	if p.State == handlers.Delivered {
		return thread(p.ID, "✓✓ Delivered to the patient's phone "+moment(p.Due))
	}
	return thread(p.ID, "✓ Sent to the patient")
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

// thread returns a line for a thread, with the metadata by which it is found again. Its body must
// be escaped already, and is its notification too.
func thread(id, body string) Message {
	return Message{
		Text: body, Blocks: []sdk.Block{section(body)},
		Event: NoteEvent, Key: NoteKey, ID: id,
	}
}

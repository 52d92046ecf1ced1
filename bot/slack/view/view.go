// Package view renders what staff see in Slack as Block Kit: cards, the lines of threads, answers
// and forms. It knows Slack's limits and its markup, and makes no requests.
//
// What patients wrote, are called and come for appears only with [Renderer.Words], never in a
// notification, and never mentions anybody. The reference is
// https://docs.slack.dev/reference/block-kit.
package view

import (
	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers/veil"
)

// Renderer renders for one clinic. The zero Renderer hides what patients' words say.
type Renderer struct {
	Words bool // patients' words, names and treatments may be shown
	// Files are the ids that Slack gave pictures, by their names; one without is shown by its words.
	Files map[string]string
	// Plain has tables laid out in characters of one width, for when Slack refused one.
	Plain bool
}

// shown returns a text of the handlers with its veiled parts or without them.
func (r Renderer) shown(text string) string {
	return unmarked.Replace(veil.Shown(text, r.Words))
}

// The event types and the keys of the metadata by which a retry finds a post that was made before a
// crash. source: https://docs.slack.dev/messaging/message-metadata
const (
	CardEvent = "beacon_case"
	CardKey   = "case" // holds the case's id
	NoteEvent = "beacon_post"
	NoteKey   = "post" // holds the post's id
)

// Message is a message of ours, ready to be sent.
type Message struct {
	Text   string // escaped; shown by notifications, in place of the blocks: it has no one's words
	Blocks []sdk.Block

	// The metadata: an event type, and an id under a key.
	Event string
	Key   string
	ID    string

	Broadcast bool // shows a reply in the channel too
}

// Line renders a line that belongs to no case and pings all members of its channel.
func Line(text string) string { return "<!channel> " + escape(text, maxSection, " ") }

// Said renders the text of an answer. Staff's answers hold no tags of Slack's, so whatever looks
// like one, <!channel> say, was typed by a patient or a colleague. *Bold* isn't a tag and stays.
func (r Renderer) Said(text string) string { return escape(r.shown(text), maxMessage, "\n") }

package slack

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// The event types and the keys of the metadata by which a retry finds a post that was made before a
// crash. source: https://docs.slack.dev/messaging/message-metadata
const (
	cardEvent = "beacon_case"
	cardKey   = "case" // holds the case's id
	noteEvent = "beacon_post"
	noteKey   = "post" // holds the post's id
)

// twilioLog is the page, followed by a message's SID, on which staff with a Twilio account read a
// text whose words aren't shown in Slack.
const twilioLog = "https://console.twilio.com/us1/monitor/logs/sms/"

// post is a message of ours, ready to be sent.
type post struct {
	text   string // escaped; shown by notifications, in place of the blocks: it has no one's words
	blocks []sdk.Block

	// The metadata: an event type, and an id under a key.
	event string
	key   string
	id    string

	broadcast bool // shows a reply in the channel too
}

// options returns the message for the SDK. Unfurling is off: Slack would fetch whatever a patient
// links to, and show it.
func (p post) options() []sdk.MsgOption {
	all := []sdk.MsgOption{
		sdk.MsgOptionText(p.text, false), // escaped where it was made
		sdk.MsgOptionBlocks(p.blocks...),
		sdk.MsgOptionMetadata(
			sdk.SlackMetadata{EventType: p.event, EventPayload: map[string]any{p.key: p.id}},
		),
		sdk.MsgOptionDisableLinkUnfurl(),
		sdk.MsgOptionDisableMediaUnfurl(),
	}
	if p.broadcast {
		all = append(all, sdk.MsgOptionBroadcast())
	}
	return all
}

// heading names a case: its kind, and the end of its number. The whole number is nowhere in Slack,
// which keeps what it is given and sends it to phones' lock screens.
func heading(c handlers.Case) string {
	head := kindWords(c.Kind)
	if !c.Phone.IsZero() {
		head += " " + c.Phone.String()
	}
	return head
}

// card renders a case as it stands.
func (s *Slack) card(c handlers.Case) post {
	head := heading(c)
	if !c.Open {
		head = "Done: " + head
	}
	blocks := []sdk.Block{sdk.NewHeaderBlock(label(cut(head, maxHeader)))}
	add := func(text string) { blocks = append(blocks, section(text)) }
	if c.Channel == handlers.UrgentChannel && !c.Concern() && c.Open && c.TakenBy == "" {
		add("<!channel>") // pings once: updating a message pings nobody
	}
	if c.OptOut && c.Open {
		add(":telephone_receiver: *CALL: has opted out of texts*")
	}
	if c.Title != "" {
		add(escape(s.shown(c.Title), maxSection, "\n"))
	}
	if words := s.words(c); words != "" {
		add(words)
	}
	// A card is rarely redrawn, so Slack is told when the case began and shows its age as of now.
	blocks = append(blocks, sdk.NewContextBlock("", mrkdwn(since(c)+" · "+holder(c)+more(c))))
	if actions := desk.Actions(c); len(actions) > 0 {
		blocks = append(blocks, buttons(c.ID, actions))
	}
	return post{
		// Notifications leave Slack for phones and mail, so the patient's words aren't in them, and
		// the title's parts stay veiled, even with ShowText.
		text: escape(head+": "+c.Title, maxSection, "\n"), blocks: blocks,
		event: cardEvent, key: cardKey, id: c.ID,
	}
}

// words renders the patient's own words, or, without ShowText, where to read them. Twilio's SIDs
// begin with SM for a text and MM for one with media; other sources have no page there.
func (s *Slack) words(c handlers.Case) string {
	switch {
	case s.c.ShowText && c.Text != "":
		return quote(c.Text)
	case strings.HasPrefix(c.Source, "SM"), strings.HasPrefix(c.Source, "MM"):
		return "_The patient's words aren't shown here._ <" +
			twilioLog + url.PathEscape(c.Source) + "|Read them in the Twilio log>"
	case c.Text != "" || c.Source != "":
		return "_The patient's words aren't shown here._"
	default:
		return "" // the case began with no text
	}
}

// since renders when the case began. Slack shows it in the reader's own zone; the part after the
// bar is for clients that can't. source:
// https://docs.slack.dev/messaging/formatting-message-text#date-formatting
func since(c handlers.Case) string {
	return fmt.Sprintf(
		"<!date^%d^{date_short_pretty} {time} ({ago})|%s>", c.At.Unix(),
		c.At.UTC().Format("2006-01-02 15:04 UTC"),
	)
}

// more renders how many matters joined the case later. They are in the thread only, so without the
// count somebody might close the case without having seen them.
func more(c handlers.Case) string {
	if c.More == 0 {
		return ""
	}
	return fmt.Sprintf(" · *%d more in the thread*", c.More)
}

// holder renders who has the case. For a case that was taken it also says how long that took, which
// for a concern that became an alarm counts from the alarm.
func holder(c handlers.Case) string {
	switch {
	case !c.Open && c.TakenBy == "":
		return "done"
	case !c.Open && c.Concern():
		return "done, " + person(c.TakenBy) + " read it"
	case !c.Open:
		return "done, " + person(c.TakenBy) + " had it"
	case c.Concern() && c.TakenBy == "":
		return "nobody has read this yet"
	case c.TakenBy == "":
		return "nobody has this yet"
	case c.TakenAt.IsZero():
		return person(c.TakenBy) + " has this"
	default:
		return fmt.Sprintf(
			"%s has this, %d min after it came", person(c.TakenBy),
			int(c.TakenAt.Sub(c.Began()).Minutes()),
		)
	}
}

// member matches a Slack user's id, such as U2147483697 or W012A3CDE.
var member = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`)

// person renders a staff member as a mention, which Slack shows as the name. Anything that isn't a
// user's id is shown escaped, so that it can't ping.
func person(who string) string {
	if member.MatchString(who) {
		return "<@" + who + ">"
	}
	return escape(who, maxOption, " ")
}

// buttons renders the case's actions. The value is for people who read a payload: a press is
// attributed to its case by the thread.
func buttons(id string, actions []desk.Action) sdk.Block {
	var elements []sdk.BlockElement
	for _, a := range actions {
		b := sdk.NewButtonBlockElement(a.ID, cut(id, maxValue), label(cut(a.Text, maxButton)))
		switch a.ID {
		case desk.ActionTake, desk.ActionRead:
			b.Style = sdk.StylePrimary
		case desk.ActionDanger:
			b.Style = sdk.StyleDanger
		}
		elements = append(elements, b)
	}
	return sdk.NewActionBlock("", elements...)
}

// kindWords returns a case's kind in words for staff. An unknown one is shown with a capital and
// without underscores, so that a new kind needs no change here.
func kindWords(kind string) string {
	switch kind {
	case "crisis":
		return "CRISIS"
	case "emergency":
		return "EMERGENCY"
	case "concern":
		return "Please read"
	case "clinical":
		return "Clinical question"
	case "handoff", "choices", "answer":
		return "Question"
	case "confirm":
		return "Visit confirmed"
	case "decline":
		return "Can't come"
	case "reschedule":
		return "Wants another day"
	case "late":
		return "Running late"
	case "optout", "stop":
		return "Opted out of texts"
	case kinds.Slot:
		return "A time is free"
	case kinds.SlotTaken:
		return "Free time taken"
	case kinds.SlotOver:
		return "Free time, not taken"
	case "ride", "ride_arranged", "ride_help":
		return "Ride home"
	case kinds.Series:
		return "Series of visits"
	case "unprepared":
		return "To be told how to prepare"
	case "undelivered":
		return "Text not delivered"
	case kinds.Outage:
		return "Texts or calls can't go out"
	case kinds.Refused:
		return "Texts that weren't answered"
	case kinds.Away:
		return "Texts that came late"
	case kinds.Feed:
		return "A feed of visits isn't read"
	case kinds.FeedShrunk:
		return "A feed lacks visits: agree?"
	case kinds.Doubts:
		return "Visits that can hardly be right"
	case kinds.FeedUnlinked:
		return "Visits without a number"
	case kinds.NotWritten:
		return "Not in the other system"
	case "":
		return "Case"
	default:
		return strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "_", " ")
	}
}

// section returns a paragraph. Its text must be escaped already.
func section(text string) sdk.Block { return sdk.NewSectionBlock(mrkdwn(text), nil, nil) }

// mrkdwn returns a text object with Slack's verbatim set: Slack makes no links or mentions of names
// and numbers by itself.
func mrkdwn(text string) *sdk.TextBlockObject {
	return sdk.NewTextBlockObject(sdk.MarkdownType, text, false, true)
}

// quote renders a patient's words as a quotation, so that nobody takes them for the bot's. It
// leaves 200 units of a section for what stands before them.
func quote(words string) string {
	return "> " + escape(strings.TrimSpace(words), maxSection-200, "\n> ")
}

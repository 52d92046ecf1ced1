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

// The metadata by which a post of ours is known again after a crash.
const (
	cardEvent = "beacon_case"
	cardKey   = "case"
	noteEvent = "beacon_post"
	noteKey   = "post"
)

// twilioLog is where staff with an account read a text whose words aren't shown here.
const twilioLog = "https://console.twilio.com/us1/monitor/logs/sms/"

// post is a message of ours, ready to go.
type post struct {
	text   string // for notifications and screen readers
	blocks []sdk.Block
	event  string
	key    string
	id     string

	broadcast bool // a line of a thread that the channel sees too
}

// options are the message for the SDK. Nothing is unfurled: Slack would fetch a link that a patient
// wrote.
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

// card shows a case as it stands.
func (s *Slack) card(c handlers.Case) post {
	// The whole number is nowhere in the card: Slack keeps what it is given, and sends it to
	// phones' lock screens.
	head := kindWords(c.Kind)
	if !c.Phone.IsZero() {
		head += " " + c.Phone.String()
	}
	if !c.Open {
		head = "Done: " + head
	}
	blocks := []sdk.Block{sdk.NewHeaderBlock(label(cut(head, maxHeader)))}
	add := func(text string) { blocks = append(blocks, section(text)) }
	if c.Channel == handlers.UrgentChannel && !c.Concern() && c.Open && c.TakenBy == "" {
		add("<!channel>") // told when it is posted; an update pings nobody
	}
	if c.OptOut && c.Open {
		add(":telephone_receiver: *CALL: has opted out of texts*")
	}
	if c.Title != "" {
		add(escape(c.Title, maxSection, "\n"))
	}
	if words := s.words(c); words != "" {
		add(words)
	}
	// A card is rarely redrawn, so its age is left to Slack, which shows it as of now.
	blocks = append(blocks, sdk.NewContextBlock("", mrkdwn(since(c)+" · "+holder(c)+more(c))))
	if actions := desk.Actions(c); len(actions) > 0 {
		blocks = append(blocks, buttons(c.ID, actions))
	}
	return post{
		// Notifications leave Slack, so the patient's words aren't in them even where they may be
		// shown.
		text: escape(head+": "+c.Title, maxSection, "\n"), blocks: blocks,
		event: cardEvent, key: cardKey, id: c.ID,
	}
}

// words are the patient's own, or where to read them.
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

// since is when the case began. Slack shows it in the reader's own zone; the part after the bar is
// for clients that can't.
func since(c handlers.Case) string {
	return fmt.Sprintf(
		"<!date^%d^{date_short_pretty} {time} ({ago})|%s>", c.At.Unix(),
		c.At.UTC().Format("2006-01-02 15:04 UTC"),
	)
}

// more says how many matters the thread tells of besides, so that nobody closes them unseen.
func more(c handlers.Case) string {
	if c.More == 0 {
		return ""
	}
	return fmt.Sprintf(" · *%d more in the thread*", c.More)
}

// holder says who has the case.
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

// member is a Slack user's id.
var member = regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`)

// person names a staff member: Slack turns the id into the name.
func person(who string) string {
	if member.MatchString(who) {
		return "<@" + who + ">"
	}
	return escape(who, maxOption, " ")
}

// buttons are the case's actions. The value is there for people who read a payload; a press is
// known by its thread.
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

// kindWords is a case's kind for staff. An unknown one is shown as it is.
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
	case "unprepared":
		return "To be told how to prepare"
	case "undelivered":
		return "Text not delivered"
	case kinds.Outage:
		return "Texts or calls can't go out"
	case kinds.Away:
		return "Texts that came late"
	case "":
		return "Case"
	default:
		return strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "_", " ")
	}
}

// section is a paragraph; its text is escaped already.
func section(text string) sdk.Block { return sdk.NewSectionBlock(mrkdwn(text), nil, nil) }

// mrkdwn is a text object that Slack takes word for word: it makes no links of names and numbers by
// itself.
func mrkdwn(text string) *sdk.TextBlockObject {
	return sdk.NewTextBlockObject(sdk.MarkdownType, text, false, true)
}

// quote sets a patient's words apart, so that nobody takes them for the bot's.
func quote(words string) string {
	return "> " + escape(strings.TrimSpace(words), maxSection-200, "\n> ")
}

package view

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// twilioLog is the page, followed by a message's SID, on which staff with a Twilio account read a
// text whose words aren't shown in Slack.
const twilioLog = "https://console.twilio.com/us1/monitor/logs/sms/"

// mostFacts is how many facts a card shows.
const mostFacts = 8

// heading names a case: its kind, and the end of its number. The whole number is nowhere in Slack,
// which keeps what it is given and sends it to phones' lock screens.
func heading(c handlers.Case) string {
	head := desk.KindWords(c.Kind)
	if !c.Phone.IsZero() {
		head += " " + c.Phone.String()
	}
	return head
}

// Card renders a case as it stands.
func (r Renderer) Card(c handlers.Case) Message {
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
		add(escape(r.shown(c.Title), maxSection, "\n"))
	}
	if words := r.quoted(c); words != "" {
		add(words)
	}
	if c.Said != "" {
		add("*Beacon:* " + escape(r.shown(c.Said), maxSection-200, "\n"))
	}
	if besides := r.besides(c); besides != "" {
		add(besides)
	}
	if facts := r.facts(c); facts != "" {
		add(facts)
	}
	if who, what := desk.Asked(c); what != "" {
		add("*" + who + ":* " + what)
	}
	// A card is rarely redrawn, so Slack is told when the case began and shows its age as of now.
	blocks = append(blocks, sdk.NewContextBlock("", mrkdwn(moment(c.At)+" · "+holder(c)+waits(c)+more(c))))
	actions := slices.DeleteFunc(desk.Actions(c), func(a desk.Action) bool {
		return r.Words && a.ID == desk.ActionWords // they stand on the card
	})
	if len(actions) > 0 {
		blocks = append(blocks, buttons(c.ID, actions))
	}
	return Message{
		// Notifications leave Slack for phones and mail, so the patient's words aren't in them, and
		// the title's parts stay veiled, even with Words.
		Text: escape(head+": "+c.Title, maxSection, "\n"), Blocks: blocks,
		Event: CardEvent, Key: CardKey, ID: c.ID,
	}
}

// facts renders what is known of the case's patient, on one line.
func (r Renderer) facts(c handlers.Case) string {
	var out []string
	for _, f := range c.Facts[:min(len(c.Facts), mostFacts)] {
		if text := r.shown(f.Text); text != "" {
			out = append(out, "*"+f.Name+":* "+escape(text, maxSection/mostFacts-50, " "))
		}
	}
	return strings.Join(out, " · ")
}

// quoted renders the patient's own words, or, without Words, where to read them. Twilio's SIDs
// begin with SM for a text and MM for one with media; other sources have no page there.
func (r Renderer) quoted(c handlers.Case) string {
	switch {
	case r.Words && c.Text != "":
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

// besides renders what was asked of staff in the case since it came, a line each: nobody closes a
// case without having seen it.
func (r Renderer) besides(c handlers.Case) string {
	var lines []string
	for _, one := range c.Joined {
		title := escape(r.shown(one.Title), maxSection/handlers.MostJoined-100, " ")
		lines = append(lines, "• "+title+" · "+moment(one.At))
	}
	return strings.Join(lines, "\n")
}

// waits renders for whom an open case is, until when it is put off, and until when it makes sense.
func waits(c handlers.Case) string {
	if !c.Open {
		return ""
	}
	var out strings.Builder
	if c.For != "" && c.For != c.TakenBy {
		out.WriteString(" · for " + person(c.For))
	}
	if !c.Snoozed.IsZero() {
		out.WriteString(" · " + person(c.SnoozedBy) + " is reminded " + moment(c.Snoozed))
	}
	if !c.Until.IsZero() && c.Matter != "" {
		out.WriteString(" · closes by itself " + moment(c.Until))
	}
	return out.String()
}

// more renders how many requests joined the case that the card doesn't show. Without the count
// somebody might close the case without having seen them.
func more(c handlers.Case) string {
	n := c.More - len(c.Joined)
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" · *%d more in the thread*", n)
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

// quote renders a patient's words as a quotation, so that nobody takes them for the bot's. It
// leaves 200 units of a section for what stands before them.
func quote(words string) string {
	return "> " + escape(strings.TrimSpace(words), maxSection-200, "\n> ")
}

package staff

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/broadcast"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Broadcasts texts everybody who has a visit on a day: see package broadcast.
type Broadcasts interface {
	// Plan returns whom a broadcast would be for, and what each would be texted.
	Plan(ctx context.Context, b handlers.Broadcast) ([]broadcast.Recipient, error)
	// Faults returns what is wrong with staff's own words, by language.
	Faults(b handlers.Broadcast) map[string]string
	// Words returns what it says, a line a language.
	Words(b handlers.Broadcast) []string
	// Ask brings it to the desk, for a second person to agree to.
	Ask(
		ctx context.Context, event, user string, b handlers.Broadcast, plan []broadcast.Recipient,
	) error
	// Agree has it sent, and Drop doesn't; each returns why not, "" if so.
	Agree(ctx context.Context, event, id, user string) (why string, err error)
	Drop(ctx context.Context, event, id, user string) (why string, err error)
	// Unreached returns the rows of those who must be called.
	Unreached(ctx context.Context, c handlers.Case) ([]handlers.Outgoing, error)
}

// Broadcast texts everybody who has a visit on a day, or in a part of it. It is asked in a form,
// shown as it would be, and then waits at the desk for a second person.
type Broadcast struct {
	Day     string            `json:"day,omitempty"`  // 2026-12-01
	From    string            `json:"from,omitempty"` // 14:30; "": from the day's beginning
	To      string            `json:"to,omitempty"`   // likewise, to its end
	Say     string            `json:"say,omitempty"`  // a sentence of replies/, or ownWords
	Own     map[string]string `json:"own,omitempty"`  // these words, by language
	TakeOff bool              `json:"off,omitempty"`  // the visits are taken off as well
	Sure    bool              `json:"sure,omitempty"` // whoever asks has seen what would be sent
}

// ownWords is the choice of words that staff write themselves.
const ownWords = "own"

func (Broadcast) name() string { return "broadcast" }

func parseBroadcast(h *Handler, args string) (Act, error) {
	if args == "" {
		return Broadcast{}, nil
	}
	m, ok := h.reader().Day(args)
	switch {
	case !ok || m.Rest != "":
		return nil, usage("I can't read that day. Write it like fri, 12/4 or tomorrow.")
	case !m.Sure():
		return nil, errUsage{or(m.Why, "Say which day.")}
	}
	return Broadcast{Day: m.At[0].In(h.Base.Clinic.Location()).Format(time.DateOnly)}, nil
}

func (b Broadcast) do(ctx context.Context, h *Handler, a Asked) (none answer.Answer, err error) {
	if b.Say == "" {
		return h.broadcastForm(b), nil
	}
	what, err := h.broadcastOf(b)
	if err != nil {
		return none, err
	}
	plan, err := h.Broadcasts.Plan(ctx, what)
	switch {
	case err != nil:
		return none, err
	case len(plan) == 0:
		return answer.Say("Nobody has a visit then that stands: there is nobody to text."), nil
	case !b.Sure:
		return h.broadcastPreview(b, what, plan), nil
	}
	if err := h.Broadcasts.Ask(ctx, a.ID, a.User, what, plan); err != nil {
		return none, err
	}
	return answer.Say("It waits in the desk's channel: somebody else must agree to it, within two " +
		"hours. Nothing is sent before."), nil
}

// broadcastOf returns what an act asks for. The error is an errUsage.
func (h *Handler) broadcastOf(b Broadcast) (out handlers.Broadcast, err error) {
	day, err := time.ParseInLocation(time.DateOnly, b.Day, h.Base.Clinic.Location())
	if err != nil {
		return out, usage("Say which day.")
	}
	out = handlers.Broadcast{
		From: settings.OnDay(day, 0, 0), To: settings.OnDay(day, 1, 0), Say: b.Say,
		TakeOff: b.TakeOff,
	}
	if b.Say == ownWords {
		out.Say, out.Own = "", b.Own
	}
	for _, part := range []struct {
		clock string
		to    *time.Time
	}{{b.From, &out.From}, {b.To, &out.To}} {
		if part.clock == "" {
			continue
		}
		at, err := time.Parse("15:04", part.clock)
		if err != nil {
			return out, usage("Say a time like 14:30.")
		}
		*part.to = settings.OnDay(day, 0, at.Hour()*60+at.Minute())
	}
	switch {
	case !out.From.Before(out.To):
		return out, usage("It ends before it begins.")
	case !out.To.After(h.Now()):
		return out, usage("That time has passed.")
	}
	return out, nil
}

// fill takes the form's values.
func (b Broadcast) fill(h *Handler, values map[string]string) (Act, map[string]string) {
	b.Day, b.From, b.To = values["day"], values["from"], values["to"]
	b.Say, b.TakeOff, b.Own = values["say"], values["off"] != "", nil
	if b.Say == ownWords {
		b.Own = map[string]string{}
		for _, lang := range language.All() {
			if words := strings.TrimSpace(values[lang]); words != "" {
				b.Own[lang] = words
			}
		}
	}
	wrong := map[string]string{}
	what, err := h.broadcastOf(b)
	if err != nil {
		wrong["day"] = err.Error()
	}
	if b.Say == ownWords && b.Own["en"] == "" {
		wrong["en"] = "Say what to text, or choose other words above."
	}
	maps.Copy(wrong, h.Broadcasts.Faults(what))
	return b, wrong
}

// broadcastForm asks whom to text what.
func (h *Handler) broadcastForm(b Broadcast) answer.Answer {
	if b.Day == "" {
		b.Day = h.Now().In(h.Base.Clinic.Location()).Format(time.DateOnly)
	}
	return answer.Answer{Form: &answer.Form{
		Title: "Text all of a day", Submit: "Show what is sent", Do: Encode(b),
		Parts: []answer.Part{{Text: "Everybody with a visit then gets one text, in their language. " +
			"You see it first, and a second person must agree."}},
		Fields: []answer.Field{
			{Name: "day", Label: "Day of the visits", Kind: answer.Date, Value: b.Day},
			{
				Name: "from", Label: "From", Kind: answer.Time, Optional: true,
				Hint: "Only visits that start then or later.",
			},
			{
				Name: "to", Label: "To", Kind: answer.Time, Optional: true,
				Hint: "Only visits that start before.",
			},
			{
				Name: "say", Label: "Words", Kind: answer.Choice, Value: replies.BroadcastWeather,
				Options: []answer.Option{
					{Value: replies.BroadcastWeather, Text: "Closed because of the weather"},
					{Value: replies.BroadcastClosed, Text: "Closed, without a reason"},
					{Value: ownWords, Text: "Our own words, below"},
				},
			},
			{
				Name: "en", Label: "Our own words", Kind: answer.Area, Optional: true, Most: 300,
				Hint: "No treatment, no diagnosis: it is a text that nobody asked for.",
			},
			{
				Name: "es", Label: "The same in Spanish", Kind: answer.Area, Optional: true, Most: 300,
				Hint: "Without it, Spanish speakers get the English words.",
			},
			{
				Name: "off", Label: "Take these visits off too, once they know", Kind: answer.Check,
				Optional: true, Hint: "Their times are offered to nobody.",
			},
		},
	}}
}

// broadcastPreview shows what would be sent to how many, and who can't be texted.
func (h *Handler) broadcastPreview(
	b Broadcast, what handlers.Broadcast, plan []broadcast.Recipient,
) answer.Answer {
	var not [][]string
	early, later := 0, time.Time{}
	for _, r := range plan {
		switch {
		case r.Why != "":
			v := r.Visits[0]
			not = append(not, []string{called(v.Name, v.Phone), h.clock(v.Start), r.Why})
		case r.Early:
			early++
		case r.Later.After(later):
			later = r.Later
		}
	}
	says := fmt.Sprintf("*%d* would be texted", len(plan)-len(not))
	if len(not) > 0 {
		says += fmt.Sprintf(", and *%d* can't be: you get a card for each, to call them", len(not))
	}
	says += "."
	if early > 0 {
		says += fmt.Sprintf(" %d leave outside the hours for texts, since the visit is soon.", early)
	}
	if !later.IsZero() {
		says += " The last leave at " + h.clock(later) + ", when the hours for texts begin."
	}
	if b.TakeOff {
		says += " The visits are taken off once they know; the times are offered to nobody."
	}
	out := answer.Say("%s", says)
	for _, words := range h.Broadcasts.Words(what) {
		out = out.Add(answer.Part{Quote: words})
	}
	if len(not) > 0 {
		rows := answer.Rows([]string{"PATIENT", "VISIT", "WHY NOT"}, not)
		out = out.Add(rows.Parts...)
	}
	b.Sure = true
	return out.Add(answer.Part{Buttons: []answer.Button{
		{Text: "Ask a second person", Do: Encode(b), Style: answer.Primary}, leave(),
	}})
}

// Unreached lists whom a broadcast didn't reach.
type Unreached struct {
	Case string `json:"case"`
}

func (Unreached) name() string { return "broadcast_missed" }

func (u Unreached) do(ctx context.Context, h *Handler, _ Asked) (none answer.Answer, err error) {
	c, ok, err := h.Cases.Case(ctx, u.Case)
	if err != nil || !ok {
		return none, err
	}
	rows, err := h.Broadcasts.Unreached(ctx, c)
	if err != nil {
		return none, err
	}
	slices.SortFunc(rows, func(a, b handlers.Outgoing) int { return a.Start.Compare(b.Start) })
	var cells [][]string
	for _, o := range rows {
		s, err := h.Store.Peek(ctx, o.To)
		if err != nil {
			return none, err
		}
		v, _ := s.Known(o.Visit)
		cells = append(cells, []string{called(v.Name, o.To), h.clock(o.Start), o.Why})
	}
	if len(cells) == 0 {
		return answer.Say("Everybody was reached."), nil
	}
	return answer.Rows([]string{"PATIENT", "VISIT", "WHY"}, cells), nil
}

// AgreeTo has a broadcast sent that somebody else asked for.
type AgreeTo struct {
	Case string `json:"case"`
}

func (AgreeTo) name() string { return "broadcast_agree" }

func (AgreeTo) right() string { return settings.MayBroadcast }

func (g AgreeTo) do(ctx context.Context, h *Handler, a Asked) (answer.Answer, error) {
	return whyNot(h.Broadcasts.Agree(ctx, a.ID, g.Case, a.User))
}

// Withdraw has a broadcast not sent, as long as nothing of it has left.
type Withdraw struct {
	Case string `json:"case"`
}

func (Withdraw) name() string { return "broadcast_drop" }

func (w Withdraw) do(ctx context.Context, h *Handler, a Asked) (answer.Answer, error) {
	return whyNot(h.Broadcasts.Drop(ctx, a.ID, w.Case, a.User))
}

// whyNot answers what wasn't done with why; what was done shows on its card.
func whyNot(why string, err error) (out answer.Answer, _ error) {
	if why != "" {
		out = answer.Say("%s", why)
	}
	return out, err
}

// broadcastAct returns the act that a button on the card of a broadcast says; nil if it is one that
// every card may have.
func broadcastAct(c handlers.Case, action string) Act {
	switch {
	case c.Broadcast == nil:
		return nil
	case action == desk.ActionAgree:
		return AgreeTo{c.ID}
	case action == desk.ActionStop:
		return Withdraw{c.ID}
	case action == desk.ActionWho:
		return Unreached{c.ID}
	}
	return nil
}

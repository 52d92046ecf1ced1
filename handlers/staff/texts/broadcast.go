package texts

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/broadcast"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

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

func (Broadcast) Name() string { return "broadcast" }

func parseBroadcast(k *act.Kit, args string) (act.Act, error) {
	if args == "" {
		return Broadcast{}, nil
	}
	m, ok := k.Reader().Day(args)
	switch {
	case !ok || m.Rest != "":
		return nil, act.Usage("I can't read that day. Write it like fri, 12/4 or tomorrow.")
	case !m.Sure():
		return nil, act.Usage("%s", cmp.Or(m.Why, "Say which day."))
	}
	return Broadcast{Day: m.At[0].In(k.Base.Clinic.Location()).Format(time.DateOnly)}, nil
}

func (b Broadcast) Do(ctx context.Context, k *act.Kit, a act.Asked) (none answer.Answer, err error) {
	if b.Say == "" {
		return broadcastForm(k, b), nil
	}
	what, err := broadcastOf(k, b)
	if err != nil {
		return none, err
	}
	plan, err := k.Broadcasts.Plan(ctx, what)
	switch {
	case err != nil:
		return none, err
	case len(plan) == 0:
		return answer.Say("Nobody has a visit then that stands: there is nobody to text."), nil
	case !b.Sure:
		return broadcastPreview(k, b, what, plan), nil
	}
	if err := k.Broadcasts.Ask(ctx, a.ID, a.User, what, plan); err != nil {
		return none, err
	}
	return answer.Say("It waits in the desk's channel: somebody else must agree to it, within two " +
		"hours. Nothing is sent before."), nil
}

// broadcastOf returns what an act asks for. The error is an UsageError.
func broadcastOf(k *act.Kit, b Broadcast) (out handlers.Broadcast, err error) {
	day, err := time.ParseInLocation(time.DateOnly, b.Day, k.Base.Clinic.Location())
	if err != nil {
		return out, act.Usage("Say which day.")
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
			return out, act.Usage("Say a time like 14:30.")
		}
		*part.to = settings.OnDay(day, 0, at.Hour()*60+at.Minute())
	}
	switch {
	case !out.From.Before(out.To):
		return out, act.Usage("It ends before it begins.")
	case !out.To.After(k.Now()):
		return out, act.Usage("That time has passed.")
	}
	return out, nil
}

// Fill takes the form's values.
func (b Broadcast) Fill(k *act.Kit, values map[string]string) (act.Act, map[string]string) {
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
	what, err := broadcastOf(k, b)
	if err != nil {
		wrong["day"] = err.Error()
	}
	if b.Say == ownWords && b.Own["en"] == "" {
		wrong["en"] = "Say what to text, or choose other words above."
	}
	maps.Copy(wrong, k.Broadcasts.Faults(what))
	return b, wrong
}

// broadcastForm asks whom to text what.
func broadcastForm(k *act.Kit, b Broadcast) answer.Answer {
	if b.Day == "" {
		b.Day = k.Now().In(k.Base.Clinic.Location()).Format(time.DateOnly)
	}
	return answer.Answer{Form: &answer.Form{
		Title: "Text all of a day", Submit: "Show what is sent", Do: act.Encode(b),
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
func broadcastPreview(
	k *act.Kit,
	b Broadcast, what handlers.Broadcast, plan []broadcast.Recipient,
) answer.Answer {
	var not [][]string
	early, later := 0, time.Time{}
	for _, r := range plan {
		switch {
		case r.Why != "":
			v := r.Visits[0]
			not = append(not, []string{k.Called(v.Name, v.Phone), k.Clock(v.Start), r.Why})
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
		says += " The last leave at " + k.Clock(later) + ", when the hours for texts begin."
	}
	if b.TakeOff {
		says += " The visits are taken off once they know; the times are offered to nobody."
	}
	out := answer.Say("%s", says)
	for _, words := range k.Broadcasts.Words(what) {
		out = out.Add(answer.Part{Quote: words})
	}
	if names := broadcast.Names(what, plan); len(names) > 0 {
		out = out.Add(answer.Part{Text: "*Everybody would read the name of a patient:* " +
			veil.Veiled(strings.Join(names, ", "), "") + "."})
	}
	if len(not) > 0 {
		rows := answer.Rows([]string{"PATIENT", "VISIT", "WHY NOT"}, not)
		out = out.Add(rows.Parts...)
	}
	b.Sure = true
	return out.Add(answer.Part{Buttons: []answer.Button{
		{Text: "Ask a second person", Do: act.Encode(b), Style: answer.Primary}, act.LeaveIt(),
	}})
}

// Unreached lists whom a broadcast didn't reach.
type Unreached struct {
	Case string `json:"case"`
}

func (Unreached) Name() string { return "broadcast_missed" }

func (u Unreached) Do(ctx context.Context, k *act.Kit, _ act.Asked) (none answer.Answer, err error) {
	c, ok, err := k.Cases.Case(ctx, u.Case)
	if err != nil || !ok {
		return none, err
	}
	rows, err := k.Broadcasts.Unreached(ctx, c)
	if err != nil {
		return none, err
	}
	slices.SortFunc(rows, func(a, b handlers.Outgoing) int { return a.Start.Compare(b.Start) })
	var cells [][]string
	for _, o := range rows {
		s, err := k.Store.Peek(ctx, o.To)
		if err != nil {
			return none, err
		}
		v, _ := s.Known(o.Visit)
		cells = append(cells, []string{k.Called(v.Name, o.To), k.Clock(o.Start), o.Why})
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

func (AgreeTo) Name() string { return "broadcast_agree" }

func (AgreeTo) Right() string { return settings.MayBroadcast }

func (g AgreeTo) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	return whyNot(k.Broadcasts.Agree(ctx, a.ID, g.Case, a.User))
}

// Withdraw has a broadcast not sent, as long as nothing of it has left.
type Withdraw struct {
	Case string `json:"case"`
}

func (Withdraw) Name() string { return "broadcast_drop" }

func (w Withdraw) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	return whyNot(k.Broadcasts.Drop(ctx, a.ID, w.Case, a.User))
}

// whyNot answers what wasn't done with why; what was done shows on its card.
func whyNot(why string, err error) (out answer.Answer, _ error) {
	if why != "" {
		out = answer.Say("%s", why)
	}
	return out, err
}

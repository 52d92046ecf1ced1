//go:build !live

package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

const (
	// mostOnLine is how many visits a time line shows, and mostLooked how many are looked at for them.
	mostOnLine = 40
	mostLooked = 200
	// A text may leave so many days before its visit, or after it.
	textsBefore = 14
	textsAfter  = 3
)

// day returns the visits of some days with all of their texts: those that begin then, and those of
// which a text leaves then. It changes nothing.
func (a *app) day(ctx context.Context, q sandbox.DayQuery) (sandbox.Day, error) {
	zone, now := a.base.Clinic.Location(), a.now()
	if q.From.IsZero() {
		q.From = now
	}
	from := settings.OnDay(q.From.In(zone), 0, 0)
	out := sandbox.Day{From: from, Until: settings.OnDay(from, q.Days, 0), Visits: []sandbox.DayVisit{}}
	for d := range q.Days {
		out.Days = append(out.Days, settings.OnDay(from, d, 0))
	}
	for h := 0; q.Days == 1 && h < 24; h += 3 {
		out.Hours = append(out.Hours, settings.OnDay(from, 0, h*60))
	}
	back, ahead := settings.OnDay(from, -textsAfter, 0), settings.OnDay(out.Until, textsBefore, 0)
	if !q.Phone.IsZero() { // whenever they are
		const year = 366
		back, ahead = settings.OnDay(from, -year, 0), settings.OnDay(from, year, 0)
	}
	all, err := a.store.Visits(ctx, back, ahead)
	if err != nil {
		return out, err
	}
	within := func(t time.Time) bool { return !t.Before(from) && t.Before(out.Until) }
	// Those of the days come before those that may only have a text then.
	slices.SortStableFunc(all, func(a, b handlers.Visit) int {
		switch {
		case within(a.Start) == within(b.Start):
			return 0
		case within(a.Start):
			return -1
		}
		return 1
	})
	books := timeline{a: a, now: now, known: map[handlers.Phone]*numbered{}}
	looked := 0
	for _, v := range all {
		if !q.Phone.IsZero() && v.Phone != q.Phone {
			continue
		}
		if len(out.Visits) == mostOnLine || looked == mostLooked {
			out.More++
			continue
		}
		looked++
		shown, err := books.visit(ctx, v)
		if err != nil {
			return out, err
		}
		if !q.Phone.IsZero() || within(v.Start) || slices.ContainsFunc(shown.Texts,
			func(t sandbox.DayText) bool { return within(t.At) }) {
			out.Visits = append(out.Visits, shown)
		}
	}
	slices.SortStableFunc(out.Visits, func(a, b sandbox.DayVisit) int { return a.Start.Compare(b.Start) })
	return out, nil
}

// timeline words visits and their texts. It reads each number once.
type timeline struct {
	a     *app
	now   time.Time
	known map[handlers.Phone]*numbered
}

// numbered is what is known of a number's texts, and what is to come of those that are planned.
type numbered struct {
	reminder.Ledger
	comes map[string]reminder.Foreseen // by the row's id
	with  map[string]reminder.Foreseen // the text that says a row's news, by the row's id
}

// number reads what is known of a number.
func (t timeline) number(ctx context.Context, p handlers.Phone) (*numbered, error) {
	if n := t.known[p]; n != nil {
		return n, nil
	}
	l, err := t.a.reminders.Ledger(ctx, p)
	if err != nil {
		return nil, err
	}
	n := &numbered{Ledger: l, comes: map[string]reminder.Foreseen{}, with: map[string]reminder.Foreseen{}}
	until := t.now.AddDate(2, 0, 0)
	for _, one := range t.a.reminders.Foresee(l.State, l.Planned(), l.Had, t.now, until) {
		n.comes[one.ID] = one
		for _, id := range strings.Split(one.With, "\n") {
			n.with[id] = one
		}
	}
	t.known[p] = n
	return n, nil
}

// visit words a visit and all of its texts, in the order of their times.
func (t timeline) visit(ctx context.Context, v handlers.Visit) (out sandbox.DayVisit, err error) {
	n, err := t.number(ctx, v.Phone)
	if err != nil {
		return out, err
	}
	c := t.a.base.Clinic
	kind := v.Type
	if of, known := c.VisitTypes[v.Type]; known {
		kind = cmp.Or(of.Label["en"], v.Type)
	}
	out = sandbox.DayVisit{
		ID: v.ID, Name: v.Name, Phone: v.Phone.E164(), Start: v.Start.In(c.Location()), Type: kind,
		Stands: n.State.Standing(c, v, t.now).String(), Texts: []sandbox.DayText{},
	}
	for _, r := range n.Rows {
		// What the visit as it was before it moved would have got tells nothing any more.
		if r.Visit == v.ID && r.State != handlers.Void {
			out.Texts = append(out.Texts, t.text(n, v, r))
		}
	}
	slices.SortStableFunc(out.Texts, func(a, b sandbox.DayText) int { return a.At.Compare(b.At) })
	return out, nil
}

// text words a row of a visit.
func (t timeline) text(n *numbered, v handlers.Visit, r reminder.Row) sandbox.DayText {
	kind := labelOf(r.Kind)
	out := sandbox.DayText{
		ID: r.ID, Label: kind.short, Is: kind.long, State: r.State, At: r.Due,
		Body: veil.Shown(r.Body, true), Why: t.plan(v, r), Rules: []string{},
	}
	for _, m := range r.History { // what is left out stands where it would have been
		if m.State == handlers.Sent || m.State == handlers.Failed {
			out.At = m.At
			break
		}
	}
	for _, m := range r.History {
		if m.Why != "" {
			out.Why = append(out.Why, t.when(m.At)+": "+past(m.State)+veil.Shown(m.Why, true)+".")
		}
	}
	for _, rule := range r.Rules {
		out.Rules = append(out.Rules, veil.Shown(rule.Name+": "+rule.Says, true))
	}
	switch {
	case r.Task && r.State != handlers.Planned:
		out.State = sandbox.DayChecked
	case r.State == handlers.Planned && r.Tries == 0:
		t.planned(n, r, &out)
	case r.State == handlers.Skipped && len(r.History) == 0 && r.Why != "":
		out.Why = append(out.Why, "Left out: "+veil.Shown(r.Why, true)+".")
	}
	out.At = out.At.In(t.a.base.Clinic.Location())
	if out.Body != "" {
		out.Segments, _ = knowledge.Segments(out.Body)
	}
	return out
}

// planned says what will become of a planned row if nothing changes until then.
func (t timeline) planned(n *numbered, r reminder.Row, out *sandbox.DayText) {
	say := func(format string, args ...any) { out.Why = append(out.Why, fmt.Sprintf(format, args...)) }
	comes, foreseen := n.comes[r.ID]
	with, said := n.with[r.ID]
	if r.Verdict != "" {
		say("%s.", sentence(veil.Shown(r.Verdict, true)))
	}
	switch {
	case r.Task:
		out.State = sandbox.DayCheck
		if comes.Task != "" {
			say("If nothing changes by then, the desk is told: “%s”", veil.Shown(comes.Task, true))
		}
		return
	case foreseen && comes.Body != "":
		out.Body = comes.Body
		if comes.At.After(r.Due.Add(time.Minute)) {
			out.At = comes.At
			say("So it leaves %s instead, if nothing changes.", t.when(comes.At))
		}
	case said:
		out.State, out.At = sandbox.DayWith, with.At
		say("What it says goes with the text “%s”.", labelOf(with.Kind).short)
	case foreseen && r.Waits && strings.Contains(r.Verdict, comes.Why): // until that is over
	case foreseen:
		out.State, out.At = sandbox.DayDropped, comes.At
		if !strings.Contains(r.Verdict, comes.Why) {
			say("If nothing changes, it is left out: %s.", veil.Shown(comes.Why, true))
		}
		return
	}
	if r.Waits {
		out.State = sandbox.DayHeld
	}
}

// plan says when the clinic's plan has a text leave, and when it was put instead.
func (t timeline) plan(v handlers.Visit, r reminder.Row) []string {
	c := t.a.base.Clinic
	i := slices.IndexFunc(c.Reminders.Plan, func(s settings.Step) bool { return s.Kind == r.Kind })
	if i < 0 || r.Task {
		return []string{}
	}
	s := c.Reminders.Plan[i]
	days := map[int]string{1: "the day before the visit"}[s.DaysBefore]
	own := s.Due(v.Start, c.Zoned(v.Zone))
	var when string
	switch {
	case s.DaysBefore > 0:
		when = cmp.Or(days, fmt.Sprintf("%d days before the visit", s.DaysBefore)) + ", at " +
			knowledge.Time(own)
	case s.HoursBefore > 0:
		when = fmt.Sprintf("%g hours before the visit", s.HoursBefore)
	default:
		when = "when the visit is booked"
	}
	only := ""
	if s.Only == settings.Unconfirmed {
		only = ", to whoever hasn’t said that they come"
	}
	out := []string{"By the clinic’s plan it leaves " + when + only + "."}
	if set := cmp.Or(r.Set, r.Due); r.State != handlers.Skipped && !own.IsZero() &&
		!own.Equal(set) {
		out = append(out, fmt.Sprintf("That would be %s. It was put on %s, a time when texts may "+
			"leave and that is early enough.", t.when(own), t.when(set)))
	}
	return out
}

// when words a time by the clinic's clock.
func (t timeline) when(at time.Time) string {
	return knowledge.DeskClock(t.a.base.Clinic, t.now).When(at, "en")
}

// past says what came of a row, before a reason.
func past(state string) string {
	switch state {
	case handlers.Planned:
		return "put off, "
	case handlers.Skipped:
		return "left out, "
	case handlers.Failed:
		return "failed, "
	}
	return ""
}

// sentence begins words as a sentence does.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// textWords are what people call a kind of text: on its mark, and what it is for.
type textWords struct{ short, long string }

// labelOf names a kind of text of a visit. A plan may have kinds of a clinic's own.
func labelOf(kind string) textWords {
	known := map[string]textWords{
		"booked":         {"Booked", "Says that the visit is booked"},
		"confirm":        {"Coming?", "Asks whether they come"},
		kinds.Prepare:    {"Prepare", "Says how to prepare, and asks who drives them home"},
		kinds.Nudge:      {"Reminder", "The last reminder, to who hasn’t said that they come"},
		kinds.CheckIn:    {"How are you?", "Asks how they are, after the visit"},
		kinds.Missed:     {"Missed", "To who didn’t come, with a way back"},
		kinds.Recall:     {"Come again?", "To whose series has stopped"},
		kinds.Ready:      {"Ready?", "A check: were they told how to prepare, and who drives them?"},
		kinds.Unprepared: {"Told?", "A check: were they told how to prepare?"},
		kinds.Series:     {"Series?", "A check: is a visit of the series missing?"},
		kinds.Broadcast:  {"News", "A text to everybody of that day"},
	}
	if words, is := known[kind]; is {
		return words
	}
	words := sentence(strings.ReplaceAll(kind, "_", " "))
	return textWords{words, words}
}

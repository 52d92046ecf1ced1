package reminder

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Why says of each text of a number why it was sent or wasn't, step by step, and of what is planned what will become of it as things stand, rule
// by rule: the lines of a table, the heading first.
func (h *Handler) Why(ctx context.Context, p handlers.Phone) ([][]string, error) {
	s, err := h.Store.Peek(ctx, p)
	if err != nil {
		return nil, err
	}
	records, err := h.Files.Records(ctx, p)
	if err != nil {
		return nil, err
	}
	had, err := h.Files.UnaskedAt(ctx, p)
	if err != nil {
		return nil, err
	}
	w := why{h: h, s: s, had: had, now: h.Now()}
	w.line("VISIT", "TEXT", "WHEN", "WHAT", "WHY")
	for _, r := range consent(s) {
		w.line("", "", "", r.name, r.says())
	}
	slices.SortStableFunc(records, func(a, b handlers.Record) int { return a.Start.Compare(b.Start) })
	visit := ""
	for _, r := range records {
		w.record(r, &visit)
	}
	if len(records) == 0 {
		w.line("", "", "", "nothing", "no text was ever planned for this number, or it is longer ago than texts are kept")
	}
	return w.out, nil
}

// why gathers the lines.
type why struct {
	h   *Handler
	s   handlers.State
	had []time.Time // when the number got unasked texts
	now time.Time
	out [][]string
}

func (w *why) line(cells ...string) { w.out = append(w.out, cells) }

func (w *why) when(t time.Time) string {
	return knowledge.When(t.In(w.h.Base.Clinic.Location()), "en")
}

// says is a rule in plain words.
func (r rule) says() string {
	if r.no != "" {
		return "no: " + r.no
	}
	return "yes: " + r.yes
}

// consent are the rules that hold for every text to a number.
func consent(s handlers.State) []rule {
	may := rule{name: "consent", yes: "the number may be texted"}
	if s.Consent.Out {
		may.no = "the number has opted out"
		if s.Consent.Words != "" {
			may.no = fmt.Sprintf("%s (%s: %q)", may.no, s.Consent.Way, s.Consent.Words)
		}
	}
	reach := rule{name: "reach", yes: "nothing says that texts don't reach it"}
	if s.Reach.NoTexts {
		reach.no = "no text reaches it: " + s.Reach.Why
	}
	return []rule{may, reach}
}

// record tells of one row: its history, and what lies before it.
func (w *why) record(r handlers.Record, visit *string) {
	of, kind := "-", r.Kind
	if !r.Start.IsZero() {
		of = w.when(r.Start)
	}
	if of == *visit {
		of = ""
	} else {
		*visit = of
	}
	for _, m := range r.History {
		w.line(of, kind, w.when(m.At), m.State, m.Why)
		of, kind = "", ""
	}
	if len(r.History) == 0 || r.State != handlers.Planned {
		if len(r.History) == 0 {
			w.line(of, kind, w.when(r.Due), r.State, r.Why)
		}
		return
	}
	w.planned(r.Outgoing)
}

// planned says what will become of a row that waits, as things stand.
func (w *why) planned(o handlers.Outgoing) {
	at := o.Due
	if at.Before(w.now) {
		at = w.now
	}
	rules := consent(w.s)
	if o.Unasked {
		_, own := w.h.rules(w.s, o, at)
		rules = append(append(rules, own...), w.sending(o, at)...)
	}
	verdict := "it will be sent, as things stand"
	for _, r := range rules {
		if r.no != "" {
			verdict = "it won't be sent, as things stand: " + r.no
			break
		}
	}
	switch {
	case o.Kind == knowledge.UnpreparedKind:
		verdict = "then staff get the task to say how to prepare"
	case o.Task:
		verdict = "then staff get a task if nobody has said who drives the patient home"
	}
	if o.Tries > 0 {
		verdict = "a send was begun and its outcome isn't known yet: the carrier's list will tell"
	}
	w.line("", "", w.when(o.Due), "is due", verdict)
	for _, r := range rules {
		w.line("", "", "", "  "+r.name, r.says())
	}
}

// sending are the rules of the moment at which a reminder leaves: they put it off rather than end it.
func (w *why) sending(o handlers.Outgoing, at time.Time) []rule {
	c := w.h.Base.Clinic
	zone := c.Zoned(o.Zone)
	danger := rule{name: "danger", yes: "no case of danger is open"}
	if w.s.Urgent() != nil {
		danger.no = "it waits while the patient may be in danger"
	}
	window := rule{name: "window", yes: fmt.Sprintf("%s there, on a working day", knowledge.Time(at.In(zone)))}
	if in := Window(c, at, zone, false); in.After(at) {
		window.no = "it waits for the window: " + knowledge.When(in.In(zone), "en")
	}
	caps := w.h.Gate.Caps(o, at)
	day, week := 0, 0
	for _, had := range w.had {
		if !had.Before(caps.Day) {
			day++
		}
		if had.After(caps.Week) {
			week++
		}
	}
	share := rule{name: "caps", yes: fmt.Sprintf("%d of %d that day and %d of %d that week were sent before", day, caps.PerDay, week, caps.PerWeek)}
	if day >= caps.PerDay || week >= caps.PerWeek {
		share.no = fmt.Sprintf("the number had %d of %d that day and %d of %d that week: put off to the next day, if that is before the visit", day, caps.PerDay, week, caps.PerWeek)
	}
	return []rule{danger, window, share}
}

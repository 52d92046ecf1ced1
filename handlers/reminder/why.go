package reminder

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Why says of each text of a number why it was sent or wasn't, step by step, and of what is planned
// what will become of it as things stand, rule by rule: the lines of a table, the heading first.
func (rs *Reminders) Why(ctx context.Context, p handlers.Phone) ([][]string, error) {
	s, err := rs.Store.Peek(ctx, p)
	if err != nil {
		return nil, err
	}
	records, err := rs.History.Records(ctx, p)
	if err != nil {
		return nil, err
	}
	had, err := rs.History.UnaskedAt(ctx, p)
	if err != nil {
		return nil, err
	}
	w := account{rs: rs, s: s, had: had, now: rs.Now()}
	w.line("VISIT", "TEXT", "WHEN", "WHAT", "WHY")
	for _, r := range consent(s) {
		w.line("", "", "", r.name, r.says())
	}
	slices.SortStableFunc(
		records, func(a, b handlers.Record) int { return a.Start.Compare(b.Start) },
	)
	visit := ""
	for _, r := range records {
		if err := w.record(ctx, r, &visit); err != nil {
			return nil, err
		}
	}
	if len(records) == 0 {
		w.line(
			"", "", "", "nothing",
			"no text was ever planned for this number, or it is longer ago than texts are kept",
		)
	}
	return w.out, nil
}

// account gathers the lines.
type account struct {
	rs  *Reminders
	s   handlers.State
	had []time.Time // when the number got unasked texts
	now time.Time
	out [][]string
}

func (w *account) line(cells ...string) { w.out = append(w.out, cells) }

func (w *account) when(t time.Time) string {
	return knowledge.When(t.In(w.rs.Base.Clinic.Location()), "en")
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
	if s.Consent.Basic {
		may.yes += ", discreetly: without the name and how to prepare"
	}
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
func (w *account) record(ctx context.Context, r handlers.Record, visit *string) error {
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
		return nil
	}
	return w.planned(ctx, r.Outgoing)
}

// planned says what will become of a row that waits, as things stand.
func (w *account) planned(ctx context.Context, o handlers.Outgoing) error {
	at, rules := o.Due, consent(w.s)
	if !at.After(w.now) {
		at = w.now
		pace, until, err := w.pace(ctx, o)
		if err != nil {
			return err
		}
		if !until.IsZero() {
			at, rules = until, append(rules, pace)
		}
	}
	if o.Unasked {
		_, own := w.rs.rules(w.s, o, at)
		rules = append(append(rules, own...), w.sending(o, at)...)
	}
	verdict := verdict(rules)
	if o.Task {
		e, note := w.rs.Task(w.s, o, at)
		if verdict = "no task, as things stand: " + note; len(e.Cases)+len(e.Posts) > 0 {
			verdict = "then staff get a task, if nobody has told the patient how to prepare " +
				"by then, or has said who drives them home"
		}
		rules = nil
	}
	if o.Tries > 0 {
		verdict = "a send was begun and its outcome isn't known yet: the carrier's list will tell"
	}
	w.line("", "", w.when(o.Due), "is due", verdict)
	for _, r := range rules {
		w.line("", "", "", "  "+r.name, r.says())
	}
	return nil
}

// verdict is what rules come to: the first that ends a text, else the first that puts it off.
func verdict(rules []rule) string {
	for _, r := range rules {
		if r.no != "" && !r.wait {
			return "it won't be sent, as things stand: " + r.no
		}
	}
	for _, r := range rules {
		if r.no != "" {
			return "not yet: " + r.no
		}
	}
	return "it will be sent, as things stand"
}

// pace returns what holds back a text that is due, and until when; zero if nothing does.
func (w *account) pace(
	ctx context.Context, o handlers.Outgoing,
) (r rule, until time.Time, err error) {
	if o.Alarm || o.Task {
		return r, until, nil
	}
	c, pace := w.rs.Base.Clinic.Pace, w.rs.Gate.Pace()
	until, before, err := w.rs.History.Held(ctx, o, w.now, pace)
	r = rule{
		name: "pace", wait: true,
		no: fmt.Sprintf(
			"it waits for the pace, %g segments a second: %d are due before it, "+
				"so it leaves about %s",
			c.PerSecond, before, w.when(until),
		),
	}
	if until.Equal(pace.Ends) {
		r.no = fmt.Sprintf(
			"it waits for tomorrow: the %d segments of a day are used, "+
				"but for %d kept for what somebody waits for",
			c.PerDay, c.Reserve,
		)
	}
	return r, until, err
}

// sending are the rules of the moment at which a reminder leaves: they put it off rather than end
// it.
func (w *account) sending(o handlers.Outgoing, at time.Time) []rule {
	c := w.rs.Base.Clinic
	zone := c.Zoned(o.Zone)
	danger := rule{name: "danger", wait: true, yes: "no case of danger is open"}
	if w.s.Urgent() != nil {
		danger.no = "it waits while the patient may be in danger"
	}
	hours := rule{
		name: "window", wait: true,
		yes: fmt.Sprintf("%s there, on a working day", knowledge.Time(at.In(zone))),
	}
	if in := c.InWindow(at, zone); in.After(at) {
		hours.no = "it waits for the window: " + knowledge.When(in.In(zone), "en")
	}
	o.Share = share(c, w.s, o, at)
	caps := w.rs.Gate.Caps(o, at)
	day, week := 0, 0
	for _, had := range w.had {
		if !had.Before(caps.Day) {
			day++
		}
		if had.After(caps.Week) {
			week++
		}
	}
	count := fmt.Sprintf(
		"%d of %d that day and %d of %d that week", day, caps.PerDay, week, caps.PerWeek,
	)
	kept := ""
	if caps.KeepWeek > 0 {
		kept = fmt.Sprintf("; %d and %d are kept for how to prepare", caps.KeepDay, caps.KeepWeek)
	}
	may := rule{name: "caps", wait: true, yes: count + " were sent before" + kept}
	if caps.PerDay > 0 && day+caps.KeepDay >= caps.PerDay ||
		caps.PerWeek > 0 && week+caps.KeepWeek >= caps.PerWeek {
		may.no = "the number had " + count + kept +
			": put off to the next day, if that is before the visit"
	}
	return []rule{danger, hours, may}
}

package reminder

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Row is a row of a number's ledger as it is explained to staff: with its history and, of one that is
// planned, what will become of it as things stand.
type Row struct {
	handlers.Record
	Verdict string // of a planned row; "" of another
	Rules   []Rule // those that lead to the verdict
	Waits   bool   // as things stand a rule puts it off when it is due
}

// Ledger is all that is known of a number's texts, as it is explained to staff.
type Ledger struct {
	State   handlers.State
	Consent []Rule      // those that every text to the number must keep
	Rows    []Row       // by their visit's start
	Had     []time.Time // when the number was sent unasked texts
}

// Planned returns the rows about visits that are still to come, as Foresee takes them.
func (l Ledger) Planned() (out []handlers.Outgoing) {
	for _, r := range l.Rows {
		if r.State == handlers.Planned && (r.Unasked || r.Task) && r.Slot == "" {
			out = append(out, r.Outgoing)
		}
	}
	return out
}

// Rule is the outcome of one rule, in words for staff.
type Rule struct{ Name, Says string }

// Ledger explains every row of a number: of a past one what became of it, step by step; of a planned
// one, rule by rule, what will become of it as things stand. It changes nothing.
func (rs *Reminders) Ledger(ctx context.Context, p handlers.Phone) (l Ledger, err error) {
	if l.State, err = rs.Store.Peek(ctx, p); err != nil {
		return l, err
	}
	records, err := rs.History.Records(ctx, p)
	if err != nil {
		return l, err
	}
	if l.Had, err = rs.History.UnaskedAt(ctx, p); err != nil {
		return l, err
	}
	l.Consent = told(rs.consent(l.State))
	w := account{rs: rs, s: l.State, had: l.Had, now: rs.Now()}
	slices.SortStableFunc(
		records, func(a, b handlers.Record) int {
			// Of two visits at one time, each has its rows together.
			return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Visit, b.Visit))
		},
	)
	for _, r := range records {
		row := Row{Record: r}
		if len(r.History) > 0 && r.State == handlers.Planned {
			rules, err := w.planned(ctx, &row)
			if err != nil {
				return l, err
			}
			row.Rules = told(rules)
		}
		l.Rows = append(l.Rows, row)
	}
	return l, nil
}

// Why explains every text of a number to staff, as Ledger does, in a table of five columns, the
// heading first. What a line has in common with the one before is left empty.
func (rs *Reminders) Why(ctx context.Context, p handlers.Phone) ([][]string, error) {
	l, err := rs.Ledger(ctx, p)
	if err != nil {
		return nil, err
	}
	w := account{rs: rs, s: l.State, now: rs.Now()}
	w.line("VISIT", "TEXT", "WHEN", "WHAT", "WHY")
	for _, r := range l.Consent {
		w.line("", "", "", r.Name, r.Says)
	}
	visit := "" // the one of the line before
	for _, r := range l.Rows {
		w.row(r, &visit)
	}
	if len(l.Rows) == 0 {
		w.line(
			"", "", "", "nothing",
			"no text was ever planned for this number, or it is longer ago than texts are kept",
		)
	}
	return w.out, nil
}

// account weighs the rows of one number, and gathers the lines of a table about it.
type account struct {
	rs  *Reminders
	s   handlers.State
	had []time.Time // when the number got unasked texts
	now time.Time
	out [][]string
}

// line adds a line: visit, text, when, what, why.
func (w *account) line(cells ...string) { w.out = append(w.out, cells) }

// when words a time by the clinic's clock.
func (w *account) when(t time.Time) string {
	return knowledge.DeskClock(w.rs.Base.Clinic, w.now).When(t, "en")
}

// told words the outcomes of rules for staff.
func told(rules []rule) []Rule {
	out := make([]Rule, len(rules))
	for i, r := range rules {
		if out[i] = (Rule{r.name, "yes: " + r.yes}); r.no != "" {
			out[i].Says = "no: " + r.no
		}
	}
	return out
}

// consent returns the rules that every text to a number must keep: that it may be texted, and can
// be.
func (rs *Reminders) consent(s handlers.State) []rule {
	may := rule{name: "consent", yes: "the number may be texted"}
	if s.Consent.Basic {
		may.yes += ", discreetly: without the name and how to prepare"
	}
	if s.Consent.Out {
		may.no = "the number has opted out"
		if s.Consent.Words != "" {
			words := veil.Veiled(fmt.Sprintf(": %q", s.Consent.Words), "")
			may.no = fmt.Sprintf("%s (%s%s)", may.no, s.Consent.Way, words)
		}
	}
	reach := rule{name: "reach", yes: "nothing says that texts don't reach it"}
	if s.Reach.NoTexts {
		reach.no = "no text reaches it: " + s.Reach.Why
	}
	if untexted := rs.Gate.Untexted(s.Phone); untexted != "" {
		reach.no = "we don't text " + untexted
	}
	return []rule{may, reach}
}

// row adds the lines of one row: its history and, if it is planned, what will become of it. visit is
// the start of the visit of the row before, in words, and is set to this row's.
func (w *account) row(r Row, visit *string) {
	of, kind := "-", r.Kind
	if !r.Start.IsZero() {
		of = w.when(r.Start)
		if v, ok := w.s.Known(r.Visit); ok {
			of = w.s.Whose(w.rs.Base, v.Name, of)
		}
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
	if len(r.History) == 0 { // the history is gone, the row's last state isn't
		w.line(of, kind, w.when(r.Due), r.State, r.Why)
	}
	if r.Verdict != "" {
		w.line("", "", w.when(r.Due), "is due", r.Verdict)
	}
	for _, one := range r.Rules {
		w.line("", "", "", "  "+one.Name, one.Says)
	}
}

// planned says what will become of a planned row, as things stand, and returns the rules that lead
// to it. Rules are applied as of the moment at which the row would be sent: when it
// is due, or now if that has passed, or later if the pace holds it back.
func (w *account) planned(ctx context.Context, r *Row) (rules []rule, err error) {
	o := r.Outgoing
	at := o.Due
	rules = w.rs.consent(w.s)
	if !at.After(w.now) {
		at = w.now
		pace, until, err := w.pace(ctx, o)
		if err != nil {
			return nil, err
		}
		if !until.IsZero() {
			at, rules = until, append(rules, pace)
		}
	}
	if o.Unasked {
		_, own := w.rs.rules(w.s, o, at)
		rules = append(append(rules, own...), w.sending(o, at)...)
		if says, _ := verdict(rules); says == willLeave {
			rules = append(rules, w.words(o, at))
		}
	}
	r.Verdict, r.Waits = verdict(rules)
	if o.Task { // no text, so no rules; Task is pure, so asking it does nothing
		e, note := w.rs.Task(w.s, o, at)
		if r.Verdict = "no task, as things stand: " + note; len(e.Cases)+len(e.Posts) > 0 {
			r.Verdict = "then staff get a task, if nobody has told the patient how to prepare " +
				"by then, or has said who drives them home"
		}
		if o.Kind == kinds.Series {
			r.Verdict = "then staff get a task, if a visit of the series is missing"
		}
		rules = nil
	}
	if o.Tries > 0 { // whatever the rules say now: it may be with the patient
		r.Verdict = "a send was begun and its outcome isn't known yet: the carrier's list will tell"
	}
	return rules, nil
}

// verdict sums rules up: the first that gives a text up decides, else the first that puts it off, and
// then the text waits.
func verdict(rules []rule) (says string, waits bool) {
	for _, r := range rules {
		if r.no != "" && !r.wait {
			return "it won't be sent, as things stand: " + r.no, false
		}
	}
	for _, r := range rules {
		if r.no != "" {
			return "not yet: " + r.no, true
		}
	}
	return willLeave, false
}

// willLeave is the verdict on a text that no rule holds back.
const willLeave = "it will be sent, as things stand"

// words returns the rule that a text can be worded, as it would be at that moment.
func (w *account) words(o handlers.Outgoing, at time.Time) rule {
	r := rule{name: "words", yes: "its words may be sent to who didn't ask for them"}
	c := w.rs.Compose(w.s, o, at)
	if r.no = c.Skip; r.no == "" {
		r.no = w.rs.Gate.Unfit(c.Body)
	}
	if r.no != "" {
		r.no += "; staff get a task to tell them"
	}
	return r
}

// pace returns the rule of the pace for a row that is due, and until when the row waits; zero if
// the pace doesn't hold it back. Calls, alarms and checks use no segments, so they don't wait.
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
	if until.Equal(pace.Ends) { // the end of the day: it is the day's segments that are used up
		r.no = fmt.Sprintf(
			"it waits for tomorrow: the %d segments of a day are used, "+
				"but for %d kept for what somebody waits for",
			c.PerDay, c.Reserve,
		)
	}
	return r, until, err
}

// sending returns the rules that depend on the moment at which a reminder would be sent: danger,
// the window and the caps. They put it off rather than give it up.
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
		hours.no = "it waits for the window: " + knowledge.Clock{Zone: zone, Now: w.now}.When(in, "en")
	}
	o.Share = share(c, w.s, o, at)
	caps := w.rs.Gate.Caps(w.s, o, at)
	return []rule{danger, hours, w.capped(caps)}
}

// capped returns the rule of the caps for a row that they would hold back, or not, as they are.
func (w *account) capped(caps gate.Caps) rule {
	day, week := 0, 0
	for _, had := range w.had {
		if !had.Before(caps.Day) {
			day++
		}
		if had.After(caps.Week) {
			week++
		}
	}
	of := "without recorded consent"
	if !w.s.Consent.Given.IsZero() {
		of = "with recorded consent"
	}
	if caps.Above {
		return rule{
			name: "caps", yes: fmt.Sprintf(
				"%d that day and %d that week were sent before; it tells how to prepare, so %s "+
					"no cap holds it back", day, week, of,
			),
		}
	}
	count := fmt.Sprintf(
		"%d of %d that day and %d of %d that week", day, caps.PerDay, week, caps.PerWeek,
	)
	kept := ""
	if len(caps.Keep) > 0 {
		kept = fmt.Sprintf(
			"; %d and %d are kept for how to prepare", caps.KeepDay, len(caps.Keep),
		)
	}
	may := rule{
		name: "caps", wait: true, yes: count + ", " + of + ", were sent before" + kept,
	}
	if caps.PerDay > 0 && day+caps.KeepDay >= caps.PerDay || caps.PerWeek > 0 && !w.room(caps) {
		may.no = "the number had " + count + ", " + of + kept +
			": put off to the next day, if that is before the visit"
	}
	return may
}

// room reports whether the week's cap has room for a text, and then still for those that room is
// kept for.
func (w *account) room(caps gate.Caps) bool {
	for others, from := range append([]time.Time{caps.Week}, caps.Since()...) {
		n := others + 1
		for _, had := range w.had {
			if had.After(from) {
				n++
			}
		}
		if n > caps.PerWeek {
			return false
		}
	}
	return true
}

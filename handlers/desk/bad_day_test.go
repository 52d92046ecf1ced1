package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// badDay is a desk with the clinic's words and a store; see danger.
func badDay(t *testing.T) *room {
	t.Helper()
	d := newRoom(t)
	words := handlerstest.Words(t)
	d.Base, d.Store = words, d.store
	return d
}

// danger opens an alarm of a number that ends so.
func (d *room) danger(t *testing.T, id string, last4 int) {
	t.Helper()
	p := handlerstest.Phone(t, fmt.Sprintf("%04d", last4))
	now := d.clock.Now()
	d.store.Put(p, desk.OpenCase(handlers.State{Phone: p}, handlers.Case{
		ID: id, Channel: handlers.UrgentChannel, Kind: kinds.Crisis, Title: "May be in danger.",
		At: now, Open: true, Page: now.Add(d.Base.Clinic.PageEvery()),
	}))
}

// rung returns the rows to the on-call phone: the kind, and when it is due after from.
func (d *room) rung(t *testing.T, from time.Time) (out []string) {
	t.Helper()
	to, err := handlers.NewPhone(d.Base.Clinic.Desk.OnCallPhone)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.store.Records(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		out = append(out, fmt.Sprintf("%s +%s", r.Kind, r.Due.Sub(from).Round(time.Second)))
	}
	return out
}

// However many ordinary posts wait, an alarm is posted first.
func TestAlarmsDontWaitForOrdinaryPosts(t *testing.T) {
	d := badDay(t)
	d.open()
	for i := range 300 {
		d.put(fmt.Sprintf("n%03d", i), desk.PostNote, 0)
	}
	d.danger(t, "c1", 142)
	d.shown.OnPost = func(string) error { d.clock.Add(time.Second); return nil } // a post a second
	if err := d.Alarms(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := d.shown.Lines(); len(got) != 1 || got[0] != "card c1" {
		t.Errorf("%d posts, first %q", len(got), got)
	}
}

// If the desk takes no card, the on-call phone is told at once: by one text and one call, however
// often the cards are tried and however many there are.
func TestTheOnCallPhoneIsToldOnceARound(t *testing.T) {
	for name, err := range map[string]error{
		"refusing": errors.New("slack: 500"), "hanging": context.DeadlineExceeded,
		"token revoked": &desk.Unreachable{Why: "slack: token_revoked"},
	} {
		t.Run(name, func(t *testing.T) {
			d := badDay(t)
			from := d.clock.Now()
			for i := range 20 {
				d.danger(t, fmt.Sprint("c", i), 100+i)
			}
			d.shown.OnPost = func(string) error {
				if errors.Is(err, context.DeadlineExceeded) {
					d.clock.Add(5 * time.Second)
				}
				return err
			}
			d.pass(t, 4*time.Minute+50*time.Second)
			told := 0
			for _, r := range d.rung(t, from) {
				if strings.HasPrefix(r, "oncall_text ") || strings.HasPrefix(r, "oncall_voice ") {
					told++
				}
			}
			if told != 2 {
				t.Errorf("told %d times: %v", told, d.rung(t, from))
			}
			if got := d.rung(t, from); !strings.HasPrefix(got[0], "oncall_") || !inFirst(got[0]) {
				t.Errorf("first told: %v", got)
			}
		})
	}
}

// inFirst reports whether a row is due within ten seconds.
func inFirst(row string) bool {
	_, after, _ := strings.Cut(row, "+")
	d, err := time.ParseDuration(after)
	return err == nil && d <= 10*time.Second
}

// On a night on which nobody takes a case, the pauses grow, the thread keeps one note, and each
// round rings once, even if most notes fail at first.
func TestANightWithoutAnybody(t *testing.T) {
	d := badDay(t)
	from := d.clock.Now()
	d.danger(t, "c1", 142)
	fails := 0
	d.shown.OnPost = func(line string) error {
		if fails++; strings.HasPrefix(line, "note") && fails%3 != 0 { // most notes fail at first
			return errors.New("slack: 502")
		}
		return nil
	}
	d.pass(t, 11*time.Hour)
	rounds := 0
	for _, l := range d.shown.Lines() {
		if strings.Contains(l, "Nobody has this yet") {
			rounds++
		}
	}
	// 5, 15, 35, 75 minutes, then every hour.
	if rounds != 13 {
		t.Errorf("%d rounds: %v", rounds, d.shown.Lines())
	}
	texts := 0
	for _, r := range d.rung(t, from) {
		if strings.HasPrefix(r, "oncall_text ") {
			texts++
		}
	}
	if texts != 13 { // at oncall_minutes, and with every round after
		t.Errorf("%d texts to the on-call phone: %v", texts, d.rung(t, from))
	}
	if c, _, _ := d.store.Case(t.Context(), "c1"); c.Pages != 13 {
		t.Errorf("counted %d rounds", c.Pages)
	}
}

// If a channel is gone, the card goes to the other one. If both are, the on-call phone is told
// once.
func TestAChannelThatIsGone(t *testing.T) {
	d := badDay(t)
	d.danger(t, "c1", 142)
	gone := &desk.Unreachable{Why: "slack: is_archived"}
	d.shown.OnPost = func(line string) error {
		if !strings.Contains(line, " via ") {
			return gone
		}
		return nil
	}
	d.pass(t, time.Second)
	if got := d.shown.Lines(); len(got) != 1 || !strings.HasPrefix(got[0], "card c1 via desk") {
		t.Errorf("%q", got)
	}
	if since, why := d.Away(handlers.UrgentChannel); since.IsZero() ||
		!strings.Contains(why, "archived") {
		t.Errorf("the channel is away since %v: %q", since, why)
	}
	// The same for ordinary cards. With both channels gone no card is lost, and the desk isn't
	// tried all the time.
	tries := 0
	d.shown.OnPost = func(string) error { tries++; return gone }
	d.open()
	d.put("card", desk.PostCard, 0)
	for i := range 5 {
		d.put(fmt.Sprint("n", i), desk.PostNote, time.Millisecond)
	}
	from := d.clock.Now()
	d.pass(t, time.Hour)
	if tries > 400 {
		t.Errorf("tried %d times in an hour", tries)
	}
	rows := strings.Join(d.rung(t, from), "; ")
	if strings.Count(rows, "oncall_desk") != 1 {
		t.Errorf("on-call phone: %s", rows)
	}
	d.shown.OnPost = nil
	d.pass(t, 2*time.Minute)
	notes := "note n0 patient hi; note n1 patient hi; note n2 patient hi; note n3 patient hi; " +
		"note n4 patient hi"
	if got := strings.Join(d.shown.Lines(), "; "); !strings.Contains(got, "card c again") ||
		!strings.HasSuffix(got, notes) {
		t.Errorf("once it is mended: %s", got)
	}
}

// A post that fails keeps its place: later posts of the case wait for its retry.
func TestARetryKeepsItsPlace(t *testing.T) {
	d := badDay(t)
	d.open()
	d.put("card", desk.PostCard, 0)
	d.run(t)
	d.put("n1", desk.PostNote, time.Millisecond)
	d.put("n2", desk.PostNote, 2*time.Millisecond)
	d.put("n3", desk.PostNote, 3*time.Millisecond)
	failed := false
	d.shown.OnPost = func(line string) error {
		if strings.HasPrefix(line, "note n1") && !failed {
			failed = true
			return errors.New("slack: 502")
		}
		return nil
	}
	d.clock.Add(time.Second)
	d.run(t)
	want := "card c; note n1 patient hi; note n2 patient hi; note n3 patient hi"
	if got := strings.Join(d.shown.Lines(), "; "); got != want {
		t.Error(got)
	}
}

// Before the cards of many alarms, one line sums them up.
func TestManyAtOnceAreSummarised(t *testing.T) {
	d := badDay(t)
	for i := range 30 {
		d.danger(t, fmt.Sprint("c", i), 100+i)
	}
	d.pass(t, time.Second)
	got := d.shown.Lines()
	if len(got) != 31 || !strings.HasPrefix(got[0], "say urgent 30 patients may be in danger") {
		t.Errorf("%d lines, first %q", len(got), got[0])
	}
}

// rings is what the on-call phone is told without the store, or fails to be told for err.
type rings struct {
	n    int
	last []handlers.Outgoing
	err  error
}

func (r *rings) SendNow(_ context.Context, rows []handlers.Outgoing) error {
	r.n, r.last = r.n+len(rows), rows
	return r.err
}

// Patients in danger come faster than a slow desk shows their cards. Each is named soon, by a card
// or a summary, and none in two summaries.
func TestACrowdBeforeASlowDesk(t *testing.T) {
	d := badDay(t)
	const each = 500 * time.Millisecond
	var came []time.Time
	begin := d.clock.Now()
	comes := func() {
		at := begin.Add(time.Duration(len(came)) * each)
		for ; len(came) < 60 && !at.After(d.clock.Now()); at = at.Add(each) {
			d.danger(t, fmt.Sprint("c", len(came)), 1000+len(came))
			came = append(came, at)
		}
	}
	named, said := map[string]time.Duration{}, map[string]int{}
	d.shown.OnPost = func(line string) error {
		d.clock.Add(2 * time.Second)
		for i, at := range came {
			card := line == fmt.Sprint("card c", i)
			ends := fmt.Sprintf("…%d", 1000+i)
			if strings.HasPrefix(line, "say") && strings.Contains(line, ends) {
				said[ends]++
			} else if !card {
				continue
			}
			if _, done := named[ends]; !done {
				named[ends] = d.clock.Now().Sub(at)
			}
		}
		comes()
		return nil
	}
	comes()
	d.pass(t, 5*time.Minute)
	if len(named) != 60 {
		t.Errorf("%d of 60 were named", len(named))
	}
	for ends, after := range named {
		if after > 10*time.Second || said[ends] > 1 {
			t.Errorf("%s was named after %v, in %d summaries", ends, after, said[ends])
		}
	}
}

// The on-call phone was told without the store. When the store is back and the desk still away, it
// is told again a minute later, and no sooner.
func TestARoundPastTheStoreIsARound(t *testing.T) {
	d := badDay(t)
	d.shown.OnPost = func(string) error { return errors.New("slack: 503") }
	rung := new(rings)
	d.Ring = rung
	from := d.clock.Now()
	d.Straight(handlers.Case{
		ID: "c0", Channel: handlers.UrgentChannel, Kind: kinds.Crisis, At: from, Open: true,
		Phone: handlerstest.Phone(t, "0141"),
	})
	d.Wait()
	if rung.n != 2 {
		t.Fatalf("%d rows past the store", rung.n)
	}
	d.clock.Add(5 * time.Second)
	d.danger(t, "c1", 142)
	d.pass(t, 20*time.Second)
	got := d.rung(t, from)
	if len(got) != 2 || got[0] != "oncall_text +1m0s" {
		t.Errorf("the ledger's round: %v", got)
	}
}

// A card that the desk refuses for good doesn't hold up other cards. A line stands in for it, and
// the on-call phone is told.
func TestACardThatIsRefused(t *testing.T) {
	d := badDay(t)
	d.danger(t, "c1", 141)
	d.shown.OnPost = func(line string) error {
		if strings.HasPrefix(line, "card c1") {
			return &handlers.Refusal{Why: "slack: invalid_blocks"}
		}
		return nil
	}
	from := d.clock.Now()
	d.pass(t, time.Second)
	d.danger(t, "c2", 142)
	d.pass(t, time.Second)
	got := strings.Join(d.shown.Lines(), "; ")
	if !strings.Contains(got, "card c2") ||
		!strings.Contains(got, "say urgent The card of …0141 (crisis)") {
		t.Error(got)
	}
	if rung := d.rung(t, from); len(rung) != 2 {
		t.Errorf("the on-call phone: %q", rung)
	}
	if since, why := d.Away(handlers.UrgentChannel); !since.IsZero() {
		t.Errorf("the channel counts as away: %s", why)
	}
}

// A rate limit longer than a patient in danger can wait sends the card to the other channel, and
// the first one is tried again within a minute.
func TestALongRateLimit(t *testing.T) {
	d := badDay(t)
	d.danger(t, "c1", 141)
	limit := &handlers.Refusal{Retry: true, After: time.Hour, Why: "slack rate limit"}
	d.shown.OnPost = func(line string) error {
		if strings.Contains(line, " via ") {
			return nil
		}
		return limit
	}
	d.pass(t, time.Second)
	if got := strings.Join(d.shown.Lines(), "; "); !strings.Contains(got, "card c1 via desk") {
		t.Errorf("during the limit: %q", got)
	}
	if since, _ := d.Away(handlers.UrgentChannel); since.IsZero() {
		t.Error("the channel doesn't count as away")
	}
	d.shown.OnPost = nil
	d.danger(t, "c2", 142)
	d.pass(t, 70*time.Second)
	if got := strings.Join(d.shown.Lines(), "; "); !strings.Contains(got, "card c2") {
		t.Errorf("after it: %q", got)
	}
}

// Short rate limits are part of normal traffic, and count as none unless nothing else comes.
func TestRateLimitsWithoutEnd(t *testing.T) {
	d := badDay(t)
	d.shown.OnPost = func(string) error {
		return &handlers.Refusal{Retry: true, After: 3 * time.Second, Why: "slack rate limit"}
	}
	d.danger(t, "c1", 141)
	d.pass(t, 20*time.Second)
	if since, _ := d.Away(handlers.UrgentChannel); !since.IsZero() {
		t.Error("a short limit counts as away")
	}
	d.pass(t, 20*time.Second)
	if since, why := d.Away(handlers.UrgentChannel); since.IsZero() ||
		!strings.Contains(why, "slack rate limit") {
		t.Errorf("after 40 s of limits it is away since %v: %q", since, why)
	}
	d.shown.OnPost = nil
	d.pass(t, 10*time.Second)
	if since, why := d.Away(handlers.UrgentChannel); !since.IsZero() {
		t.Errorf("when they are over it still counts as away: %s", why)
	}
}

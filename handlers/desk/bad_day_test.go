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

// badDay is a desk with a clinic's words, and a patient in danger "c1".
func badDay(t *testing.T) *room {
	t.Helper()
	d := newRoom(t)
	words := handlerstest.Words(t)
	d.Base, d.Store = words, d.store
	return d
}

// danger opens an alarm of a number of its own.
func (d *room) danger(t *testing.T, id string, last4 int) {
	t.Helper()
	p := handlerstest.Phone(t, fmt.Sprintf("%04d", last4))
	now := d.clock.Now()
	d.store.Put(p, desk.OpenCase(handlers.State{Phone: p}, handlers.Case{
		ID: id, Channel: handlers.UrgentChannel, Kind: kinds.Crisis, Title: "May be in danger.",
		At: now, Open: true, Page: now.Add(d.Base.Clinic.PageEvery()),
	}))
}

// rung are the rows to the on-call phone, by when they fall due after from.
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

// No number of ordinary posts stands before a patient in danger.
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

// A desk that takes no card has the on-call phone told at once: by one text and one call, however
// often the card is tried and however many wait.
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

// inFirst tells whether a row left within ten seconds.
func inFirst(row string) bool {
	_, after, _ := strings.Cut(row, "+")
	d, err := time.ParseDuration(after)
	return err == nil && d <= 10*time.Second
}

// A night on which nobody takes a case: the pauses grow, the thread has one line, and each round
// rings once, whatever the desk refuses.
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

// A channel that is gone is told of in the other one, and if that is gone too, the on-call phone
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
	// Ordinary cards too; with both gone no card is lost, and the desk isn't hammered.
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

// What failed and is tried again keeps its place: the other posts of the case wait for it.
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

// Many at once are said in one line before their cards.
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

// rings counts what the on-call phone is told past the store.
type rings struct{ n int }

func (r *rings) SendNow(_ context.Context, rows []handlers.Outgoing) error {
	r.n += len(rows)
	return nil
}

// While patients in danger come faster than a slow desk shows their cards, each is named soon all
// the same, and none in two summaries.
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

// The store comes back while the desk is still away: the on-call phone, which was told past the
// store, is told again in the next round and no sooner.
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

// A card that the desk refuses as it is keeps nobody else's from being shown, and is told of in a
// line.
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

// A rate limit that is longer than danger can wait sends the card another way, and is tried again
// soon.
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

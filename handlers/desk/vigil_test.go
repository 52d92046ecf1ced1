package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// watched is a desk whose store has one alarm "c1", and a count of what the on-call phone is told
// without the store.
func watched(t *testing.T) (*room, *rings) {
	t.Helper()
	d := badDay(t)
	rung := &rings{}
	d.Ring = rung
	d.danger(t, "c1", 142)
	return d, rung
}

// away lets time pass in which the store doesn't answer.
func (d *room) away(t *testing.T, in time.Duration) {
	t.Helper()
	d.store.Fail(handlers.ErrAway)
	for end := d.clock.Now().Add(in); d.clock.Now().Before(end); d.clock.Add(2 * time.Second) {
		if err := d.Watch(t.Context()); !errors.Is(err, handlers.ErrAway) {
			t.Fatal(err)
		}
		d.Wait()
	}
}

// An alarm is stored, and the store goes away before anybody is told. Its card is posted without
// the store, and not a second time when the store is back.
func TestAStoredAlarmWhoseStoreGoesAway(t *testing.T) {
	d, _ := watched(t)
	alarms, err := d.store.Untaken(t.Context())
	if err != nil || len(alarms) != 1 {
		t.Fatal(alarms, err)
	}
	d.Keep(alarms[0])
	d.away(t, 10*time.Second)
	if got := strings.Join(d.shown.Lines(), "; "); got != "card c1 again" {
		t.Errorf("while the store is away: %q", got)
	}
	d.store.Fail(nil)
	if err := d.Watch(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.pass(t, time.Minute)
	for _, line := range d.shown.Lines() {
		if line == "card c1" {
			t.Errorf("its card is posted without a look whether it is there: %q", d.shown.Lines())
		}
	}
}

// While the store is away nobody can take an alarm. The on-call phone is told when its time has
// come and again at growing pauses, until somebody has it.
func TestAnAlarmThatNobodyCanTake(t *testing.T) {
	d, rung := watched(t)
	d.pass(t, 2*time.Second)
	if err := d.Watch(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.away(t, d.Base.Clinic.OnCall()-10*time.Second)
	if rung.n != 0 {
		t.Errorf("told %d times before its time", rung.n)
	}
	d.away(t, 20*time.Second)
	if rung.n != 2 {
		t.Fatalf("told %d times when its time had come, want a text and a call", rung.n)
	}
	d.away(t, 2*time.Hour)
	if n := rung.n/2 - 1; n < 2 || n > 8 {
		t.Errorf("told %d times more in two hours", n)
	}
	n := rung.n
	d.store.Fail(nil)
	for _, c := range d.store.Open(handlerstest.Phone(t, "0142")) {
		c.TakenBy = "U1"
		d.store.Put(c.Phone, handlers.Effects{Cases: []handlers.Case{c}})
	}
	if err := d.Watch(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.away(t, time.Hour)
	if rung.n != n {
		t.Errorf("told %d times after somebody had it", rung.n-n)
	}
}

// An alarm that was told of without the store, and stored later, is followed like any other.
func TestAnAlarmThatIsStoredLate(t *testing.T) {
	d, rung := watched(t)
	c := handlers.Case{
		ID: "c2", Channel: handlers.UrgentChannel, Kind: kinds.Crisis, At: d.clock.Now(),
		Open: true, Phone: handlerstest.Phone(t, "0143"),
	}
	d.Straight(c)
	d.Wait()
	if known := d.Known(c.Phone); len(known) != 1 || known[0].ID != "c2" {
		t.Errorf("known: %+v", known)
	}
	d.Stored("c2")
	if err := d.Watch(t.Context()); err != nil { // somebody has taken it by now
		t.Fatal(err)
	}
	if known := d.Known(c.Phone); len(known) != 0 {
		t.Errorf("still known: %+v", known)
	}
	before := rung.n
	d.away(t, 9*time.Minute) // c1's time hasn't come
	if rung.n != before {
		t.Errorf("told %d times", rung.n-before)
	}
}

// A process that can't ask the store any more, while others can, leaves to them what they know of:
// what the store had, and what they have fetched since. What nobody was shown it goes on telling
// of.
func TestAlarmsThatAreLeftToOthers(t *testing.T) {
	for _, test := range []struct {
		name           string
		straight       bool          // the store never had it
		refused        bool          // the desk doesn't take its card
		known, fetched time.Duration // after it came
		rings          bool
	}{
		{name: "stored before", known: time.Second},
		{name: "stored when others may not find it", fetched: -time.Second, rings: true},
		{name: "shown, and fetched", straight: true, known: time.Second, fetched: time.Second},
		{name: "shown, and not fetched", straight: true, known: time.Second, rings: true},
		{
			name: "nobody was shown it", straight: true, refused: true, known: time.Hour,
			fetched: time.Hour, rings: true,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := badDay(t)
			rung := &rings{}
			d.Ring = rung
			came := d.clock.Now()
			c := handlers.Case{
				ID: "c1", Channel: handlers.UrgentChannel, Kind: kinds.Crisis, At: came, Open: true,
				Phone: handlerstest.Phone(t, "0142"),
			}
			if test.refused {
				d.shown.OnPost = func(string) error { return errors.New("away") }
				rung.err = errors.New("away")
			}
			if test.straight {
				d.Straight(c)
			} else {
				d.Keep(c)
			}
			d.Wait()
			rung.n, rung.err = 0, nil
			d.Leave(came.Add(test.known), came.Add(test.fetched))
			d.away(t, d.Base.Clinic.OnCall()+time.Minute)
			if (rung.n > 0) != test.rings {
				t.Errorf("the on-call phone is told %d times", rung.n)
			}
		})
	}
}

// A store that can be read but takes no writes is as good as away: the on-call phone is told when
// an alarm's time has come.
func TestAStoreThatTakesNoWrites(t *testing.T) {
	d, rung := watched(t)
	d.pass(t, 2*time.Second)
	full := errors.New("OOM command not allowed")
	d.Posts = readOnly{d.Posts, full}
	for range 6 * 60 {
		if err := d.Alarms(t.Context()); !errors.Is(err, full) {
			t.Fatal(err)
		}
		_ = d.Watch(t.Context())
		d.Wait()
		d.clock.Add(2 * time.Second)
	}
	if rung.n < 2 {
		t.Errorf("told %d times in twelve minutes", rung.n)
	}
	if got := strings.Join(d.shown.Lines(), "; "); strings.Count(got, "card c1") != 1 {
		t.Errorf("the desk: %q", got)
	}
}

// readOnly is a queue from which nothing can be claimed.
type readOnly struct {
	desk.Queue
	err error
}

func (r readOnly) ClaimPosts(
	context.Context, bool, time.Time, int, time.Duration,
) ([]handlers.Post, error) {
	return nil, r.err
}

// A case that was closed, and told of again without the store, is corrected when the store is back.
// It isn't remembered, so it can't hide a later danger of the same number.
func TestAFinishedCaseThatIsToldOfAgain(t *testing.T) {
	d, _ := watched(t)
	d.pass(t, 2*time.Second)
	open := d.store.Open(handlerstest.Phone(t, "0142"))[0]
	done := open
	done.Open = false
	d.store.Put(done.Phone, handlers.Effects{Cases: []handlers.Case{done}})
	d.store.Fail(handlers.ErrAway)
	open.Thread = ""
	d.StraightAgain(open)
	d.Wait()
	d.store.Fail(nil)
	before := len(d.shown.Lines())
	if err := d.Watch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(d.shown.Lines()) - before; n != 1 {
		t.Errorf("its card is corrected %d times: %q", n, d.shown.Lines())
	}
	if known := d.Known(open.Phone); len(known) != 0 {
		t.Errorf("still known: %+v", known)
	}
}

// An alarm that is stored while the list of alarms is being read isn't in the list, but is kept.
func TestAnAlarmThatComesWhileTheListIsRead(t *testing.T) {
	d, _ := watched(t)
	late := handlers.Case{
		ID: "c2", Channel: handlers.UrgentChannel, Kind: kinds.Crisis, At: d.clock.Now(),
		Open: true, Phone: handlerstest.Phone(t, "0143"),
	}
	queue := d.Posts
	d.Posts = reading{queue, func() { d.Keep(late) }}
	if err := d.Watch(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.Posts = queue
	d.away(t, 10*time.Second)
	if got := strings.Join(d.shown.Lines(), "; "); !strings.Contains(got, "card c2") {
		t.Errorf("while the store is away: %q", got)
	}
}

// reading is a queue in which something happens right after the list of alarms was read.
type reading struct {
	desk.Queue
	then func()
}

func (r reading) Untaken(ctx context.Context) ([]handlers.Case, error) {
	alarms, err := r.Queue.Untaken(ctx)
	r.then()
	return alarms, err
}

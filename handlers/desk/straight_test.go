package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// straight is a desk whose store is away.
func straight(t *testing.T) (*room, *rings) {
	t.Helper()
	d := badDay(t)
	rung := &rings{}
	d.Ring = rung
	d.store.Fail(handlers.ErrAway)
	return d, rung
}

// alarm is one that the store can't take, of a number that ends in 1000 and i.
func (d *room) alarm(t *testing.T, i int) handlers.Case {
	t.Helper()
	return handlers.Case{
		ID: fmt.Sprint("c", i), Channel: handlers.UrgentChannel, Kind: kinds.Crisis, Open: true,
		At: d.clock.Now(), Phone: handlerstest.Phone(t, fmt.Sprint(1000+i)),
	}
}

// told returns the words that the on-call phone got last by text: "" if it got none.
func (r *rings) told() string {
	if len(r.last) == 0 {
		return ""
	}
	_, words, _ := strings.Cut(r.last[0].Body, ": ")
	words, _, _ = strings.Cut(words, ".")
	return words
}

// Without the store, an alarm is shown where the desk can be reached, and else the on-call phone
// is told of it. After a channel that is gone the other one is tried; after an error that leaves
// open whether the card is there it isn't.
func TestOneAlarmWithoutTheStore(t *testing.T) {
	const one = "nobody has taken an urgent case (crisis, number ending 1000)"
	gone := &desk.Unreachable{Why: "slack: is_archived"}
	for _, c := range []struct {
		name        string
		urgent, via error // of the two channels
		shown       string
		told        string
	}{
		{name: "the desk is there", shown: "card c0"},
		{name: "its channel is gone", urgent: gone, shown: "card c0 via desk"},
		{name: "both are gone", urgent: gone, via: gone, told: one},
		{name: "the desk is down", urgent: errors.New("slack: 503"), told: one},
		{name: "the other one is down", urgent: gone, via: errors.New("slack: 503"), told: one},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, rung := straight(t)
			d.shown.OnPost = func(line string) error {
				if strings.Contains(line, " via ") {
					return c.via
				}
				return c.urgent
			}
			d.Straight(d.alarm(t, 0))
			d.Wait()
			if got := strings.Join(d.shown.Lines(), "; "); got != c.shown || rung.told() != c.told {
				t.Errorf("shown %q, told %q; want %q, %q", got, rung.told(), c.shown, c.told)
			}
		})
	}
}

// tenLine names the ten that come while the card of the first is posted.
const tenLine = "say urgent 10 patients may be in danger and nobody has them yet: …1001, …1002, " +
	"…1003, …1004, …1005, …1006, …1007, …1008, …1009, …1010. " +
	"Their cards follow, one after another."

// fewCards are those of the first and of four others.
var fewCards = []string{"card c0", "card c1", "card c2", "card c3", "card c4"}

// crowds are what becomes of ten alarms, by what the desk takes.
var crowds = []struct {
	name  string
	fails []string // how the lines begin that the desk doesn't take
	shown []string
	told  string
	later string // a minute on, while the store is still away
}{
	{name: "the desk takes all", shown: append(slices.Clone(fewCards), tenLine)},
	{
		name: "it takes no line", fails: []string{"say"}, shown: fewCards,
		told: "nobody has taken 6 urgent cases",
	},
	{
		name:  "it takes the line, but no more cards",
		fails: []string{"card c1", "card c2", "card c3", "card c4"},
		shown: []string{"card c0", tenLine},
	},
	{
		name: "it takes nothing", fails: []string{"say", "card"},
		told:  "nobody has taken an urgent case (crisis, number ending 1000)",
		later: "nobody has taken 10 urgent cases", // it rings once a minute at most
	},
}

// Ten alarms come while the desk takes the card of the first: the desk gets a line that names all
// and a few cards, and the on-call phone is told of those of which the desk shows neither.
func TestManyAlarmsWithoutTheStore(t *testing.T) {
	for _, c := range crowds {
		t.Run(c.name, func(t *testing.T) {
			d, rung := straight(t)
			begun, all := make(chan struct{}), make(chan struct{})
			d.shown.OnPost = func(l string) error {
				if l == "card c0" {
					close(begun)
					<-all
				}
				for _, no := range c.fails {
					if strings.HasPrefix(l, no) {
						return errors.New("slack: 503")
					}
				}
				return nil
			}
			d.Straight(d.alarm(t, 0))
			<-begun
			for i := range 10 {
				d.Straight(d.alarm(t, i+1))
			}
			close(all)
			d.Wait()
			got := slices.Clone(d.shown.Lines())
			slices.Sort(got) // the cards are posted at once
			if !slices.Equal(got, c.shown) || rung.told() != c.told {
				t.Errorf("shown %q, told %q; want %q, %q", got, rung.told(), c.shown, c.told)
			}
			rung.last, d.shown.OnPost = nil, nil
			d.clock.Add(time.Minute)
			d.away(t, time.Second)
			if rung.told() != c.later {
				t.Errorf("a minute on told %q, want %q", rung.told(), c.later)
			}
		})
	}
}

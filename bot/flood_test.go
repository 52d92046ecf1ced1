package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/budget"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// tightDoors is Beacon with the budget of a clinic that says nothing of it, and no pace.
func tightDoors(t *testing.T, from string) *doors {
	t.Helper()
	base, err := knowledge.Load(handlerstest.FAQ(
		`[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`))
	if err != nil {
		t.Fatal(err)
	}
	base.Clinic.Pace = settings.Pace{}
	return newDoorsOf(t, from, base)
}

// wrote is a text of a flood, and what it was answered in the webhook's response.
type wrote struct {
	from, body string
	got        []string
}

// flood posts texts, several at a time, so many a second of a clock that is turned on.
func (d *doors) flood(texts []wrote, aSecond int) {
	d.t.Helper()
	const atOnce = 4 // as many as answer in time on a slow machine
	for start := 0; start < len(texts); start += atOnce {
		var wg sync.WaitGroup
		for i := range texts[start:min(start+atOnce, len(texts))] {
			wg.Go(func() {
				x := &texts[start+i]
				a, err := d.twilio.PostText(d.t.Context(), d.url+"/twilio/text",
					url.Values{"From": {x.from}, "Body": {x.body}})
				if err != nil || a.Status != http.StatusOK {
					d.t.Errorf("a text from %s: status %d, %v", x.from, a.Status, err)
				}
				x.got = a.Bodies
			})
		}
		wg.Wait()
		d.clock.Add(atOnce * time.Second / time.Duration(aSecond))
	}
	d.app.patient.Wait()
	if err := d.app.patient.Restore(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	d.pass(time.Minute)
}

// mixed is a flood of n numbers of a kind, with a patient's text among every hundred, and one of
// danger from another number of the kind.
func mixed(n int, number func(i int) string, patients []string) (out []wrote) {
	for i := range n {
		out = append(out, wrote{from: number(i), body: "what is this thing, tell me all of it"})
		switch i % 100 {
		case 30:
			out = append(out, wrote{from: patients[i/100%len(patients)], body: "hours"})
		case 60:
			out = append(out, wrote{from: number(n + i), body: "I want to kill myself"})
		}
	}
	return out
}

// segments is what answers of a flood cost, to those whom a condition holds for.
func segments(texts []wrote, of func(wrote) bool) (n int) {
	for _, x := range texts {
		for _, b := range x.got {
			if of(x) {
				one, _ := knowledge.Segments(b)
				n += one
			}
		}
	}
	return n
}

// Many numbers at once, abroad or at home, cost the clinic no more than strangers may, fill
// no channel with cards, and keep no patient from an answer. Whoever is in danger among them has
// the words, and is on a card.
func TestAFloodCostsWhatItMay(t *testing.T) {
	const n = 300
	for _, c := range []struct {
		name   string
		number func(i int) string
		some   bool // some of it is answered
		why    string
	}{
		{
			name:   "abroad",
			number: func(i int) string { return fmt.Sprintf("+336120%05d", i) },
			why:    budget.RefusedReach,
		},
		{
			name:   "satellites",
			number: func(i int) string { return fmt.Sprintf("+88162200%04d", i) },
			why:    budget.RefusedReach,
		},
		{
			name:   "strangers",
			number: func(i int) string { return fmt.Sprintf("+1646%07d", 5_550_000+i) },
			some:   true,
			why:    budget.RefusedStrangers,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := tightDoors(t, "2026-12-01 10:00")
			known := many(n / 100)
			d.book("2026-12-08 10:00", known...)
			most := 0 // segments to the flood, danger aside: it is over within the minute
			if c.some {
				most = d.app.base.Clinic.Replies.Strangers.PerMinute
			}
			var patients []string
			for _, last4 := range known {
				patients = append(patients, "+1212555"+last4)
			}
			texts := mixed(n, c.number, patients)
			d.flood(texts, 800)
			isPatient := func(x wrote) bool { return x.body == "hours" }
			isDanger := func(x wrote) bool { return strings.HasPrefix(x.body, "I want") }
			asked, answered, endangered, worded := 0, 0, 0, 0
			for _, x := range texts {
				switch {
				case isPatient(x):
					asked++
					if len(x.got) > 0 {
						answered++
					}
				case isDanger(x):
					endangered++
					if len(x.got) == 1 && strings.Contains(x.got[0], "988") {
						worded++
					}
				}
			}
			if asked != n/100 || answered != asked {
				t.Errorf("%d of %d texts of patients are answered", answered, asked)
			}
			if endangered != n/100 || worded != endangered {
				t.Errorf("%d of %d in danger have the words", worded, endangered)
			}
			untaken, err := d.app.store.Untaken(t.Context())
			if err != nil || len(untaken) != endangered {
				t.Errorf("%d alarms of %d, %v", len(untaken), endangered, err)
			}
			took := segments(texts, func(x wrote) bool { return !isPatient(x) && !isDanger(x) })
			if took > most || c.some && took == 0 {
				t.Errorf("the flood cost %d segments, want at most %d and some", took, most)
			}
			d.checkStretch(c.why, n, most)
		})
	}
}

// checkStretch checks that what wasn't answered of n texts is told on one card, with one ping, and
// counted; at most so many have cards of their own.
func (d *doors) checkStretch(why string, n, most int) {
	d.t.Helper()
	x, err := d.app.store.Refused(d.t.Context())
	if err != nil || x.Count[why] < n-most || x.Total() != x.Count[why] {
		d.t.Errorf("%+v of %d weren't answered, %v", x.Count, n, err)
	}
	cards := d.cards(kinds.Refused)
	if len(cards) != 1 || !strings.Contains(cards[0].Title, fmt.Sprint(x.Total())) {
		d.t.Errorf("%d cards of the stretch: %+v; want one that tells of %d", len(cards), cards,
			x.Total())
	}
	if got := d.notes("aren't answered"); got != 1 {
		d.t.Errorf("the desk is pinged %d times", got)
	}
	// What live awaits the clinic's review is a person's, a patient's question too.
	if got := len(d.cards(kinds.Handoff)); got > most+n/100 {
		d.t.Errorf("%d cards, want at most %d of strangers", got, most)
	}
	want := fmt.Sprintf("beacon_replies_refused_total{why=%q} %d", why, x.Total())
	if !strings.Contains(d.metrics(), want) {
		d.t.Errorf("no %s in the metrics", want)
	}
}

package figures_test

import (
	"maps"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/figures"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// counter counts for a clinic in New York that is open on Mondays, nine to five.
func counter(t *testing.T) figures.Counter {
	t.Helper()
	c, err := settings.Parse([]byte(`name: Test
phone: '+12125550100'
urgent_phone: '+12125550111'
zone: America/New_York
lines: {crisis: '988', emergency: '911'}
hours: {mon: '9:00-17:00'}
`))
	if err != nil {
		t.Fatal(err)
	}
	return figures.Counter{Clinic: c}
}

// monday is a time of the clinic's Monday, November 30.
func monday(t *testing.T, clock string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-30 "+clock, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// sum adds tallies up, each name behind its day; what comes to nothing is left out.
func sum(all []figures.Tally) map[string]int {
	out := map[string]int{}
	for _, t := range all {
		if out[t.Day+" "+t.Name] += t.N; out[t.Day+" "+t.Name] == 0 {
			delete(out, t.Day+" "+t.Name)
		}
	}
	return out
}

func TestTurn(t *testing.T) {
	now, next := monday(t, "10:00"), monday(t, "10:00").AddDate(0, 0, 2)
	said := func(kind string, bodies ...string) handlers.Reply {
		return handlers.Reply{Kind: kind, Bodies: bodies}
	}
	visit := func(start time.Time, state string) handlers.Visit {
		return handlers.Visit{ID: "v1", Start: start, State: state}
	}
	one := func(v handlers.Visit) handlers.State { return handlers.State{Visits: []handlers.Visit{v}} }
	booked := one(visit(next, handlers.Booked))
	was := func(at, channel string) handlers.State {
		return handlers.State{Cases: []handlers.Case{
			{ID: "c1", Channel: channel, At: monday(t, at), Open: true},
		}}
	}
	inUrgent := func(c handlers.Case) []handlers.Case {
		c.ID, c.Channel = "c2", handlers.UrgentChannel
		return []handlers.Case{c}
	}
	urgent := func(c handlers.Case) handlers.Effects { return handlers.Effects{Cases: inUrgent(c)} }
	before := func(c handlers.Case) handlers.State { return handlers.State{Cases: inUrgent(c)} }
	taken := handlers.Effects{Cases: []handlers.Case{{ID: "c1", Open: true, TakenBy: "U1"}}}
	for _, c := range []struct {
		name string
		s    handlers.State
		e    handlers.Effects
		want map[string]int
	}{
		{name: "an answer", e: handlers.Effects{Reply: said(kinds.Answer, "Yes.")}, want: map[string]int{
			"2026-11-30 answered": 1, "2026-11-30 kind:answer": 1,
			"2026-11-30 texts": 1, "2026-11-30 segments": 1,
		}},
		{name: "an answer by the ledger", e: handlers.Effects{
			Reply: said(kinds.Answer, "Yes."), Texts: []handlers.Outgoing{{Kind: gate.KindReply}},
		}, want: map[string]int{"2026-11-30 answered": 1, "2026-11-30 kind:answer": 1}},
		{name: "danger goes to a person", e: handlers.Effects{
			Reply: said(kinds.Crisis, "Call 988."),
		}, want: map[string]int{
			"2026-11-30 handed_over": 1, "2026-11-30 kind:crisis": 1,
			"2026-11-30 texts": 1, "2026-11-30 segments": 1,
		}},
		{name: "what opens a case goes to a person", e: handlers.Effects{
			Reply: said(kinds.Reschedule),
			Cases: []handlers.Case{{ID: "c1", Open: true}},
		}, want: map[string]int{"2026-11-30 handed_over": 1, "2026-11-30 kind:reschedule": 1}},
		{name: "a machine counts for nothing", e: handlers.Effects{Reply: said(kinds.Machine)}},
		{name: "an act of staff is no text", e: handlers.Effects{Reply: said("refused")}},
		{
			name: "a case is taken", s: was("09:48", handlers.DeskChannel), e: taken,
			want: map[string]int{"2026-11-30 person:12": 1},
		},
		{
			name: "its wait begins when the clinic opens", s: was("02:00", handlers.DeskChannel),
			e: taken, want: map[string]int{"2026-11-30 person:60": 1},
		},
		{
			name: "that of danger at once", s: was("02:00", handlers.UrgentChannel), e: taken,
			want: map[string]int{"2026-11-30 person:480": 1},
		},
		{
			name: "a case taken from the start waited for nobody", e: taken,
		},
		{
			name: "a concern", e: urgent(handlers.Case{Kind: kinds.Concern, Open: true}),
			want: map[string]int{"2026-11-30 concerns": 1},
		},
		{
			name: "it is read", s: before(handlers.Case{Kind: kinds.Concern, Open: true}),
			e:    urgent(handlers.Case{Kind: kinds.Concern}),
			want: map[string]int{"2026-11-30 concerns_read": 1},
		},
		{
			name: "it is danger", s: before(handlers.Case{Kind: kinds.Concern, Open: true}),
			e:    urgent(handlers.Case{Kind: kinds.Crisis, Open: true}),
			want: map[string]int{"2026-11-30 concerns_raised": 1, "2026-11-30 alarms": 1},
		},
		{
			name: "an alarm", e: urgent(handlers.Case{Kind: kinds.Crisis, Open: true}),
			want: map[string]int{"2026-11-30 alarms": 1},
		},
		{
			name: "it pages again", s: before(handlers.Case{Kind: kinds.Crisis, Open: true}),
			e:    urgent(handlers.Case{Kind: kinds.Crisis, Open: true, Pages: 1}),
			want: map[string]int{"2026-11-30 alarms_paged": 1},
		},
		{
			name: "it is taken", s: before(handlers.Case{Kind: kinds.Crisis, Open: true, At: now}),
			e:    urgent(handlers.Case{Kind: kinds.Crisis, Open: true, TakenBy: "U1"}),
			want: map[string]int{"2026-11-30 alarms_taken": 1, "2026-11-30 person:0": 1},
		},
		{
			name: "it ends", s: before(handlers.Case{Kind: kinds.Crisis, Open: true, TakenBy: "U1"}),
			e:    urgent(handlers.Case{Kind: kinds.Crisis, TakenBy: "U1"}),
			want: map[string]int{"2026-11-30 alarms_ended": 1},
		},
		{
			name: "an opt-out", e: handlers.Effects{Consent: &handlers.Consent{Out: true}},
			want: map[string]int{"2026-11-30 opted_out": 1},
		},
		{name: "a visit is booked", e: handlers.Effects{
			Visits: []handlers.Visit{visit(next, handlers.Booked)},
		}, want: map[string]int{"2026-12-02 visits": 1}},
		{name: "it is confirmed", s: booked, e: handlers.Effects{
			Visits: []handlers.Visit{visit(next, handlers.Confirmed)},
		}, want: map[string]int{"2026-12-02 confirmed": 1}},
		{name: "who confirmed has come", s: one(visit(next, handlers.Confirmed)), e: handlers.Effects{
			Visits: []handlers.Visit{visit(next, handlers.Arrived)},
		}, want: map[string]int{"2026-12-02 arrived": 1}},
		{name: "who confirmed hasn't come", s: one(visit(next, handlers.Confirmed)), e: handlers.Effects{
			Visits: []handlers.Visit{visit(next, handlers.Missed)},
		}, want: map[string]int{"2026-12-02 missed": 1}},
		{name: "had come after all", s: one(visit(next, handlers.Missed)), e: handlers.Effects{
			Visits: []handlers.Visit{visit(next, handlers.Arrived)},
		}, want: map[string]int{"2026-12-02 missed": -1, "2026-12-02 arrived": 1}},
		{name: "it is declined", s: booked, e: handlers.Effects{
			Visits: []handlers.Visit{visit(next, handlers.Declined)},
		}, want: map[string]int{"2026-12-02 visits": -1, "2026-12-02 declined": 1}},
		{name: "it moves", s: one(visit(next, handlers.Confirmed)), e: handlers.Effects{
			Visits: []handlers.Visit{visit(next.AddDate(0, 0, 1), handlers.Booked)},
		}, want: map[string]int{
			"2026-12-02 visits": -1, "2026-12-02 confirmed": -1, "2026-12-03 visits": 1,
		}},
		{
			name: "it goes to another number", s: booked, e: handlers.Effects{Gone: []string{"v1"}},
			want: map[string]int{"2026-12-02 visits": -1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sum(counter(t).Turn(c.s, c.e, now)); !maps.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// Only what a patient reads is a text.
func TestRow(t *testing.T) {
	now := monday(t, "23:59")
	for _, c := range []struct {
		name  string
		o     handlers.Outgoing
		state string
		want  map[string]int
	}{
		{name: "sent", o: handlers.Outgoing{Body: "Hi"}, state: handlers.Sent, want: map[string]int{
			"2026-11-30 texts": 1, "2026-11-30 segments": 1,
		}},
		{name: "delivered", state: handlers.Delivered, want: map[string]int{"2026-11-30 delivered": 1}},
		{name: "failed", state: handlers.Failed, want: map[string]int{"2026-11-30 failed": 1}},
		{name: "put off", state: handlers.Planned},
		{name: "an alarm", o: handlers.Outgoing{Alarm: true}, state: handlers.Sent},
		{name: "a task", o: handlers.Outgoing{Task: true}, state: handlers.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sum(counter(t).Row(c.o, c.state, now)); !maps.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestDay(t *testing.T) {
	d := figures.Day{Of: map[string]int{
		"person:2": 3, "person:30": 2, "person:600": 1, figures.Visits: 8, figures.Confirmed: 5,
	}}
	if m, ok := d.ToPerson(); m != 30 || !ok {
		t.Errorf("to a person: %d %v", m, ok)
	}
	if p, ok := d.Share(figures.Confirmed, figures.Visits); p != 63 || !ok {
		t.Errorf("confirmed: %d %v", p, ok)
	}
	if s := figures.Sum([]figures.Day{d, d}); s.Of[figures.Visits] != 16 || s.Date != "" {
		t.Errorf("twice the day: %+v", s)
	}
	none := figures.Day{}
	if _, ok := none.ToPerson(); ok {
		t.Error("nobody took a case, yet there is a time")
	}
	if _, ok := none.Share(figures.Confirmed, figures.Visits); ok {
		t.Error("a share of no visits")
	}
}

// Days goes by the clinic's calendar, over the end of a month and a change of the clocks.
func TestDays(t *testing.T) {
	got := figures.Days(monday(t, "00:30").AddDate(0, 0, -28), counter(t).Clinic.Location(), 3)
	if len(got) != 3 || got[0] != "2026-10-31" || got[1] != "2026-11-01" || got[2] != "2026-11-02" {
		t.Error(got)
	}
}

// The periods end today, or yesterday; their sums are those of their days.
func TestPeriods(t *testing.T) {
	days := make([]figures.Day, figures.PeriodDays)
	for i := range days {
		days[i] = figures.Day{Of: map[string]int{figures.Visits: 2, figures.Confirmed: 1, "person:5": 1}}
	}
	days[figures.PeriodDays-1] = figures.Day{Of: map[string]int{figures.Segments: 5}}
	table := map[string]figures.Figure{}
	for _, f := range figures.Table(settings.Price{Segment: 0.012, Currency: "$"}) {
		table[f.Name] = f
	}
	for name, want := range map[string][4]string{
		figures.Visits:      {"0", "2", "12", "58"},
		figures.Confirmed:   {"0", "1 (50 %)", "6 (50 %)", "29 (50 %)"},
		"minutes_to_person": {"–", "5 min", "5 min", "5 min"},
		"cost":              {"0.06", "0.00", "0.06", "0.06"},
	} {
		for i, p := range figures.Periods() {
			if got := table[name].Says(p.Of(days)); got != want[i] {
				t.Errorf("%s, %s: %q, want %q", name, p.Label, got, want[i])
			}
		}
	}
	if f := table[figures.Confirmed]; f.Height(days[0]) != 50 || f.Height(days[29]) != 0 {
		t.Errorf("confirmed is drawn as %d and %d", f.Height(days[0]), f.Height(days[29]))
	}
	for _, f := range figures.Table(settings.Price{}) {
		if f.Name == "cost" {
			t.Error("without a price there is a cost")
		}
	}
}

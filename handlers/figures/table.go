package figures

import (
	"fmt"
	"math"
	"strconv"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Figure is a figure of a day or of several, as people are shown it. Whoever shows figures shows
// those of [Table].
type Figure struct {
	Name  string // in JSON and CSV, where it stays
	Label string // what people call it
	Part  bool   // it is a part of the last one above it that is none
	Drawn bool   // people would rather look at it than read it

	of    func(Day) (float64, bool)
	whole string // a share of this is what tells people something; "" if it is no share
	unit  string
	cents bool // it is shown with two decimals
}

// Table returns the figures in the order in which they are shown. Without a price of a segment there
// is no cost.
func Table(price settings.Price) []Figure {
	count := func(name, label string) Figure {
		return Figure{Name: name, Label: label, of: func(d Day) (float64, bool) {
			return float64(d.Of[name]), true
		}}
	}
	part := func(name, label string) Figure {
		f := count(name, label)
		f.Part = true
		return f
	}
	share := func(name, label string) Figure {
		f := part(name, label)
		f.whole = Visits
		return f
	}
	drawn := func(f Figure) Figure { f.Drawn = true; return f }
	out := []Figure{
		drawn(count(Answered, "Texts that the bot answered")),
		drawn(count(HandedOver, "Texts that went to a person")),
		drawn(Figure{
			Name: "minutes_to_person", Label: "Time to a person, for half of them", unit: " min",
			of: func(d Day) (float64, bool) {
				m, ok := d.ToPerson()
				return float64(m), ok
			},
		}),
		count(Alarms, "Alarms"),
		part(AlarmsPaged, "paged again before anybody took them"),
		part(AlarmsTaken, "taken by a person"),
		part(AlarmsEnded, "ended by a person"),
		count(Concerns, "Concerns"),
		part(ConcernsRead, "read and found no danger"),
		part(Raised, "became alarms"),
		count(Visits, "Visits"),
		drawn(share(Confirmed, "confirmed")),
		share(Arrived, "arrived"),
		drawn(share(Missed, "no-shows")),
		count(Declined, "Visits called off by the patient"),
		count(OptedOut, "Opt-outs"),
		drawn(count(Texts, "Texts sent")),
		part(Segments, "in segments, as the carrier bills them"),
		part(Delivered, "delivered"),
		part(Failed, "failed"),
	}
	if price.Segment > 0 {
		out = append(out, Figure{
			Name: "cost", Label: "Cost, in " + price.Currency, cents: true,
			of: func(d Day) (float64, bool) { return price.Segment * float64(d.Of[Segments]), true },
		})
	}
	return out
}

// Value returns the figure of a day, or of the sum of several; false if there is none.
func (f Figure) Value(d Day) (float64, bool) { return f.of(d) }

// Plain returns the figure as programs read it: a number, "" if there is none.
func (f Figure) Plain(d Day) string {
	v, ok := f.of(d)
	switch {
	case !ok:
		return ""
	case f.cents:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// Says returns the figure as people read it, with its share of the whole where that tells more; a
// dash if there is none.
func (f Figure) Says(d Day) string {
	says := f.Plain(d)
	if says == "" {
		return "–"
	}
	says += f.unit
	if percent, ok := d.Share(f.Name, f.whole); ok && percent > 0 {
		says += fmt.Sprintf(" (%d %%)", percent)
	}
	return says
}

// Height returns what a picture of days shows of one: a share in percent, where the figure is one.
func (f Figure) Height(d Day) int {
	if f.whole != "" {
		percent, _ := d.Share(f.Name, f.whole)
		return percent
	}
	v, _ := f.of(d)
	return int(math.Round(v))
}

// Period is a span of days up to today or to a day before it.
type Period struct {
	Label string
	Days  int // how many
	Back  int // how many days before today it ends
}

// Periods returns the spans that people are shown side by side.
func Periods() []Period {
	return []Period{
		{Label: "Today", Days: 1},
		{Label: "Yesterday", Days: 1, Back: 1},
		{Label: "7 days", Days: 7},
		{Label: "30 days", Days: PeriodDays},
	}
}

// PeriodDays is how many days up to today [Period.Of] must be given: those of the longest period.
const PeriodDays = 30

// Of returns the sum of the period's days, out of all up to today.
func (p Period) Of(days []Day) Day {
	end := len(days) - p.Back
	return Sum(days[end-p.Days : end])
}

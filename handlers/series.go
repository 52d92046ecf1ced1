package handlers

import (
	"slices"
	"time"
)

// Series returns the visits of the series that v belongs to, soonest first, v among them if it is
// the number's: visits of one patient and one type that take place, or took place, each at most
// within after the one before. Visits that were called off or missed are no part of it.
func (s State) Series(v Visit, within time.Duration) (out []Visit) {
	var all []Visit
	for _, w := range slices.Concat(s.Past, s.Visits) {
		if w.ID == v.ID || w.Type == v.Type && w.Stands() && SamePatient(w.Name, v.Name) {
			all = append(all, w)
		}
	}
	slices.SortStableFunc(all, func(a, b Visit) int { return a.Start.Compare(b.Start) })
	of := slices.IndexFunc(all, func(w Visit) bool { return w.ID == v.ID })
	if of < 0 {
		return nil
	}
	from, to := of, of+1
	for from > 0 && all[from].Start.Sub(all[from-1].Start) <= within {
		from--
	}
	for to < len(all) && all[to].Start.Sub(all[to-1].Start) <= within {
		to++
	}
	return all[from:to]
}

// Known returns a visit of the number by its id, past or not; false if there is none.
func (s State) Known(id string) (Visit, bool) {
	for _, v := range slices.Concat(s.Visits, s.Past) {
		if v.ID == id {
			return v, true
		}
	}
	return Visit{}, false
}

// Nth returns the place of a visit in its series and how many the series has; 0 if that isn't three
// or more, or if it may have begun before what is known of the number.
func (s State) Nth(v Visit, within time.Duration, now time.Time) (n, of int) {
	series := s.Series(v, within)
	if within == 0 || len(series) < 3 || series[0].Start.Before(now.Add(within-LookBack)) {
		return 0, 0
	}
	for i, w := range series {
		if w.ID == v.ID {
			return i + 1, len(series)
		}
	}
	return 0, 0
}

package clean

import "strings"

// measured reads a number with its unit behind it: a dose, a price, a weight, an age. Times of day
// have their unit too, but are clock's. Years after "for" or "hace" are a span and no age.
func (s *scan) measured(i int) (num Number, from, to int) {
	v, from, end := s.value(i)
	u, to, ok := s.unit(end)
	if !ok || u.kind == Time {
		return num, 0, 0
	}
	num = Number{Kind: u.kind, Value: v * u.times, Unit: u.unit}
	switch u.kind {
	case Temperature:
		return s.heat(num, i, from, end, to)
	case Age:
		if v > 120 || s.near(isSpan, from, 2, 0, 0) {
			return num, 0, 0
		}
	case Percent, Price:
		num.Value = v
	}
	return num, from, to
}

// price reads $40, $1,200.50, $2k, US$ 40. The sign must stand on the number's line.
func (s *scan) price(i int) (num Number, from, to int) {
	sign := s.tok(i - 1)
	if !strings.Contains("$€£", sign.s) || sign.s == "" || s.tok(i).line {
		return num, 0, 0
	}
	v, _, to := s.value(i)
	// Thousands, as people write them.
	if s.tok(to).s == "k" && s.sticks(to) {
		v, to = v*1000, to+1
	}
	if u, end, ok := s.unit(to); ok && u.kind == Price {
		to = end
	}
	// "US$" belongs to the number's text, a sign alone too.
	from = i - 1
	if p := s.tok(i - 2); p.s == "us" && s.sticks(i-1) {
		from--
	}
	return Number{Kind: Price, Value: v}, from, to
}

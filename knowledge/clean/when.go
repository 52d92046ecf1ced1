package clean

// clock reads a time of day: with a colon, or with am, pm, "de la tarde" behind it. Value is in
// minutes after midnight. Three or four digits before am or pm are hour and minute: 230pm. A bare
// "at 3" stays a plain number, which the caller may take for an hour.
func (s *scan) clock(i int) (num Number, from, to int) {
	hour, minute, colon := s.whole(i), 0, false
	to = i + 1
	switch n := len(s.toks[i].s); {
	case s.tok(to).s == ":" && s.sticks(to) && s.sticks(to+1) && len(s.tok(to+1).s) == 2 &&
		s.whole(to+1) >= 0:
		minute, colon, to = s.whole(to+1), true, to+2
		if s.tok(to).s == ":" && s.sticks(to) && s.sticks(to+1) && s.whole(to+1) >= 0 {
			to += 2
		}
	case n == 3 || n == 4: // 230pm
		hour, minute = hour/100, hour%100
	case n > 4:
		return num, 0, 0
	}
	u, end, ok := s.unit(to)
	half := s.tok(to)
	switch {
	case ok && u.kind == Time && !s.tok(to).line:
		to = end
	case s.sticks(to) && (half.s == "a" || half.s == "p") && (!s.sticks(to+1) ||
		s.tok(to+1).class == mark): // 2p
		u, to, ok = unitKind{Time, half.s + "m", 1}, to+1, true
	default:
		u, ok = unitKind{}, false
	}
	if !ok && !colon || hour < 0 || hour > 23 || minute > 59 || s.sticks(to) &&
		s.tok(to).class == digits {
		return num, 0, 0
	}
	switch {
	// Twelve at noon stays, twelve at night is 0.
	case u.unit == "pm" && hour < 12:
		hour += 12
	case u.unit == "am" && hour == 12:
		hour = 0
	}
	return Number{Kind: Time, Value: float64(hour*60 + minute), Unit: u.unit}, i, to
}

// date reads a day: 12/4, 2025-12-04, Dec 4, 4 de dic, the 2nd. Value is the month, Second the day;
// a year belongs to the text of the number and has no value.
func (s *scan) date(i int) (num Number, from, to int) {
	for _, r := range [...]rule{(*scan).slashed, (*scan).iso, (*scan).month, (*scan).ordinal} {
		if num, from, to = r(s, i); to > 0 {
			return num, from, to
		}
	}
	return num, 0, 0
}

// slashed reads 12/4, 12/4/25, 12-4-2025. Where both may be the month the first is, as in the
// United States; 25/12 is the 25th of December all the same. 24/7 is no date.
func (s *scan) slashed(i int) (num Number, from, to int) {
	sep := s.tok(i + 1).s
	if s.sticks(i) && s.tok(i-1).class == letters || !s.sticks(i+1) || !s.sticks(i+2) {
		return num, 0, 0
	}
	a, b := s.whole(i), s.whole(i+2)
	to = i + 3
	year := s.tok(to).s == sep && s.sticks(to) && s.sticks(to+1) && s.tok(to+1).class == digits
	if year {
		to += 2
		if n := len(s.tok(to - 1).s); n != 2 && n != 4 {
			return num, 0, 0
		}
	}
	if sep != "/" && !(year && (sep == "-" || sep == ".")) || s.sticks(to) &&
		s.tok(to).class != mark {
		return num, 0, 0
	}
	// The day comes first.
	if a > 12 {
		a, b = b, a
		if !year && a == 7 && b == 24 { // round the clock
			return num, 0, 0
		}
	}
	if a < 1 || a > 12 || b < 1 || b > 31 {
		return num, 0, 0
	}
	return Number{Kind: Date, Value: float64(a), Second: float64(b)}, i, to
}

// iso reads 2025-12-04, year first.
func (s *scan) iso(i int) (num Number, from, to int) {
	if len(s.toks[i].s) != 4 || s.tok(i+1).s != "-" || s.tok(i+3).s != "-" || !s.sticks(i+4) {
		return num, 0, 0
	}
	m, d := s.whole(i+2), s.whole(i+4)
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return num, 0, 0
	}
	return Number{Kind: Date, Value: float64(m), Second: float64(d)}, i, i + 5
}

// month reads Dec 4, Dec. 4th, 2025, 4 Dec, 4 de diciembre de 2025. Behind the day, a month that is
// also a word needs an "of": nobody who writes "at 2 may i come" names a day in May.
func (s *scan) month(i int) (num Number, from, to int) {
	day := s.whole(i)
	if day < 1 || day > 31 {
		return num, 0, 0
	}
	from, to = i-1, i+1
	if s.is(isOrdinal, to) && s.sticks(to) {
		to++
	}
	if s.tok(from).s == "." && s.sticks(from) {
		from--
	}
	m := s.months[s.tok(from).s]
	if m == 0 {
		from = i
		at := to
		if s.is(isOf, at) {
			at++
		}
		if m = s.months[s.tok(at).s]; m == 0 || at == to && s.is(isMonthWord, at) ||
			s.sticks(i) && s.tok(i-1).class == letters {
			return num, 0, 0
		}
		to = at + 1
	}
	at := to
	if s.tok(at).s == "," || s.is(isOf, at) {
		at++
	}
	// A year that is told belongs to the date.
	if y := s.whole(at); y >= 1900 && y < 2100 && !s.sticks(at+1) {
		to = at + 1
	}
	return Number{Kind: Date, Value: float64(m), Second: float64(day)}, from, to
}

// ordinal reads the 2nd, where it counts nothing: "the 3rd dose" isn't a day. Value is 0, since no
// month was named.
func (s *scan) ordinal(i int) (num Number, from, to int) {
	day := s.whole(i)
	if day < 1 || day > 31 || !s.is(isOrdinal, i+1) || !s.sticks(i+1) {
		return num, 0, 0
	}
	to = i + 2
	if next := s.tok(to); next.class == letters && !s.is(isAfterOrdinal, to) {
		return num, 0, 0
	}
	return Number{Kind: Date, Second: float64(day)}, i, to
}

// fraction reads 1/2 pill and 1/2 mg: a plain number, or a dose. Without a fraction's words around
// it, 1/2 is left for date.
func (s *scan) fraction(i int) (num Number, from, to int) {
	a, b := s.whole(i), s.whole(i+2)
	if s.tok(i+1).s != "/" || a < 1 || b < 2 || b > 4 || a >= b {
		return num, 0, 0
	}
	mixed := s.tok(i-1).class == digits && s.tok(i).gap
	if !mixed && !s.is(isFraction, i+3) {
		return num, 0, 0
	}
	if u, end, ok := s.unit(i + 3); ok && u.kind == Dose {
		return Number{Kind: Dose, Value: float64(a) / float64(b) * u.times, Unit: u.unit}, i, end
	}
	return Number{Kind: Plain, Value: float64(a) / float64(b)}, i, i + 3
}

// longNumber is the number of digits from which a number names something and counts nothing. It
// keeps codes and account numbers from being read as values.
const longNumber = 6

// plain reads what is left. A number stuck to letters, as in B12, is part of a word: it is gone
// over and none comes out.
func (s *scan) plain(i int) (num Number, from, to int) {
	if s.sticks(i) && s.tok(i-1).class == letters { // B12
		return Number{}, i, i + 1
	}
	if len(s.toks[i].s) >= longNumber && !(s.sticks(i+1) && s.sticks(i+2) &&
		s.tok(i+2).class == digits) {
		return Number{Kind: Order}, i, i + 1
	}
	v, from, to := s.value(i)
	return Number{Kind: Plain, Value: v}, from, to
}

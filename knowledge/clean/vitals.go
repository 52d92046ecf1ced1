package clean

import "strings"

// The bounds of a blood pressure.
const (
	leastUpper, mostUpper = 50, 300
	leastLower, mostLower = 20, 200
	// Without a word for pressure near, two numbers with a slash are one within narrower bounds:
	// 80/20 is a share, 250/50 an inhaler.
	leastLowerAlone, mostApart = 30, 150
)

// pressure reads a blood pressure: 190/125, 190 over 125, and beside its words 190 125, 12/8 and a
// lone 190. It comes before date and the like, because a number that names a day is hidden from the
// screen (knowledge.Read), and the screen must see the figures of a pressure to raise an alarm.
func (s *scan) pressure(i int) (num Number, from, to int) {
	upper := s.whole(i)
	before := s.tok(i - 1).s
	if upper < 0 || s.sticks(i) && (before == "$" || s.tok(i-2).class == digits &&
		strings.Contains("/-.,", before)) {
		return num, 0, 0
	}
	j, plain := s.lower(i)
	near := s.near(isPressure, i, 5, i+1, 6)
	if lower := s.whole(j); j > i && lower >= 0 && (plain || near) {
		end := j + 1
		switch {
		case !s.bounded(j, end, near):
		case s.upperLower(upper, lower, near):
			return Number{Kind: Pressure, Value: float64(upper), Second: float64(lower)}, i,
				s.mmhg(end)
		case s.inTens(i, end, upper, lower):
			return Number{
				Kind: Pressure, Value: float64(upper) * 10,
				Second: float64(lower) * 10,
			}, i, s.mmhg(end)
		}
	}
	if near && s.alone(i, upper) {
		return Number{Kind: Pressure, Value: float64(upper)}, i, s.mmhg(i + 1)
	}
	return num, 0, 0
}

// lower is the place of the second number of a pressure, 0 if nothing that joins the two stands
// between. plain says that what stands there is enough by itself.
func (s *scan) lower(i int) (j int, plain bool) {
	between := s.tok(i + 1)
	switch {
	case between.line:
		return 0, false
	case between.s == "/" || between.s == "\\" || s.is(isOver, i+1):
		return i + 2, true
	case s.is(isOverNear, i+1), between.s == "-":
		return i + 2, false
	case between.class == digits && between.gap:
		return i + 1, false
	}
	return 0, false
}

// bounded tells whether nothing behind the second number makes it another: a third number, a unit,
// what is counted ("190 over 60 days"). Beside a word for pressure, counted things may follow: "bp
// 190/120 2 times".
func (s *scan) bounded(j, end int, near bool) bool {
	next := s.tok(end)
	switch {
	case s.measure(end):
		return false
	case s.sticks(end) && (next.s == "/" || next.s == "%" || next.s == "-" &&
		s.tok(end+1).class == digits):
		return false
	case s.sticks(end) && (next.s == "." || next.s == ",") && s.sticks(end+1) &&
		s.tok(end+1).class == digits:
		return false
	case s.sticks(end) && next.class == letters && !s.is(isMMHg, end):
		return false
	}
	return near || !s.is(isCounted, end)
}

// upperLower tells whether two numbers may be a pressure: within the bounds, the upper one first.
func (s *scan) upperLower(upper, lower int, near bool) bool {
	if upper < leastUpper || upper > mostUpper || lower < leastLower || lower > mostLower ||
		upper <= lower {
		return false
	}
	return near || lower >= leastLowerAlone && upper-lower <= mostApart
}

// inTens tells whether a pressure is told in tens (cmHg), as many who speak Spanish do: "presión
// 12/8". Without a Spanish word for pressure near, it would be a date.
func (s *scan) inTens(i, end, upper, lower int) bool {
	return upper >= 6 && upper <= 28 && lower >= 3 && lower <= 18 && upper > lower &&
		s.near(isTens, i, 5, end, 3) && !s.is(isDateLead, i-1)
}

// alone tells whether toks[i] is the upper number alone: right behind the words for pressure, with
// nothing but linking words between ("my bp is still 201").
func (s *scan) alone(i, upper int) bool {
	if upper < 60 || upper > mostUpper || s.measure(i+1) || s.is(isCounted, i+1) {
		return false
	}
	if next := s.tok(i + 1); s.sticks(i+1) && next.class != mark && !s.is(isMMHg, i+1) ||
		s.sticks(i+2) && s.sticks(i+1) && s.tok(i+2).class == digits {
		return false
	}
	// Only words that link the two may stand between: "my pressure pills, 60" is none.
	for j := i - 1; j >= 0 && j >= i-5; j-- {
		if s.is(isPressure, j) {
			return true
		}
		if !s.is(isPressureLink, j) && s.tok(j).s != ":" {
			return false
		}
	}
	return false
}

// mmhg goes over the unit of a pressure, which has two words in "mm Hg".
func (s *scan) mmhg(i int) int {
	for s.is(isMMHg, i) {
		i++
	}
	return i
}

// The bounds of a temperature of the body, and what is one only beside a word for fever.
const (
	leastF, mostF = 90, 112
	leastC, mostC = 33, 44
)

// heat settles a temperature with a unit: from and to are its tokens, end is where the unit begins.
// A single letter may be the next word ("30 c" …), so it counts only where the number can be a
// fever or a word for fever is near. Plain degrees are Celsius up to 44, Fahrenheit above.
func (s *scan) heat(num Number, i, from, end, to int) (Number, int, int) {
	lone := len(s.tok(end).s) == 1 && s.tok(end).s != "°" // a letter may be the next word
	inF, inC := num.Value >= leastF && num.Value <= mostF, num.Value >= leastC && num.Value <= mostC
	near := s.near(isFever, i, 4, to, 3)
	switch {
	// Neither the value nor a word makes it a temperature.
	case lone && !inF && !inC && !near:
		return num, 0, 0
	case lone && num.Unit == "C" && !inC, lone && num.Unit == "F" && !inF:
		return num, 0, 0
	case num.Unit == "" || num.Unit == "F" && inC: // degrees
		num.Unit = "F"
		if num.Value <= mostC {
			num.Unit = "C"
		}
	}
	if c := s.tok(to); !lone && num.Unit != "" && len(c.s) == 1 { // degrees F, grados C
		switch {
		case c.s == "f":
			num.Unit, to = "F", to+1
		case c.s == "c":
			num.Unit, to = "C", to+1
		}
	}
	return num, from, to
}

// fever reads a temperature without a unit, beside a word for fever. The two scales don't overlap
// within the bounds, so the value says which it is.
func (s *scan) fever(i int) (num Number, from, to int) {
	if !s.near(isFever, i, 4, i+1, 3) {
		return num, 0, 0
	}
	v, from, to := s.value(i)
	switch {
	case s.sticks(to) && s.tok(to).class == letters || s.is(isCounted, to):
	case v >= leastF && v <= mostF:
		return Number{Kind: Temperature, Value: v, Unit: "F"}, from, to
	case v >= leastC && v <= mostC:
		return Number{Kind: Temperature, Value: v, Unit: "C"}, from, to
	}
	return num, 0, 0
}

// rating reads how much of ten: pain 8/10, 8 out of 10. With a slash, or in Spanish ("8 de 10"), a
// word like pain or scale must be near: 8/10 is a date as well.
func (s *scan) rating(i int) (num Number, from, to int) {
	v, from, end := s.value(i)
	last, _, words := s.outOf.longest(s.toks, end)
	slash := s.tok(end).s == "/"
	if slash {
		last = end + 1
	}
	if !slash && !words || s.whole(last) != 10 || v > 10 || s.tok(last+1).s == "/" {
		return num, 0, 0
	}
	if english := words && last == end+2; !english && !s.near(isRating, i, 5, last+1, 4) {
		return num, 0, 0
	}
	return Number{Kind: Rating, Value: v, Second: 10}, from, last + 1
}

// aged reads a number right behind a word for age: "age 36", up to 120.
func (s *scan) aged(i int) (num Number, from, to int) {
	if v := s.whole(i); v >= 0 && v <= 120 && s.is(isAgeLead, i-1) && s.tok(i).gap {
		return Number{Kind: Age, Value: float64(v)}, i, i + 1
	}
	return num, 0, 0
}

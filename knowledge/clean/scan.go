package clean

import (
	"strconv"
)

// numbers tells kinds of numbers apart, by rules that are tried in order.
type numbers struct {
	units   *index // behind a number; owner: the place in kinds
	kinds   []unitKind
	outOf   *index
	months  map[string]int
	lists   map[string]list // by word
	ruleset []rule
}

// rule reads a number of a kind at toks[i]. It returns the number, its first token and the token
// after it; to is 0 if there is none.
type rule func(s *scan, i int) (num Number, from, to int)

// unitKind is what a unit makes of the number before it, and by how much it is multiplied: 5 g are
// 5000 mg.
type unitKind struct {
	kind  Kind
	unit  string
	times float64
}

// list is a set of the lists of words around numbers, a bit each: most of these words stand in
// several.
type list uint32

const (
	// The order is that of the lists in newNumbers.
	isPhone list = 1 << iota
	isExtension
	isOrder
	isOrderNumber
	isOrderLink
	isPressure
	isPressureLink
	isOver
	isOverNear
	isTens
	isCounted
	isMMHg
	isFever
	isAgeLead
	isSpan
	isMonthWord
	isOf
	isOrdinal
	isAfterOrdinal
	isDateLead
	isRating
	isFraction
)

// scan is a text whose numbers are being read, for one call of read. lists runs parallel to toks.
type scan struct {
	*numbers
	toks  []token
	lists []list // by token
	done  int    // the first token that is part of no number yet
}

// tok is toks[i], or an empty sign where there is none, so that rules can look around without
// minding the ends.
func (s *scan) tok(i int) token {
	if i < 0 || i >= len(s.toks) {
		return token{class: mark, gap: true}
	}
	return s.toks[i]
}

// is tells whether toks[i] is a word of a list.
func (s *scan) is(l list, i int) bool {
	return i >= 0 && i < len(s.lists) && s.lists[i]&l != 0
}

// near tells whether a word of a list stands within before tokens before toks[from], or within
// after tokens from toks[to] on.
func (s *scan) near(l list, from, before, to, after int) bool {
	for i := max(from-before, 0); i < from; i++ {
		if s.is(l, i) {
			return true
		}
	}
	for i := to; i < to+after && i < len(s.toks); i++ {
		if s.is(l, i) {
			return true
		}
	}
	return false
}

// sticks tells whether toks[i] is right behind the token before it: no blank, no new line.
func (s *scan) sticks(i int) bool {
	return i > 0 && i < len(s.toks) && !s.toks[i].gap && !s.toks[i].line
}

// whole is the value of a token of nine digits at most, which fits any int; -1 if toks[i] is none.
func (s *scan) whole(i int) int {
	t := s.tok(i)
	if t.class != digits || len(t.s) > 9 {
		return -1
	}
	n, _ := strconv.Atoi(t.s)
	return n
}

// value reads a number with its decimals and its thousands: 1,200 · 0.5 · 2,5. A comma before three
// digits separates thousands, as in the United States; any other is a decimal comma, as in much of
// Latin America. from is the first token, to the first one behind it.
func (s *scan) value(i int) (v float64, from, to int) {
	text := s.toks[i].s
	from, to = i, i+1
	for s.sticks(to+1) && s.sticks(to) && s.tok(to).s == "," && len(s.tok(to+1).s) == 3 &&
		s.tok(to+1).class == digits {
		text += s.toks[to+1].s
		to += 2
	}
	point := s.tok(to).s
	if (point == "." || point == ",") && s.sticks(to) && s.sticks(to+1) &&
		s.tok(to+1).class == digits {
		text += "." + s.toks[to+1].s
		to += 2
	} else if p := s.tok(i - 1); p.s == "." && s.sticks(i) && (i == 1 || p.gap) { // .5 mg
		text, from = "."+text, i-1
	}
	v, _ = strconv.ParseFloat(text, 64)
	return v, from, to
}

// unit is the unit at toks[i] and the token behind it; ok is false if there is none. A unit may
// stick to its number or follow it ("20mg", "20 mg", "20-mg"), but not on a new line. A lone g must
// stick: it is a word in slang.
func (s *scan) unit(i int) (u unitKind, to int, ok bool) {
	t := s.tok(i)
	switch {
	case t.s == "%":
		return unitKind{Percent, "", 1}, i + 1, true
	case t.s == "$", t.s == "€":
		return unitKind{Price, "", 1}, i + 1, s.sticks(i)
	case t.s == "°":
		if u, to, ok = s.unit(i + 1); ok && u.kind == Temperature {
			return u, to, true
		}
		return unitKind{Temperature, "", 1}, i + 1, true
	case t.s == "g" && s.sticks(i):
		return s.kinds[2], i + 1, true
	case t.s == "-" && s.sticks(i) && s.sticks(i+1): // 20-mg, 22-year-old
		i++
	}
	if s.tok(i).class != letters || s.tok(i).line {
		return u, 0, false
	}
	to, owner, ok := s.unitAt(i)
	if !ok {
		return u, 0, false
	}
	return s.kinds[owner], to, true
}

// unitAt looks a unit up among the words; a hyphen or a slash within is gone over ("y/o",
// "year-old", "p.m.").
func (s *scan) unitAt(i int) (to, owner int, ok bool) {
	var ws [5]token
	n, at := 0, [6]int{i}
	for j := i; j < len(s.toks) && n < len(ws); j++ {
		t := s.toks[j]
		if t.class == mark && (t.s == "-" || t.s == "/") && s.sticks(j) && s.sticks(j+1) {
			continue
		}
		if t.class != letters || t.line && j > i {
			break
		}
		ws[n] = t
		n++
		at[n] = j + 1
	}
	end, owner, ok := s.units.longest(ws[:n], 0)
	if ok {
		return at[end], owner, true
	}
	// p.m., a. m.
	a, m := s.tok(i), s.tok(i+2)
	if (a.s == "a" || a.s == "p") && s.tok(i+1).s == "." && s.sticks(i+1) && m.s == "m" {
		to = i + 3
		if s.tok(to).s == "." && s.sticks(to) {
			to++
		}
		for n, u := range s.kinds {
			if u.unit == a.s+"m" {
				return to, n, true
			}
		}
	}
	return 0, 0, false
}

// measure tells whether a unit of a dose, a price, a percentage or a weight stands at toks[i].
// Whatever the number before it looks like, it counts something then: "190 over 60 mg" is no
// pressure.
func (s *scan) measure(i int) bool {
	u, _, ok := s.unit(i)
	return ok && (u.kind == Dose || u.kind == Price || u.kind == Percent || u.kind == Weight)
}

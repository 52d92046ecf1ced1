package clean

import "strings"

// hotline tells whether a number is one of the two that are dialled as they are: 911, 988. They are
// never part of another number, since a text may be nothing but "988", or "call 988 now".
func hotline(s string) bool { return s == "911" || s == "988" }

// order reads what names an order, a claim or a member: a number after such a word, or letters with
// a number ("AB-1234"). A unit behind it rules an order out, and so does what makes it a pressure.
func (s *scan) order(i int) (num Number, from, to int) {
	from, to = i, i+1
	for from > s.done && s.sticks(from) && (s.toks[from-1].class != mark ||
		s.toks[from-1].s == "-") {
		from--
	}
	for from < i && s.toks[from].class == mark {
		from++
	}
	for to < len(s.toks) && s.sticks(to) && (s.toks[to].class != mark || s.toks[to].s == "-" &&
		s.sticks(to+1)) {
		to++
	}
	count, signed := 0, from < i
	for _, t := range s.toks[from:to] {
		if t.class == digits {
			count += len(t.s)
		}
	}
	named, strong := s.orderWord(from)
	coded := signed && s.toks[from].class == letters && s.tok(from+1).s == "-" && count >= 4
	switch {
	case s.is(isPressure, i-1): // bp190
		return num, 0, 0
	// bp #190/125: the screen must see the figures
	case (s.tok(to).s == "/" || s.is(isOver, to)) && s.near(isPressure, i, 5, to, 6):
		return num, 0, 0
	// Named as a number for certain.
	case coded, strong && count >= 2:
	case !named || count < 3 || from == i && to == i+1 && hotline(s.toks[i].s) ||
		s.tok(to).s == "/" || s.is(isOver, to):
		return num, 0, 0
	}
	if s.measure(to) || s.measure(i+1) {
		return num, 0, 0
	}
	// Groups of equal length that follow belong to it.
	for n := len(s.toks[to-1].s); n >= 3 && s.tok(to-1).class == digits &&
		s.tok(to).class == digits && s.tok(to).gap &&
		!s.tok(to).line && len(s.tok(to).s) == n && !s.measure(to+1) && s.tok(to+1).s != "/"; {
		to++ // 4482 9911 1234
	}
	return Number{Kind: Order}, from, to
}

// orderWord looks before toks[i] for a word like order or claim, at most six tokens back, past
// "number", "is" and "#". strong says that one of those that mean number stood there; then two
// digits are enough, otherwise three.
func (s *scan) orderWord(i int) (named, strong bool) {
	for j, steps := i-1, 0; j >= s.done && j >= 0 && steps < 6; j, steps = j-1, steps+1 {
		t := s.toks[j]
		switch {
		case t.s == "#":
			named, strong = true, true
		case s.is(isOrder, j):
			return true, strong
		case s.is(isOrderNumber, j):
			strong = true
		case s.is(isOrderLink, j), t.s == ":", t.s == "-":
		case t.s == "." && s.sticks(j) && len(s.tok(j-1).s) <= 4:
		default:
			return named, named && strong
		}
	}
	return named, named && strong
}

// phone reads telephone numbers, with a country or an extension if there is one. It tries all
// groups of digits that follow, then one fewer and so on, since what follows may be another number.
// Ten digits grouped as in North America are a phone wherever they stand. Other shapes need a +, a
// dash, or a word like "call" before them and no word for pressure near.
func (s *scan) phone(i int) (num Number, from, to int) {
	from = i
	for from > 0 && s.sticks(from) && strings.Contains("(+", s.toks[from-1].s) {
		from--
	}
	// A + begins a number with its country, whatever its grouping.
	abroad := from < i && (s.toks[from].s == "+" || s.toks[i-1].s == "+")
	p := s.tok(from - 1)
	if s.sticks(from) && (p.class != mark || strings.Contains("$€-/.", p.s)) {
		return num, 0, 0
	}
	asked := !s.near(isPressure, i, 5, i, 6) && s.near(isPhone, i, 5, 0, 0)
	groups, n := s.groups(i)
	for ; n > 0; n-- {
		end := groups[n-1] + 1
		if !s.dialled(groups[:n], abroad, asked) || s.measure(end) {
			continue
		}
		// More sticks to the last digit than an extension: these digits are no phone.
		if next := s.tok(end); s.sticks(end) && (next.class == letters &&
			!s.is(isExtension, end) || next.s == "/" || next.s == "%") {
			continue
		}
		if s.is(isExtension, end) {
			at := end + 1
			if s.tok(at).s == "." {
				at++
			}
			if s.tok(at).class == digits {
				end = at + 1
			}
		}
		return Number{Kind: Phone}, from, end
	}
	return num, 0, 0
}

// mostGroups is the most groups of digits in a telephone number.
const mostGroups = 7

// groups returns the places of the digits from toks[i] on that are separated by nothing but blanks,
// dashes, dots and brackets.
func (s *scan) groups(i int) (out [mostGroups]int, count int) {
	out[0], count = i, 1
	for count < mostGroups {
		j := out[count-1] + 1
		for n := 0; n < 2 && j < len(s.toks) && strings.Contains("-.()/·", s.toks[j].s) &&
			s.toks[j].class == mark; n++ {
			j++
		}
		if j >= len(s.toks) || s.toks[j].class != digits || s.toks[j].line {
			break
		}
		out[count] = j
		count++
	}
	return out, count
}

// dialled tells whether groups of digits are grouped like a telephone number. shape holds the
// length of each group as a character, so that a grouping is a string: "334" is 212 555 0100.
func (s *scan) dialled(groups []int, abroad, asked bool) bool {
	var shape [mostGroups]byte
	total := 0
	for i, g := range groups {
		n := len(s.toks[g].s)
		total += n
		shape[i] = '0' + byte(min(n, 40))
	}
	first := s.toks[groups[0]].s
	if hotline(first) && len(groups) > 1 && s.toks[groups[1]].gap && !abroad {
		return false
	}
	dashed := len(groups) > 1 && groups[1] == groups[0]+2 && s.toks[groups[0]+1].s == "-"
	// A group of ten or eleven digits in one is a single character of shape.
	const ten, eleven = ":", ";" // the characters behind 9
	// The groupings of North America, with and without the 1 before.
	switch string(shape[:len(groups)]) {
	case "334", ten, "37", "64":
		return true
	case "1334", "1" + ten, "137", "163":
		return first == "1"
	case eleven:
		return first[0] == '1'
	case "34":
		if dashed || asked {
			return true
		}
	}
	if abroad {
		return total >= 8 && total <= 15
	}
	return asked && (total == 7 && len(groups) < 5 || total == 10 || total == 11 && first[0] == '1')
}

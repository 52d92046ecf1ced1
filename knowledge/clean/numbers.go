package clean

import "strings"

// newNumbers compiles the words around numbers. The order of the rules is what settles a number
// that several could read: what is marked ($, claim #) comes before what is shaped (a phone, a
// pressure), and plain takes what is left.
func newNumbers(b *builder, w numberWords) *numbers {
	n := &numbers{
		units: b.index("numbers: units", w.DoseMg, w.DoseMcg, w.DoseG, w.DoseMl, w.DoseUnits,
			w.Price, w.Percent,
			w.WeightLb, w.WeightKg, w.Age, w.Degrees, w.Celsius, w.AM, w.PM, w.OClock),
		kinds:  unitKinds(),
		outOf:  b.index("numbers: out_of", w.OutOf),
		months: map[string]int{},
		lists:  map[string]list{},
	}
	for i, words := range []Words{ // in the order of the lists
		w.Phone, w.Extension, w.Order, w.OrderNumber, w.OrderLink, w.Pressure, w.PressureLink,
		w.Over, w.OverNear, w.Tens, w.Counted, w.MMHg, w.Fever, w.AgeLead, w.Span, w.MonthWord,
		w.Of, w.Ordinal, w.AfterOrdinal, w.DateLead, w.Rating, w.Fraction,
	} {
		for word := range b.set("numbers", words) {
			n.lists[word] |= 1 << i
		}
	}
	for _, lang := range [][]string{w.Month.EN, w.Month.ES} {
		if len(lang) != 12 {
			b.fail("numbers: month: %d months", len(lang))
		}
		for i, m := range lang {
			for _, name := range strings.Split(m, "|") {
				n.months[name] = i + 1
			}
		}
	}
	n.ruleset = []rule{
		(*scan).price, (*scan).order, (*scan).phone, (*scan).pressure, (*scan).clock,
		(*scan).fraction,
		(*scan).rating, (*scan).date, (*scan).measured, (*scan).fever, (*scan).aged, (*scan).plain,
	}
	return n
}

// unitKinds are the units, in the order in which newNumbers indexes their words: the owner of a
// unit's phrase is its place here. unit relies on the third being grams.
func unitKinds() []unitKind {
	return []unitKind{
		{kind: Dose, unit: "mg", times: 1},
		{kind: Dose, unit: "mg", times: .001},
		{kind: Dose, unit: "mg", times: 1000},
		{kind: Dose, unit: "ml", times: 1},
		{kind: Dose, unit: "units", times: 1},
		{kind: Price, unit: "", times: 1},
		{kind: Percent, unit: "", times: 1},
		{kind: Weight, unit: "lb", times: 1},
		{kind: Weight, unit: "kg", times: 1},
		{kind: Age, unit: "", times: 1},
		{kind: Temperature, unit: "F", times: 1},
		{kind: Temperature, unit: "C", times: 1},
		{kind: Time, unit: "am", times: 1},
		{kind: Time, unit: "pm", times: 1},
		{kind: Time, unit: "", times: 1},
	}
}

// read finds the numbers of a text, in order. Each run of digits goes to the first rule that takes
// it, and no rule may reach back into what another has taken.
func (n *numbers) read(src string, toks []token) (out []Number) {
	first := 0
	for first < len(toks) && toks[first].class != digits {
		first++
	}
	if first == len(toks) {
		return nil
	}
	// "i'd" folds to "id", which names an order: a word that had an apostrophe is none of the
	// lists.
	s := &scan{numbers: n, toks: toks, lists: make([]list, len(toks))}
	for i, t := range toks {
		if t.class == letters && !t.bent {
			s.lists[i] = n.lists[t.s]
		}
	}
	for i := first; i < len(toks); i++ {
		if toks[i].class != digits || i < s.done {
			continue
		}
		for _, r := range n.ruleset {
			num, from, to := r(s, i)
			// Nothing found: the next rule.
			if to <= i {
				continue
			}
			// A rule may look back for a sign or a word, and find the end of the number before it.
			before := s.done
			if s.done = to; num.Kind != "" {
				from = max(from, before) // what stands before it may be the end of another
				num.Start, num.End = int(toks[from].start), int(toks[to-1].end)
				num.Text = src[num.Start:num.End]
				out = append(out, num)
			}
			break
		}
	}
	return out
}

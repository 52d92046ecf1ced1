package clean

import (
	"slices"
	"strings"
)

// Kind says what a number counts or names.
type Kind string

// The kinds of numbers.
const (
	Plain       Kind = "number"      // Value; minutes of delay, pills, choices
	Phone       Kind = "phone"       // no value: its digits are its text
	Order       Kind = "order"       // a number of an order, a claim, a member: no value
	Date        Kind = "date"        // Value is the month, 0 if none was named; Second the day
	Time        Kind = "time"        // Value is minutes after midnight; Unit "am", "pm" or "" as written
	Price       Kind = "price"       // Value
	Dose        Kind = "dose"        // Value in Unit: "mg" (micrograms and grams too), "ml" or "units"
	Pressure    Kind = "pressure"    // Value is systolic; Second diastolic, 0 if only the upper was told
	Temperature Kind = "temperature" // Value in Unit: "F" or "C"
	Age         Kind = "age"         // Value in years
	Percent     Kind = "percent"     // Value
	Weight      Kind = "weight"      // Value in Unit: "lb" or "kg"
	Rating      Kind = "rating"      // Value out of Second: "8/10"
)

// Number is a number of a text.
type Number struct {
	Kind       Kind
	Text       string // as written, with what makes it its kind: "$40", "at" and "bp" left out
	Start, End int    // where Text stands in Body, in bytes
	Value      float64
	Second     float64
	Unit       string
}

// numberWords are the words around numbers, by what they make of the number.
type numberWords struct {
	Phone        Words `yaml:"phone"`
	Extension    Words `yaml:"extension"`
	Order        Words `yaml:"order"`
	OrderNumber  Words `yaml:"order_number"`
	OrderLink    Words `yaml:"order_link"`
	Pressure     Words `yaml:"pressure"`
	PressureLink Words `yaml:"pressure_link"`
	Over         Words `yaml:"over"`
	OverNear     Words `yaml:"over_near"`
	Tens         Words `yaml:"tens"`
	Counted      Words `yaml:"counted"`
	MMHg         Words `yaml:"mmhg"`
	DoseMg       Words `yaml:"dose_mg"`
	DoseMcg      Words `yaml:"dose_mcg"`
	DoseG        Words `yaml:"dose_g"`
	DoseMl       Words `yaml:"dose_ml"`
	DoseUnits    Words `yaml:"dose_units"`
	Price        Words `yaml:"price"`
	AM           Words `yaml:"am"`
	PM           Words `yaml:"pm"`
	OClock       Words `yaml:"oclock"`
	Fever        Words `yaml:"fever"`
	Degrees      Words `yaml:"degrees"`
	Celsius      Words `yaml:"celsius"`
	Age          Words `yaml:"age"`
	AgeLead      Words `yaml:"age_lead"`
	Span         Words `yaml:"span"`
	Percent      Words `yaml:"percent"`
	WeightLb     Words `yaml:"weight_lb"`
	WeightKg     Words `yaml:"weight_kg"`
	Month        Words `yaml:"month"`
	MonthWord    Words `yaml:"month_word"`
	Of           Words `yaml:"of"`
	Ordinal      Words `yaml:"ordinal"`
	AfterOrdinal Words `yaml:"after_ordinal"`
	DateLead     Words `yaml:"date_lead"`
	Rating       Words `yaml:"rating"`
	OutOf        Words `yaml:"out_of"`
	Fraction     Words `yaml:"fraction"`
}

// list is a set of lists of words around numbers.
type list uint32

const (
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

// numbers tells kinds of numbers apart.
type numbers struct {
	units   *index // behind a number; owner: the place in kinds
	kinds   []unitKind
	outOf   *index
	months  map[string]int
	lists   map[string]list // by word
	ruleset []rule
}

// rule reads a number of a kind at toks[i]: the number, the first token that is part of it and the
// first that isn't.
type rule func(s *scan, i int) (num Number, from, to int)

// unitKind is what a unit makes of the number before it, and by how much it is multiplied.
type unitKind struct {
	kind  Kind
	unit  string
	times float64
}

// unitKinds are the units, in the order in which newNumbers indexes their words.
func unitKinds() []unitKind {
	return []unitKind{
		{Dose, "mg", 1},
		{Dose, "mg", .001},
		{Dose, "mg", 1000},
		{Dose, "ml", 1},
		{Dose, "units", 1},
		{Price, "", 1},
		{Percent, "", 1},
		{Weight, "lb", 1},
		{Weight, "kg", 1},
		{Age, "", 1},
		{Temperature, "F", 1},
		{Temperature, "C", 1},
		{Time, "am", 1},
		{Time, "pm", 1},
		{Time, "", 1},
	}
}

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

// scan is a text whose numbers are being read.
type scan struct {
	*numbers
	src   string
	toks  []token
	lists []list // by token
	done  int    // the first token that is part of no number yet
}

// read finds the numbers of a text.
func (n *numbers) read(src string, toks []token) (out []Number) {
	if !slices.ContainsFunc(toks, func(t token) bool { return t.class == digits }) {
		return nil
	}
	s := &scan{numbers: n, src: src, toks: toks, lists: make([]list, len(toks))}
	for i, t := range toks {
		if t.class == letters && !t.bent {
			s.lists[i] = n.lists[t.s]
		}
	}
	for i := 0; i < len(toks); i++ {
		if toks[i].class != digits || i < s.done {
			continue
		}
		for _, r := range n.ruleset {
			num, from, to := r(s, i)
			if to <= i {
				continue
			}
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

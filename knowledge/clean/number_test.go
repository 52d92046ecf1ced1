package clean_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/clean"
)

// numberRows are texts with what is left of them when each number has a name of its kind.
var numberRows = []struct{ text, words string }{
	{text: "you can reach me at 646 555 0144", words: "you can reach me at <phone>"},
	{text: "cell (646) 555-0144 x12 ok", words: "cell <phone> ok"},
	{text: "+1 646.555.0144", words: "<phone>"},
	{text: "1-646-555-0144", words: "<phone>"},
	{text: "6465550144", words: "<phone>"},
	{text: "fax: 646 555 0144.", words: "fax: <phone>."},
	{text: "mi cel es 646 555 0144", words: "mi cel es <phone>"},
	{text: "call 555-0144", words: "call <phone>"},
	{text: "mi número nuevo: 555 0144", words: "mi número nuevo: <phone>"},
	{text: "whatsapp +52 55 1234 5678", words: "whatsapp <phone>"},
	{text: "call 911", words: "call 911"},
	{text: "text 988 or 646 555 0144", words: "text 988 or <phone>"},
	{text: "order no. 190-125", words: "order no. <order>"},
	{text: "ref # QX-20417 pls", words: "ref # <order> pls"},
	{text: "claim 190125", words: "claim <order>"},
	{text: "pedido número 190 125", words: "pedido número <order>"},
	{text: "mi póliza es W190125", words: "mi póliza es <order>"},
	{text: "in that case 911", words: "in that case 911"},
	{text: "on 11/6 or 11/7/26", words: "on <date> or <date>"},
	{text: "Nov 6th, then November 20", words: "<date>, then <date>"},
	{text: "el 6 de noviembre o 7 de dic de 2026", words: "el <date> o <date>"},
	{text: "the 6th or the 7th?", words: "the <date> or the <date>?"},
	{text: "my 3rd dose", words: "my 3rd dose"},
	{text: "10:45", words: "<time>"},
	{text: "1045am or 3pm or 3 p.m.", words: "<time> or <time> or <time>"},
	{text: "a las 3 de la tarde", words: "a las <time>"},
	{text: "at 8 sharp", words: "at 8 sharp"},
	{text: "$1,250.50 or 60 bucks", words: "<price> or <price>"},
	{text: "cuesta 60 dólares", words: "cuesta <price>"},
	{text: "56 mg twice, 84mg, 100 mcg, 3 ml", words: "<dose> twice, <dose>, <dose>, <dose>"},
	{text: "50 miligramos", words: "<dose>"},
	{text: "took 30 pills", words: "took 30 pills"},
	{text: "it's 188/121 now", words: "it's <pressure> now"},
	{text: "188 over 121", words: "<pressure>"},
	{text: "188 sobre 121", words: "<pressure>"},
	{text: "bp 84 51", words: "bp <pressure>"},
	{text: "bp188/121mmHg", words: "bp <pressure>"},
	{text: "mi presión es 188 con 121", words: "mi presión es <pressure>"},
	{text: "presión 19/12", words: "presión <pressure>"},
	{text: "blood pressure is 201", words: "blood pressure is <pressure>"},
	{
		text:  "bp=188/121, BP-188/121. bp:188/121",
		words: "bp=<pressure>, BP-<pressure>. bp:<pressure>",
	},
	{text: "84 51", words: "84 51"},
	{text: "open 24/7?", words: "open 24/7?"},
	{text: "50/50", words: "50/50"},
	{text: "plan pays 80/20", words: "plan pays 80/20"},
	{text: "pain is 8/10", words: "pain is <rating>"},
	{text: "dolor 8 de 10", words: "dolor <rating>"},
	{text: "190 over 60 days", words: "190 over 60 days"},
	{text: "fever 103.2", words: "fever <temperature>"},
	{text: "39 grados", words: "<temperature>"},
	{text: "101F", words: "<temperature>"},
	{text: "she's 34 years old, I'm 22yo", words: "she's <age>, I'm <age>"},
	{text: "tengo una hija de 36 años", words: "tengo una hija de <age>"},
	{text: "hace 10 años", words: "hace 10 años"},
	{text: "30% of 200 lbs", words: "<percent> of <weight>"},
	{text: "treinta kilos no, 82 kg", words: "treinta kilos no, <weight>"},
	{text: "15 min late", words: "15 min late"},
	{text: "1/2 a pill", words: "1/2 a pill"},
	{text: "vitamin B12", words: "vitamin B12"},
}

func TestWordsOfNumbers(t *testing.T) {
	c := shipped(t)
	for _, tt := range numberRows {
		if got := c.Read(tt.text, nil); filled(got) != tt.words || got.Body != tt.text {
			t.Errorf("%q: words %q, want %q (%+v)", tt.text, filled(got), tt.words, got.Numbers)
		}
	}
}

func TestValuesOfNumbers(t *testing.T) {
	c := shipped(t)
	for _, tt := range []struct {
		text   string
		kind   clean.Kind
		is     string
		value  float64
		second float64
		unit   string
	}{
		{text: "bp 188 / 121", kind: clean.Pressure, is: "188 / 121", value: 188, second: 121},
		{text: "tensión 19/12", kind: clean.Pressure, is: "19/12", value: 190, second: 120},
		{text: "my bp is 201", kind: clean.Pressure, is: "201", value: 201},
		{text: "$1,250.50", kind: clean.Price, is: "$1,250.50", value: 1250.5},
		{text: "about 40 bucks", kind: clean.Price, is: "40 bucks", value: 40},
		{text: "50mcg", kind: clean.Dose, is: "50mcg", value: .05, unit: "mg"},
		{text: ".5 mg", kind: clean.Dose, is: ".5 mg", value: .5, unit: "mg"},
		{text: "2,5 mg", kind: clean.Dose, is: "2,5 mg", value: 2.5, unit: "mg"},
		{text: "1,000 mg", kind: clean.Dose, is: "1,000 mg", value: 1000, unit: "mg"},
		{text: "2 ml", kind: clean.Dose, is: "2 ml", value: 2, unit: "ml"},
		{text: "12am", kind: clean.Time, is: "12am", value: 0, unit: "am"},
		{text: "2:30 PM", kind: clean.Time, is: "2:30 PM", value: 870, unit: "pm"},
		{text: "14:30", kind: clean.Time, is: "14:30", value: 870},
		{text: "the 2nd", kind: clean.Date, is: "2nd", second: 2},
		{text: "25/12", kind: clean.Date, is: "25/12", value: 12, second: 25},
		{text: "Sept. 4", kind: clean.Date, is: "Sept. 4", value: 9, second: 4},
		{text: "8 out of 10", kind: clean.Rating, is: "8 out of 10", value: 8, second: 10},
		{text: "temp 38.4", kind: clean.Temperature, is: "38.4", value: 38.4, unit: "C"},
		{text: "age 36", kind: clean.Age, is: "36", value: 36},
		{text: "82 kg", kind: clean.Weight, is: "82 kg", value: 82, unit: "kg"},
		{text: "in 20", kind: clean.Plain, is: "20", value: 20},
	} {
		got := c.Read(tt.text, nil)
		if len(got.Numbers) != 1 {
			t.Errorf("%q: %+v", tt.text, got.Numbers)
			continue
		}
		n := got.Numbers[0]
		if n.Kind != tt.kind || n.Text != tt.is || got.Body[n.Start:n.End] != tt.is ||
			n.Second != tt.second || n.Unit != tt.unit ||
			n.Value-tt.value > 1e-9 || tt.value-n.Value > 1e-9 {
			t.Errorf("%q: %+v", tt.text, n)
		}
	}
}

// filled is the body of a text with a placeholder, like "<phone>", for every number of a kind;
// plain numbers stay.
func filled(t clean.Text) string {
	var b strings.Builder
	from := 0
	for _, n := range t.Numbers {
		if n.Kind == clean.Plain {
			continue
		}
		b.WriteString(t.Body[from:n.Start])
		if n.Start > 0 && glues(t.Body[n.Start-1]) {
			b.WriteByte(' ')
		}
		b.WriteString("<" + string(n.Kind) + ">")
		if n.End < len(t.Body) && glues(t.Body[n.End]) {
			b.WriteByte(' ')
		}
		from = n.End
	}
	return b.String() + t.Body[from:]
}

// glues tells whether a character would make one word with a placeholder.
func glues(c byte) bool {
	return c >= 0x80 || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

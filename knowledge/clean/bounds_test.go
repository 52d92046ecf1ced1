package clean_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/clean"
)

// What merely looks like a figure of the body, a day or a phone must not become one, and the other
// way round: a wrong kind hides a number from the screen, or raises an alarm.
func TestWhereKindsOfNumbersEnd(t *testing.T) {
	c := shipped(t)
	for _, tt := range []struct{ text, words string }{
		{text: "bp 301/120", words: "bp 301/120"},
		{text: "bp 300/200", words: "bp <pressure>"},
		{text: "bp 50/20", words: "bp <pressure>"},
		{text: "bp 49/20", words: "bp 49/20"},
		{text: "180/180", words: "180/180"}, // the upper one is above
		{text: "120/30", words: "<pressure>"},
		{text: "120/29", words: "120/29"}, // too low without a word for it
		{text: "bp 120/29", words: "bp <pressure>"},
		{text: "200/49", words: "200/49"}, // too far apart
		{text: "190/120 mg", words: "190/<dose>"},
		{text: "190 over 60 times", words: "190 over 60 times"},
		{text: "bp 190/120 2 times", words: "bp <pressure> 2 times"},
		{text: "bp 120/80/60", words: "bp 120/80/60"},
		{text: "bp is up to 210", words: "bp is up to <pressure>"},
		{text: "bp pills, 60", words: "bp pills, 60"},
		{text: "bp # 188/121", words: "bp # <pressure>"},
		{text: "bp # 188 over 121", words: "bp # <pressure>"},
		{text: "claim # 188/121", words: "claim # <order>/121"},
		{text: "conf AB-1234", words: "conf <order>"},
		{text: "98.6 °F, 38.5°C, 40 degrees C, 103 degrees f", words: strings.Repeat(
			"<temperature>, ", 3) + "<temperature>"},
		{text: "100 c", words: "100 c"}, // a letter, and no fever
		{text: "fever 112, fever 113", words: "fever <temperature>, fever 113"},
		{text: "fever of 39 days", words: "fever of 39 days"},
		{text: "2025-12-04 or 25/12/2025", words: "<date> or <date>"},
		{text: "2025-13-04", words: "2025-13-04"},
		{text: "12/32", words: "12/32"},
		{text: "13/13", words: "13/13"},
		{text: "the 31st, the 32nd", words: "the <date>, the 32nd"},
		{text: "at 2 may i come", words: "at 2 may i come"},
		{text: "2 de may", words: "<date>"},
		{text: "23:59, 24:00", words: "<time>, 24:00"},
		{text: "10:59, 10:60", words: "<time>, 10:60"},
		{text: "10:30:15", words: "<time>"},
		{text: "2p", words: "<time>"},
		{text: "99999pm", words: "99999pm"},
		{text: "$2k, US$ 40, 40€", words: "<price>, <price>, <price>"},
		{text: "5g, 5 g", words: "<dose>, 5 g"},
		{text: "1/2 mg, 1/2 a pill, 1/2", words: "<dose>, 1/2 a pill, <date>"},
		{text: "age 120, age 121", words: "age <age>, age 121"},
		{text: "pain 10/10, 8/10", words: "pain <rating>, <rating>"},
		{text: "8/10", words: "<date>"},
		{text: "+44 20 7946 0018", words: "<phone>"},
		{text: "555-0142 or call 555 0142", words: "<phone> or call <phone>"},
		{text: "555 0142", words: "555 0142"},
		{text: "212-555-0142 ext. 4", words: "<phone>"},
		{text: "911, call 911, 988 212 5550142", words: "911, call 911, 988 <phone>"},
	} {
		if got := c.Read(tt.text, nil); filled(got) != tt.words || got.Body != tt.text {
			t.Errorf("%q: %q, want %q (%+v)", tt.text, filled(got), tt.words, got.Numbers)
		}
	}
}

// A text is read to the 1,600th character, never into the middle of one.
func TestTheLongestText(t *testing.T) {
	c := shipped(t)
	for _, tt := range []struct {
		name, text, body string
		cut              bool
	}{
		{
			name: "as long as may be", text: strings.Repeat("é", 1600),
			body: strings.Repeat("é", 1600),
		},
		{
			name: "one more", text: strings.Repeat("é", 1600) + "x",
			body: strings.Repeat("é", 1600), cut: true,
		},
		{
			name: "blanks at the cut", text: strings.Repeat("a", 1598) + "   b",
			body: strings.Repeat("a", 1598), cut: true,
		},
		{name: "what is no text", text: "\xff\xfehelp\xc3", body: "help"},
		{name: "nothing", text: " \n\t ", body: ""},
	} {
		if got := c.Read(tt.text, nil); got.Body != tt.body || got.Cut != tt.cut || got.Machine {
			t.Errorf("%s: %d bytes, cut %v, machine %v", tt.name, len(got.Body), got.Cut,
				got.Machine)
		}
	}
}

// Whoever edits the forms learns of every fault by its list.
func TestFaultsOfForms(t *testing.T) {
	_, err := clean.New([]byte(`
same: {en: [im], es: []}
reactions: {en: ["liked {nobody}", "a? b?"], es: []}
edits: {en: ["edited to"]}
numbers: {month: {en: [jan], es: []}}
`))
	if err == nil {
		t.Fatal("taken as they are")
	}
	for _, want := range []string{
		`same: "im" needs a =`, `reactions: "liked {nobody}" is no form`,
		`reactions: "a? b?" is no form`, "edits: it must have en and es",
		"numbers: month: 1 months",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoesn't name %s", err, want)
		}
	}
	if _, err := clean.New([]byte("smilies: x\n")); err == nil ||
		!strings.Contains(err.Error(), "field smilies not found") {
		t.Errorf("an unknown list: %v", err)
	}
}

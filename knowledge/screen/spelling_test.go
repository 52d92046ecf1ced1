package screen_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// spelling is a screen of one pattern and a few guarded words, read by the rules alone.
func spelling(t *testing.T) *screen.Screen {
	t.Helper()
	s, err := screen.New(screen.Rules{
		Classes: map[string]screen.Class{"crisis": {Patterns: []screen.Pattern{
			{Name: "end", Any: []string{"suicide|suicidal|overdose", "want to die", "kill myself"}},
		}}},
		Words: screen.Words{
			Speak:   map[string]string{"wanna": "want to", "kms": "kill myself"},
			Guarded: []string{"suicide", "suicidal", "overdose", "kms"},
			Known:   []string{"side", "i", "the", "decide", "dye"},
		},
	}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A word of danger is found however it is misspelt, disguised or spaced out, and no ordinary word
// is taken for one.
func TestSpellingOfGuardedWords(t *testing.T) {
	s := spelling(t)
	for _, c := range []struct {
		name, text string
		danger     bool
	}{
		{name: "as it is spelt", text: "suicide", danger: true},
		{name: "a letter missing", text: "suicde", danger: true},
		{name: "a letter too many", text: "suicidee", danger: true},
		{name: "a wrong letter", text: "suicode", danger: true},
		{name: "two swapped", text: "suciide", danger: true},
		{name: "the first two swapped", text: "usicide", danger: true},
		{name: "the first one wrong, in a short word", text: "ruicide"},
		{name: "the first one wrong, in a long word", text: "auicidal", danger: true},
		{name: "a letter out of place, in a long word", text: "oervdose", danger: true},
		{name: "two wrong, in a short word", text: "swecide"},
		{name: "figures for letters", text: "su1c1d3", danger: true},
		{name: "signs for letters", text: "$uicide", danger: true},
		{name: "censored", text: "s*****e", danger: true},
		{name: "censored but for a letter", text: "s******"},
		{name: "drawn out", text: "suuuuicide", danger: true},
		{name: "spaced out", text: "s u i c i d e", danger: true},
		{name: "with dots", text: "s.u.i.c.i.d.e", danger: true},
		{name: "Cyrillic letters", text: "suiсidе", danger: true},
		{name: "full width", text: "ｓｕｉｃｉｄｅ", danger: true},
		{name: "signs of no width", text: "sui\u200bcide", danger: true},
		{name: "without blanks", text: "iwanttodie", danger: true},
		{name: "slang", text: "i wanna die", danger: true},
		{name: "slang, spaced out", text: "k m s", danger: true},
		{name: "over two sentences", text: "i want to. die"},
		{name: "a known word a letter away", text: "want to dye"},
		{name: "ordinary words", text: "decide on the side"},
		{name: "letters that are none", text: "a b c"},
	} {
		v := s.Read(c.text)
		if (v.Kind == "crisis") != c.danger || v.Kind != "" && v.Kind != "crisis" {
			t.Errorf("%s: %q is %q by %q", c.name, c.text, v.Kind, v.Rule)
		}
	}
}

// Staff plan by the minutes that a late patient names.
func TestMinutesOfDelay(t *testing.T) {
	s := shippedScreen(t)
	for text, want := range map[string]int{
		"running 15 min late": 15, "i'll be 20 minutes late": 20, "running late 10": 10,
		"half an hour late": 30, "running an hour late": 60, "2 hours late sorry": 120,
		"llego tarde, media hora": 30, "voy tarde una hora": 60, "running late": 0,
		"running late, there in 25": 25,
		"running 300 min late":      0, "running late, in 95": 0,
	} {
		if v := s.Read(text).In(awaiting); v.Kind != "late" || v.Minutes != want {
			t.Errorf("%q: %s, %d minutes, want %d", text, v.Kind, v.Minutes, want)
		}
	}
}

// A part of the rules that stands in two files is refused: one of them would never be read.
func TestMergeRefusesWhatStandsTwice(t *testing.T) {
	part := screen.Rules{
		Classes: map[string]screen.Class{"late": {Exact: []string{"late"}}},
		Words:   screen.Words{Guarded: []string{"suicide"}},
		Offer:   map[string]screen.Answer{screen.Take: {Exact: []string{"yes"}}},
		Meant:   map[string]string{"move": "reschedule"},
		Bare:    map[string]map[string][]string{screen.Yes: {"en": {"yes"}}},
	}
	_, err := screen.Merge(part, part)
	want := `class "late" stands in two files
offer stands in two files
meant stands in two files
bare stands in two files
words stand in two files`
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	r, err := screen.Merge(part, screen.Rules{Classes: map[string]screen.Class{"help": {}}})
	if err != nil || len(r.Classes) != 2 || r.Meant["move"] != "reschedule" ||
		len(r.Words.Guarded) != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

// A phrase that can't be meant is refused with its pattern, before it fails to match in silence.
func TestFaultsOfPhrases(t *testing.T) {
	for phrase, want := range map[string]string{
		"[maybe] late":    `phrase "[maybe] late" must begin with a word or a number`,
		"... late":        "must begin with a word or a number",
		"^":               "must begin with a word or a number",
		"ki*":             "ki* is too short to be meant",
		"don't":           `"don't" is no word`,
		"late|":           `"" is no word`,
		"<pils> late":     "no list is called <pils>",
		"pressure #1x0+":  "#1x0+ is no number",
		"pressure #180":   "#180 must end with + or -",
		"pressure #180+-": "#180+- is no number",
	} {
		_, err := screen.New(screen.Rules{Classes: map[string]screen.Class{
			"late": {Patterns: []screen.Pattern{{Name: "a", Any: []string{phrase}}}},
		}}, nil, nil)
		if err == nil || !strings.HasPrefix(err.Error(), "late/a: ") ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", phrase, err, want)
		}
	}
}

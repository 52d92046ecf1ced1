package intent

import (
	"fmt"
	"strings"
	"testing"
)

// What a text from the phone of Ada Example, Ben Example and Will Roe says of whom.
func TestWhose(t *testing.T) {
	patients := []string{"Ada Example", "Example, Ben", "Will Roe"}
	for text, want := range map[string]string{
		"C for Ada":                         "Ada plain C",
		"Ada C":                             "Ada plain C",
		"yes, Ada's coming":                 "Ada plain C",
		"Ada":                               "Ada plain",
		"for Ben please":                    "Ben plain",
		"Ada and Ben":                       "Ada Ben plain",
		"Ada & Ben will be there":           "Ada Ben plain C",
		"C for Ada and for Ben":             "Ada Ben plain C",
		"both":                              "all plain",
		"C both":                            "all plain C",
		"both are set":                      "all plain ride is arranged",
		"neither":                           "none plain",
		"neither can come":                  "none plain C",
		"Ben can't come":                    "Ben plain I can't make it",
		"ben cant make it, sorry":           "Ben",
		"Ben won't be there":                "Ben plain I can't make it",
		"No, Ben can’t come":                "Ben plain I can't make it",
		"Ada yes Ben no":                    "Ada Ben mixed both",
		"C for Ada but not Ben":             "Ada Ben mixed unsure",
		"not Ben":                           "Ben unsure",
		"everyone but Ben is coming":        "Ben all unsure",
		"I'll be there but Ben can't":       "Ben unsure",
		"Ben drives me":                     "Ben unsure",
		"my son can't come":                 "unsure",
		"we'll both be there":               "all",
		"I will be late":                    "",
		"Will can't come":                   "Will plain I can't make it",
		"will be there at 2":                "",
		"1 for Ada":                         "Ada plain 1",
		"Ada 2":                             "Ada plain 2",
		"los dos":                           "all plain",
		"confirmo a los dos":                "all plain confirmo",
		"ninguno de los dos":                "none plain",
		"Ben no puede venir":                "Ben plain no puedo ir",
		"C para Ada":                        "Ada plain C",
		"Ada sí":                            "Ada plain si",
		"can Ada eat before?":               "Ada",
		"Example can't come":                "unsure",
		"Ada Example":                       "Ada plain",
		"i want to die":                     "",
		"C for Ada on Tuesday":              "Ada plain C",
		"reschedule Ben please":             "Ben",
		"does Ada fast and can Ben drink":   "Ada Ben mixed",
		"C":                                 "plain C",
		"Ada is set, Ben needs help":        "Ada Ben mixed both",
		"yes confirm Ada":                   "Ada plain C",
		"Ben can't come and Ada can't come": "Ada Ben mixed",
	} {
		if got := told(readWhose(text, patients)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWhoseOfOneFirstName(t *testing.T) {
	patients := []string{"Pat Doe", "Pat Smith", "Pat Doe Jr"}
	for text, want := range map[string]string{
		"C for Pat":   "unsure",
		"C for Pat S": "Smith plain C",
		"Pat Smith C": "Smith plain C",
		"Pat Doe":     "unsure",
		"Pat D":       "unsure",
	} {
		if got := told(readWhose(text, patients)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Each phrase stands once: of two places, chance would choose.
func TestPhrasesStandOnce(t *testing.T) {
	seen := map[string]string{}
	for _, p := range phrases {
		if was, twice := seen[p.phrase]; twice {
			t.Errorf("%q is %s and %s", p.phrase, was, p.does)
		}
		seen[p.phrase] = p.does
		if got := strings.Join(wordsOf(p.phrase), " "); got != p.phrase {
			t.Errorf("%q is read as %q", p.phrase, got)
		}
	}
}

// told words what was read.
func told(w whose) string {
	var out []string
	for _, name := range []string{"Ada", "Ben", "Will", "Smith"} {
		for _, p := range w.patients {
			if strings.Contains(p, name) {
				out = append(out, name)
			}
		}
	}
	for _, is := range []struct {
		name string
		so   bool
	}{
		{"all", w.all},
		{"none", w.none},
		{"plain", w.plain},
		{"mixed", w.mixed},
		{"both", w.both},
		{"unsure", w.unsure},
	} {
		if is.so {
			out = append(out, is.name)
		}
	}
	return strings.TrimSpace(fmt.Sprint(strings.Join(out, " "), " ", w.says))
}

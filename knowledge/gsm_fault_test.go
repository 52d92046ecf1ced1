package knowledge_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge"
)

// What makes a text cost double is told with what to write instead.
func TestUnfitSaysWhatToWrite(t *testing.T) {
	b, err := knowledge.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, want string }{
		{name: "an accent", text: "Sesión", want: "write o for ó (not GSM-7)"},
		{name: "a capital's accent", text: "Ándele", want: "write A for Á (not GSM-7)"},
		{name: "quotes", text: "“It’s”", want: "write \" for “, ' for ’, \" for ” (not GSM-7)"},
		{name: "a dash twice", text: "9—5, 9—5", want: "write - for — (not GSM-7)"},
		{name: "an ellipsis", text: "so…", want: "write ... for … (not GSM-7)"},
		{name: "an emoji", text: "Hi 😀😀", want: "leave out 😀 (not GSM-7)"},
		{name: "both", text: "Sí 😀", want: "write i for í, leave out 😀 (not GSM-7)"},
		{
			name: "what can't be seen", text: "a\u200bb",
			want: "leave out an invisible sign (U+200B) (not GSM-7)",
		},
		{
			name: "a hard blank", text: "9\u00a0AM",
			want: "write   for an invisible sign (U+00A0) (not GSM-7)",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(b.Unfit("es", c.text), "; ")
			if want := "the text would cost double: " + c.want; got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

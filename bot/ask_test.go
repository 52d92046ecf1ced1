package main

import (
	"io"
	"strings"
	"testing"
)

// TestAskSaysHowSure shows a confidence only where an entry was answered: what a rule decided has
// none, and of a text that wasn't answered it says that nothing was sure enough.
func TestAskSaysHowSure(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{text: "How much does it cost?", want: "kind answer  entry cost  confidence "},
		{text: "i left my umbrella at your place", want: ", not sure enough  lang en"},
		{text: "can someone call me", want: "kind handoff  lang en"},
		{text: "i want to die", want: "kind crisis  lang en"},
		{text: "STOP", want: "kind stop  lang en"},
		{text: "thanks", want: "kind courtesy  lang en"},
	} {
		var out strings.Builder
		w := world{ctx: t.Context(), in: strings.NewReader(""), out: &out, err: io.Discard}
		err := run(w, func(string) string { return "" }, []string{"ask", c.text})
		if err != nil || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: got %v\n%swant %q", c.text, err, out.String(), c.want)
		}
	}
}

package knowledge_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// list is a directory with that list of decisions.
func list(text string) fstest.MapFS {
	return fstest.MapFS{knowledge.DecisionsFile: {Data: []byte(text)}}
}

// signed is a list whose comments, order and styles a writer has chosen.
const signed = `# Read by the board.
signed_by: Dr. Example # acting
signed_on: 2026-12-01
groups:
  # Most of all these.
  - heading: Crisis
    texts:
      - {text: "988", lang: en, kind: crisis} # the bare number
      # In block form.
      - text: 'hi'
        lang: en
        # It was asked for.
        kind: answer
        entries: [hours, cost]
  - heading: Small talk
    texts:
      - {text: "¡gracias!", lang: es, kind: courtesy, silent: true}
`

func TestDecisionsAreWrittenInPlace(t *testing.T) {
	crisis := knowledge.Decision{Kind: kinds.Crisis}
	answer := knowledge.Decision{Kind: kinds.Answer, Entries: []string{"hours", "cost"}}
	silence := knowledge.Decision{Kind: kinds.Courtesy, Silent: true}
	for _, c := range []struct {
		name string
		now  []knowledge.Decision
		diff map[string]string // what becomes of which part of the file
	}{
		{name: "nothing changed", now: []knowledge.Decision{crisis, answer, silence}},
		{
			name: "an answer less",
			now: []knowledge.Decision{
				crisis, {Kind: kinds.Answer, Entries: []string{"cost"}}, silence,
			},
			diff: map[string]string{"[hours, cost]": "[cost]"},
		},
		{
			name: "other keys",
			now: []knowledge.Decision{
				{Kind: kinds.Choices, Asks: kinds.OptOut, Also: []string{"late"}}, answer, silence,
			},
			diff: map[string]string{"kind: crisis": "kind: choices, also: [late], asks: optout"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := signed
			for old, now := range c.diff {
				want = strings.Replace(want, old, now, 1)
				want = strings.Replace(want, "Dr. Example", `""`, 1)
				want = strings.Replace(want, "2026-12-01", `""`, 1)
			}
			text := signed
			for range 2 { // the second time it changes nothing
				d, faults := knowledge.ReadDecisions(list(text))
				if len(faults) > 0 {
					t.Fatal(faults)
				}
				out, err := d.Write(c.now)
				if err != nil || string(out) != want {
					t.Fatalf("%v\n%s\nwant\n%s", err, out, want)
				}
				if d.Signed() != (want == signed) {
					t.Errorf("signed by %q", d.SignedBy)
				}
				text = string(out)
			}
		})
	}
}

// faultyDecisions are lists with one fault each, and how it is told.
func faultyDecisions() []faultyList {
	const head = "groups:\n  - heading: A\n    texts:\n"
	row := func(text string) string { return "      - " + text + "\n" }
	return []faultyList{
		{name: "no YAML", text: "groups: [\"a\"", want: "decisions.yaml:2: the list"},
		{name: "empty", text: "", want: "decisions.yaml:1: no texts in it"},
		{
			name: "an unknown key", text: head + row("{text: a, lang: en, knd: x}"),
			want: "decisions.yaml:4: unknown key \"knd\"",
		},
		{
			name: "no text", text: head + row("{text: a, lang: en}") + row("{lang: en}"),
			want: "decisions.yaml:5: no text: write one",
		},
		{name: "an empty row", text: head + row(""), want: "decisions.yaml:4: no text: write one"},
		{
			name: "a text twice",
			text: head + row("{text: a b, lang: en}") + row("{text: ' a  b', lang: en}"),
			want: `decisions.yaml:5: "a b" stands in line 4 too`,
		},
		{
			name: "a language", text: head + row("{text: a, lang: fr}"),
			want: `decisions.yaml:4: lang "fr": want one of en, es`,
		},
		{
			name: "no heading", text: "groups:\n  - texts: [{text: a, lang: en}]\n",
			want: "decisions.yaml:2: heading is missing",
		},
		{
			name: "no texts", text: "groups:\n  - heading: A\n",
			want: "decisions.yaml:2: no texts under",
		},
		{
			name: "an alias", text: head + row("&x {text: a, lang: en}") + row("*x"),
			want: "decisions.yaml:5: write it out instead of *x",
		},
		{
			name: "a date",
			text: "signed_by: X\nsigned_on: today\n" + head + row("{text: a, lang: en}"),
			want: `decisions.yaml:2: signed_on: "today": want a date`,
		},
		{
			name: "no date", text: "signed_by: X\n" + head + row("{text: a, lang: en}"),
			want: "decisions.yaml:1: signed_by and signed_on: put in both",
		},
		{
			name: "two documents", text: head + row("{text: a, lang: en}") + "---\na: b\n",
			want: "decisions.yaml:1: more than one document",
		},
	}
}

type faultyList struct{ name, text, want string }

func TestFaultsOfDecisions(t *testing.T) {
	for _, c := range faultyDecisions() {
		t.Run(c.name, func(t *testing.T) {
			d, faults := knowledge.ReadDecisions(list(c.text))
			if len(faults) != 1 || d != nil || !strings.HasPrefix(faults[0].String(), c.want) {
				t.Errorf("%q, want %q", faults, c.want)
			}
		})
	}
}

// What is shipped can be read, and nobody has signed it: only a clinic can do that.
func TestShippedDecisions(t *testing.T) {
	for _, c := range []struct {
		name string
		own  fstest.MapFS
	}{{name: "shipped"}, {name: "a directory without a list", own: fstest.MapFS{}}} {
		t.Run(c.name, func(t *testing.T) {
			d, faults := knowledge.ReadDecisions(c.own)
			if len(faults) > 0 || d.Signed() || d.Len() < 200 {
				t.Fatal(faults, d)
			}
			for x := range d.Each {
				if x.Kind == "" {
					t.Errorf("%q: no decision: bot knowledge decisions --write", x.Text)
				}
			}
		})
	}
}

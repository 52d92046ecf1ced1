package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// list is a list of decisions whose texts are keywords: no model changes what they are.
const list = `# Read by the board.
signed_by: Dr. Example
signed_on: 2026-12-01
groups:
  - heading: Keywords
    texts:
      - {text: "988", lang: en, kind: crisis} # the bare number
      - {text: "STOP", lang: en, kind: stop, silent: true}
      - {text: "C", lang: en, kind: confirm}
`

// told runs the program on a directory that has the list and nothing else; it returns what is
// said, the list afterwards, and the error.
func told(t *testing.T, text string, args ...string) (said, after string, err error) {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "decisions.yaml")
	if text != "" {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	w := world{ctx: t.Context(), in: strings.NewReader(""), out: &out, err: io.Discard}
	err = run(w, func(string) string { return "" }, append(args, "--knowledge", dir))
	now, _ := os.ReadFile(name) // may not be there
	return out.String(), string(now), err
}

// unsigned is a list that nobody has signed.
func unsigned(list string) string {
	return strings.NewReplacer("Dr. Example", `""`, "2026-12-01", `""`).Replace(list)
}

// decisionsCases are lists, and what the table says of them.
func decisionsCases() []decisionsCase {
	declined := strings.Replace(list, "kind: confirm", "kind: decline", 1)
	fresh := strings.Replace(list, ", kind: confirm", "", 1)
	return []decisionsCase{
		{
			name: "as signed", list: list, after: list,
			want: []string{
				"Keywords\n  988 ", "  fixed crisis words, staff paged  ", "crisis/exact",
				" I'm sorry",
				"\n  STOP  no more texts", "\n  C ",
				"3 decisions, as signed on 2026-12-01 by Dr. Example\n",
			},
		},
		{
			name: "changed", list: declined, after: declined,
			want: []string{
				"\n! C     gives up the visit → confirms the visit",
				"1 of 3 decisions changed since signed on 2026-12-01 by Dr. Example\n",
			},
		},
		{
			name: "new", list: fresh, after: fresh,
			want: []string{"\n! C     new → confirms the visit"},
		},
		{
			name: "nobody has signed", list: unsigned(declined), after: unsigned(declined),
			want: []string{
				"1 of 3 decisions changed since they were written; nobody has signed them",
			},
		},
		{
			name: "written", list: declined, write: true, after: unsigned(list),
			want: []string{"written: no longer signed"},
		},
		{
			name: "written with nothing changed", list: list, write: true, after: list,
			want: []string{"decisions.yaml written\n"},
		},
	}
}

type decisionsCase struct {
	name, list string
	write      bool
	want       []string
	after      string
}

func TestDecisions(t *testing.T) {
	for _, c := range decisionsCases() {
		t.Run(c.name, func(t *testing.T) {
			args := []string{"knowledge", "decisions"}
			if c.write {
				args = append(args, "--write")
			}
			said, after, err := told(t, c.list, args...)
			if err != nil || after != c.after {
				t.Errorf("%v\n%s\nwant\n%s", err, after, c.after)
			}
			for _, w := range c.want {
				if !strings.Contains(said, w) {
					t.Errorf("said\n%s\nwant %q", said, w)
				}
			}
		})
	}
}

// A clinic's directory without a list uses the shipped one, and what is written is its own; a
// second time the same bytes.
func TestShippedDecisionsAreWritten(t *testing.T) {
	said, first, err := told(t, "", "knowledge", "decisions", "--write")
	if err != nil || !strings.Contains(said, "nobody has signed them") {
		t.Fatal(said, err)
	}
	_, second, err := told(t, first, "knowledge", "decisions", "--write")
	if err != nil || second != first {
		t.Errorf("written twice, it differs: %v", err)
	}
}

func TestCheckReadsDecisions(t *testing.T) {
	const row = `      - {text: "C", lang: en, kind: confirm}`
	note := "note: decisions.yaml: nobody clinical has signed it"
	for _, c := range []struct {
		name, list, want string
		bad              bool
	}{
		{name: "signed", list: list},
		{name: "not signed", want: note},
		{
			name: "a text twice", list: list + row, bad: true,
			want: `decisions.yaml:10: "C" stands in line 9 too`,
		},
		{name: "unreadable", list: list + "    x", want: "decisions.yaml:", bad: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			said, _, err := told(t, c.list, "knowledge", "check")
			if !strings.Contains(said, c.want) || c.bad && err == nil {
				t.Errorf("%v\n%s\nwant %q", err, said, c.want)
			}
			if strings.Contains(said, note) != (c.want == note) {
				t.Errorf("the note, or none:\n%s", said)
			}
			if _, _, err := told(t, c.list, "knowledge", "decisions"); (err != nil) != c.bad {
				t.Errorf("decisions: %v", err)
			}
		})
	}
}

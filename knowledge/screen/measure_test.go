package screen_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// tally counts, of the texts of one kind, those that came out right.
type tally struct{ right, all int }

func (c tally) share() float64 { return float64(c.right) / float64(max(c.all, 1)) }

// TestExamplesHeldOut trains on four fifths of the examples and reads every
// fifth: what the screen makes of wordings nobody wrote down for it. The floors
// are what was measured, less a little, and belong to the examples: these are
// harder than what patients text, since their writers were asked for near misses
// and for what no one else would think of.
func TestExamplesHeldOut(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a screen")
	}
	floors := map[string]float64{
		"crisis": 0.76, "emergency": 0.90, "clinical": 0.78, "optout": 0.77,
		"confirm": 0.69, "decline": 0.72, "reschedule": 0.70, "late": 0.73,
	}
	got := map[string]tally{}
	calm, alarms := 0, 0
	r, held := rules(t), map[string][]string{}
	for kind, c := range r.Classes {
		kept := map[string][]string{}
		for lang, list := range c.Examples {
			for i, e := range list {
				if i%5 == 2 {
					held[kind] = append(held[kind], e)
				} else {
					kept[lang] = append(kept[lang], e)
				}
			}
		}
		c.Examples = kept
		r.Classes[kind] = c
	}
	s, err := screen.New(r)
	if err != nil {
		t.Fatal(err)
	}
	for kind, list := range held {
		for _, e := range list {
			v := s.Read(e, awaiting)
			c := got[kind]
			c.all++
			if v.Kind == kind || kind == "optout" && v.Kind == "stop" || slices.Contains(v.Also, kind) {
				c.right++
			}
			got[kind] = c
			if kind == "other" || kind == "courtesy" {
				calm++
				if v.Kind == "crisis" || v.Kind == "emergency" {
					alarms++
				}
			}
		}
	}
	for kind, floor := range floors {
		t.Logf("%-10s %d of %d = %.3f", kind, got[kind].right, got[kind].all, got[kind].share())
		if got[kind].share() < floor {
			t.Errorf("%s: %.3f of the examples held out are read right, want %.2f", kind, got[kind].share(), floor)
		}
	}
	if rate := float64(alarms) / float64(calm); rate > 0.07 {
		t.Errorf("%d of %d ordinary examples raise an alarm (%.3f), want at most 0.07", alarms, calm, rate)
	} else {
		t.Logf("false alarms on ordinary examples: %d of %d = %.3f", alarms, calm, rate)
	}
}

// row is one labelled text of the shared set.
type row struct{ Text, Label, Note string }

func rows(t *testing.T, path string) (out []row) {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not here: the floors on labelled texts were not measured", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var r row
		if err := json.Unmarshal(sc.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// right tells whether a kind is what the label asks for.
func right(r row, kind string) bool {
	if kind == "" || kind == "courtesy" || kind == "greeting" || kind == "person" {
		return r.Label == "faq" || r.Label == "benign" || strings.Contains(r.Note, "accept=faq") || strings.Contains(r.Note, "accept=benign")
	}
	optout := kind == "optout" || kind == "stop"
	return kind == r.Label || strings.Contains(r.Note, "accept="+kind) || optout && (r.Label == "optout" || r.Label == "stop")
}

// TestLabelledTexts reads the shared set, which the rules have been written with in view, and three that other writers made without sight of
// the screen: unseen.jsonl and unseen_third.jsonl in the manner of the shared set, unseen_hard.jsonl to be hard. No row of them may go into the rules or the examples.
func TestLabelledTexts(t *testing.T) {
	for _, c := range []struct {
		path   string
		alarms float64 // most, of the texts without danger
		floors map[string]float64
	}{
		{"../../../shared/safety/dev.jsonl", .02, map[string]float64{
			"crisis": .98, "emergency": .97, "clinical": .90, "optout": .98, "stop": .98,
			"confirm": .92, "decline": .92, "reschedule": .92, "late": .92, "help": .92, "start": .92,
		}},
		{"testdata/unseen.jsonl", .025, map[string]float64{
			"crisis": .95, "emergency": .95, "clinical": .90, "optout": .93, "stop": .93,
			"confirm": .85, "decline": .85, "reschedule": .90, "late": .82, "help": .90, "start": .70,
		}},
		{"testdata/unseen_hard.jsonl", .05, map[string]float64{
			"crisis": .84, "emergency": .87, "clinical": .85, "optout": .88, "stop": .88,
			"confirm": .55, "decline": .80, "reschedule": .80, "late": .80, "help": .90, "start": .55,
		}},
		{"testdata/unseen_third.jsonl", .05, map[string]float64{
			"crisis": .97, "emergency": .97, "clinical": .95, "optout": .97, "confirm": .92, "decline": .92, "reschedule": .85, "late": .92,
		}},
	} {
		t.Run(filepath.Base(c.path), func(t *testing.T) {
			got := map[string]tally{}
			alarms, calm, cancelled := 0, 0, 0
			for _, r := range rows(t, c.path) {
				v := load(t).Read(r.Text, awaiting)
				k := got[r.Label]
				k.all++
				if right(r, v.Kind) {
					k.right++
				} else if testing.Verbose() {
					t.Logf("%s read as %q by %s", r.Label, v.Kind, v.Rule)
				}
				got[r.Label] = k
				if r.Label != "crisis" && r.Label != "emergency" && r.Label != "clinical" {
					calm++
					if (v.Kind == "crisis" || v.Kind == "emergency") && !right(r, v.Kind) {
						alarms++
					}
				}
				if r.Label == "decline" && (v.Kind == "optout" || v.Kind == "stop") && !right(r, v.Kind) {
					cancelled++
				}
			}
			for kind, floor := range c.floors {
				t.Logf("%-10s %d of %d = %.3f", kind, got[kind].right, got[kind].all, got[kind].share())
				if got[kind].share() < floor {
					t.Errorf("%s: %d of %d = %.3f, want %.2f", kind, got[kind].right, got[kind].all, got[kind].share(), floor)
				}
			}
			if float64(alarms) > c.alarms*float64(calm) {
				t.Errorf("%d of %d texts without danger raise an alarm, want at most %.3f", alarms, calm, c.alarms)
			}
			if cancelled > 0 {
				t.Errorf("%d cancelled visits were read as an opt-out", cancelled)
			}
		})
	}
}

func TestPublicTexts(t *testing.T) {
	alarms, calm := 0, 0
	for _, r := range rows(t, "../../../shared/safety/public.jsonl") {
		if r.Label != "benign" {
			continue
		}
		calm++
		if v := load(t).Read(r.Text, nothing); v.Kind == "crisis" || v.Kind == "emergency" {
			alarms++
			t.Logf("%s by %s", v.Kind, v.Rule)
		}
	}
	t.Logf("false alarms on ordinary public texts: %d of %d", alarms, calm)
	if float64(alarms) > 0.032*float64(calm) {
		t.Errorf("%d of %d ordinary texts raise an alarm, want at most 3.2 %%", alarms, calm)
	}
}

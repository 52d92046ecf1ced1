package match_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/match"
)

// sets are other people's bases and questions, kept outside the project.
const sets = "../../../shared/faq"

// lines reads a file of JSON values, one a line.
func lines[T any](t *testing.T, path string) []T {
	t.Helper()
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skip("the question sets are not here: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	for line := range strings.Lines(string(raw)) {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(path, err)
		}
		out = append(out, v)
	}
	return out
}

// judged is a question and what became of it.
type judged struct {
	confidence    float64
	right, inside bool
	answered      bool
}

// sampled: every so many questions is asked, since each costs milliseconds; BEACON_SETS=1 asks all.
var sampled = map[bool]int{true: 1, false: 3}[os.Getenv("BEACON_SETS") != ""]

// TestSets holds the floors that matching must not fall below on other people's questions. The
// figures are logged: go test -v -run Sets.
func TestSets(t *testing.T) {
	embed := encoder(t)
	for _, c := range []struct {
		set                          string
		asks                         int // phrasings taken of each entry, 0 for all
		acc, coverage, wrong, useful float64
	}{
		{set: "D1_s101", asks: 0, acc: .85, coverage: .71, wrong: .05, useful: .85},
		{set: "D1_s101n", asks: 0, acc: .795, coverage: .61, wrong: .05, useful: .80},
		{set: "D2_s101", asks: 0, acc: .78, coverage: .53, wrong: .05, useful: .80},
		{set: "T3_stack5_s1", asks: 0, acc: .965, coverage: .91, wrong: .05, useful: .90},
		{set: "D1_s101", asks: 1, acc: .715, coverage: .39, wrong: .06, useful: .80},
		{set: "T3_stack5_s1", asks: 1, acc: .815, coverage: .48, wrong: .055, useful: .80},
		{set: "T3_stack5_s1", asks: 3, acc: .93, coverage: .76, wrong: .05, useful: .80},
	} {
		t.Run(c.set, func(t *testing.T) {
			var base []match.Entry
			for _, e := range lines[struct {
				ID, Answer string
				Phrasings  []string
			}](t, filepath.Join(sets, c.set, "kb.jsonl")) {
				asks := e.Phrasings
				if c.asks > 0 {
					asks = asks[:c.asks]
				}
				base = append(base, match.Entry{ID: e.ID, Asks: asks, Text: e.Answer})
			}
			begin := time.Now()
			m := match.Build(base, match.Settings{Embed: embed})
			build := time.Since(begin)
			var all []judged
			for i, q := range lines[struct {
				Text string
				ID   *string
			}](t, filepath.Join(sets, c.set, "queries.jsonl")) {
				if i%sampled != 0 {
					continue
				}
				r := m.Match(q.Text)
				all = append(all, judged{
					confidence: r.Best[0].Confidence,
					right:      q.ID != nil && r.Best[0].ID == *q.ID,
					inside:     q.ID != nil,
					answered:   r.Outcome == match.Answer,
				})
			}
			acc, coverage, wrong, right := figures(all)
			t.Logf("%d phrasings: acc %.3f, C@5 %.3f; at the threshold: "+
				"right %.3f of the answerable, wrong %.3f of the answers; build %v",
				c.asks, acc, coverage, right, wrong, build.Round(time.Millisecond))
			if acc < c.acc || coverage < c.coverage || wrong > c.wrong ||
				right < c.useful*coverage {
				t.Errorf("below the floor %+v", c)
			}
		})
	}
}

// figures are the share of answerable questions ranked right, the share answered right at the
// largest coverage with at most 5 % of all answers wrong, and at the matcher's own threshold the
// share of answers that are wrong and of answerable questions answered right.
func figures(all []judged) (acc, coverage, wrong, right float64) {
	slices.SortStableFunc(all, func(a, b judged) int {
		switch {
		case a.confidence > b.confidence:
			return -1
		case a.confidence < b.confidence:
			return 1
		}
		return 0
	})
	var inside, good, bad, answers, answeredRight float64
	for _, j := range all {
		if j.inside {
			inside++
		}
		if j.right {
			good++
		} else {
			bad++
		}
		if bad <= .05*(good+bad) {
			coverage = good
		}
		if j.answered {
			answers++
			if j.right {
				answeredRight++
			}
		}
	}
	return good / inside, coverage / inside, 1 - answeredRight/max(1, answers),
		answeredRight / inside
}

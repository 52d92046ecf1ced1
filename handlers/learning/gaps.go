package learning

import (
	"context"
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// gapDays is how far back it is looked for what nothing answers.
	gapDays = 30
	// mostGaps bounds how many questions are grouped, the latest: each is compared with all others.
	mostGaps = 300
)

// Gap is something that was asked, in whatever words, and that nothing answered.
type Gap struct {
	Questions []handlers.Question // the latest first
	Near      string              // the entry that most of them come nearest to, "" if none
}

// Last returns when it was last asked.
func (g Gap) Last() time.Time { return g.Questions[0].At }

// Gaps returns what was asked since a time and went to a person, the most frequent first. The zero
// time is gapDays ago. What an entry answers by now is left out.
func (s *School) Gaps(ctx context.Context, since time.Time) ([]Gap, error) {
	if since.IsZero() {
		since = s.Now().AddDate(0, 0, -gapDays)
	}
	all, err := s.Store.Questions(ctx, since)
	if err != nil {
		return nil, err
	}
	missed := slices.DeleteFunc(all, func(q handlers.Question) bool {
		return !q.Missed() || s.Base.Read(q.Ask, nil).Sure > 0
	})
	missed = missed[:min(mostGaps, len(missed))]
	texts := make([]string, len(missed))
	for i, q := range missed {
		texts[i] = q.Ask
	}
	var out []Gap
	for _, group := range s.Base.Alike(texts) {
		g := Gap{}
		count := map[string]int{}
		for _, i := range group {
			q := missed[i]
			g.Questions = append(g.Questions, q)
			if count[q.Near]++; g.Near == "" || count[q.Near] > count[g.Near] {
				g.Near = q.Near
			}
		}
		out = append(out, g)
	}
	slices.SortStableFunc(out, func(a, b Gap) int {
		if n := len(b.Questions) - len(a.Questions); n != 0 {
			return n
		}
		return b.Last().Compare(a.Last())
	})
	return out, nil
}

package visits

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// mostAsked is how many visits one card asks about; more get further cards. Of shownRows it says
// what is in doubt: staff who read more see to the file first.
const (
	mostAsked = 300
	shownRows = 20
)

// Ask opens a card that asks staff about the visits of an import that are in doubt and aren't in
// the books as such already. It comes before the import, so that none is booked and held of which
// nobody is told. from is what the visits come from, in words; lines are the rows of its file, nil
// for a feed without any. It returns how many visits are asked about.
func (b *Books) Ask(
	ctx context.Context, from string, all []handlers.Visit, lines []int,
) (int, error) {
	c, n := handlers.Case{Kind: kinds.Doubts}, 0
	var rows []string
	post := func() error {
		if len(rows) == 0 {
			return nil
		}
		c.ID = "doubts:" + short(from+strings.Join(rows, "\n"))
		c.Title = asks(from, rows)
		err := b.openCard(ctx, c)
		c.Doubtful, rows = nil, nil
		return err
	}
	for i, v := range all {
		if !v.Held() {
			continue
		}
		old, known, err := b.Visits.Visit(ctx, v.ID)
		if err != nil {
			return n, err
		}
		_, v, same := meet(old, known, v, handlers.Cancelled)
		if same || !v.Held() {
			continue
		}
		c.Doubtful = append(c.Doubtful, handlers.Doubtful{Visit: v.ID, Start: v.Start})
		row := "a visit"
		if lines != nil {
			row = fmt.Sprintf("row %d", lines[i])
		}
		rows = append(rows, fmt.Sprintf("%s (%s, %s): %s", row, v.Phone, b.at(v.Start),
			strings.Join(v.Doubts, "; ")))
		if n++; len(rows) == mostAsked {
			if err := post(); err != nil {
				return n, err
			}
		}
	}
	return n, post()
}

// asks words the title of a card that asks about visits.
func asks(from string, rows []string) string {
	more := ""
	if n := len(rows) - shownRows; n > 0 {
		rows, more = rows[:shownRows], fmt.Sprintf("\nand %d more.", n)
	}
	what := "A visit of %s can hardly be right, so nothing is texted about it until somebody says " +
		"yes. If it is wrong, mend it where it comes from:\n%s"
	if len(rows) > 1 || more != "" {
		what = "Visits of %s can hardly be right, so nothing is texted about them until somebody " +
			"says yes. Those that are wrong, mend where they come from, before you agree:\n%s"
	}
	return fmt.Sprintf(what, from, strings.Join(rows, "\n")) + more
}

// at words a time by the clinic's clock.
func (b *Books) at(t time.Time) string {
	return knowledge.DeskClock(b.Base.Clinic, b.Now()).When(t, "en")
}

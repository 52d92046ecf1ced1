package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// few cards at once are read one by one.
const few = 4

// summarise posts one line that says how many patients may be in danger, when posting their cards
// one after another would take too long.
func (p *Poster) summarise(ctx context.Context, posts []handlers.Post) {
	cards := 0
	for _, one := range posts {
		if one.Do == PostCard && one.Tries == 0 {
			cards++
		}
	}
	now := p.Now()
	if cards <= few || p.lanes.shut(handlers.UrgentChannel, now) != nil || !p.crowd.due(now) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), urgentTime)
	defer cancel()
	cases, err := p.Posts.Untaken(ctx)
	if err == nil {
		err = p.Board.Say(ctx, handlers.UrgentChannel, manyLine(cases))
		p.lanes.tell(handlers.UrgentChannel, err, p.Now())
	}
	if err != nil {
		p.Log.Warn("desk: no summary of many alarms", "err", err)
	}
}

// manyLine says how many may be in danger, with the last digits of the first fifty numbers.
func manyLine(cases []handlers.Case) string {
	var ends []string
	for _, c := range cases[:min(len(cases), 50)] {
		ends = append(ends, "…"+c.Ends())
	}
	more := ""
	if len(cases) > len(ends) {
		more = fmt.Sprintf(" and %d more", len(cases)-len(ends))
	}
	return fmt.Sprintf(
		"%d patients may be in danger and nobody has them yet: %s%s. "+
			"Their cards follow, one after another.",
		len(cases), strings.Join(ends, ", "), more,
	)
}

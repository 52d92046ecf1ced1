package desk

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// summarise says in one line how many more patients may be in danger, and who, when so many cards
// wait that posting them one after another takes longer than anybody should wait. It is called
// before every urgent post, and does something once every crowdTime. If it fails, the cards are
// posted all the same.
func (p *Poster) summarise(ctx context.Context) {
	now := p.Now()
	if p.lanes.shut(handlers.UrgentChannel, now) != nil || !p.crowd.due(now) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), urgentTime)
	defer cancel()
	alarms, err := p.Posts.Untaken(ctx)
	if err != nil {
		p.Log.Warn("desk: no summary of many alarms", "err", err)
		return
	}
	fresh := p.crowd.fresh(alarms)
	if len(fresh) == 0 {
		return
	}
	err = p.Board.Say(ctx, handlers.UrgentChannel, manyLine(fresh))
	p.lanes.tell(handlers.UrgentChannel, err, p.Now())
	if err != nil {
		p.Log.Warn("desk: no summary of many alarms", "err", err)
		return
	}
	p.crowd.tell(fresh)
}

// manyLine returns the summary of these cases, whose cards are still to come.
func manyLine(cases []handlers.Case) string {
	if len(cases) == 1 {
		return many(cases) + " Their card follows."
	}
	return many(cases) + " Their cards follow, one after another."
}

// many returns how many patients may be in danger, with the last digits of the first fifty numbers:
// more would make a line that nobody reads.
func many(cases []handlers.Case) string {
	var ends []string
	for _, c := range cases[:min(len(cases), 50)] {
		ends = append(ends, "…"+c.Ends())
	}
	more := ""
	if len(cases) > len(ends) {
		more = fmt.Sprintf(" and %d more", len(cases)-len(ends))
	}
	who := fmt.Sprintf("%d patients", len(cases))
	if len(cases) == 1 {
		who = "1 patient"
	}
	return fmt.Sprintf(
		"%s may be in danger and nobody has them yet: %s%s.", who, strings.Join(ends, ", "), more,
	)
}

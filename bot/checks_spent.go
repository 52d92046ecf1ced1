package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers/budget"
)

// checkSpent shows how much of what answers may cost is used up, and warns as long as texts aren't
// answered for it.
func (a *app) checkSpent(ctx context.Context) []finding {
	const name = "answers"
	used, err := a.store.Used(ctx)
	if err != nil {
		return []finding{skip(name, plain(err))}
	}
	lately, err := a.store.Refused(ctx)
	if err != nil {
		return []finding{skip(name, plain(err))}
	}
	var parts []string
	for _, p := range a.texter.Periods(a.now()) {
		u := used[p.Name].In(p)
		parts = append(parts, fmt.Sprintf("%d of %d this %s (strangers %d of %d)",
			u.All, p.Most, p.Name, u.Strangers, p.Strangers))
	}
	what := "segments used: " + strings.Join(parts, ", ")
	if n := lately.Total(); n > 0 && a.now().Sub(lately.To) < budget.StretchGap {
		return []finding{warn(name, fmt.Sprintf("%s; %d texts weren't answered for it", what, n),
			"See the card at the desk. If these are patients, raise replies in clinic.yaml, or add "+
				"their country to reach.countries.")}
	}
	return []finding{good(name, what)}
}

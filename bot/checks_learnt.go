package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/learning"
)

// checkLearnt names what staff have published and the files don't have: it is answered all the same,
// but a backup or a copy of the files lacks it.
func (a *app) checkLearnt(ctx context.Context) []finding {
	const name = "published"
	all, err := a.store.Proposals(ctx)
	if err != nil {
		return []finding{warn(name, "it can't be read: "+plain(err),
			"Look at what is said of redis.")}
	}
	day := a.now().In(a.base.Clinic.Location()).Format(time.DateOnly)
	b := learning.BesideOf(a.base, all, day)
	switch {
	case len(b.Idle) > 0:
		return []finding{warn(name, "it teaches nothing, for want of its entry: "+
			strings.Join(b.Idle, "; "), "Take it back with /clinic forget, or put the entry back.")}
	case len(b.Overdue) > 0:
		return []finding{warn(name, "the review is overdue of "+strings.Join(b.Overdue, "; ")+
			": who asks for it gets a person", "Write it into the files with bot knowledge export, and "+
			"have it read anew.")}
	}
	return []finding{good(name, besides(b))}
}

// besides words what is known beside the files.
func besides(b learning.Beside) string {
	out := "nothing beside the files"
	if len(b.Live) > 0 {
		out = fmt.Sprintf("%d beside the files, until bot knowledge export writes it there: %s",
			len(b.Live), strings.Join(b.Live, "; "))
	}
	if b.Waiting > 0 {
		out += fmt.Sprintf("; %d waits for a second person", b.Waiting)
	}
	return out
}

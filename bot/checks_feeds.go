package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// feedEvery is how often it is looked at how the feeds are: they are read by minutes.
const feedEvery = 15 * time.Second

// feedsName is what the feeds together are called.
const feedsName = "feeds"

// feedProbes returns the check of the feeds that run by themselves; none if there is none.
func (a *app) feedProbes(c *Config) []probe {
	for _, f := range a.base.Clinic.Feeds {
		if f.Runs() {
			return []probe{{
				of: feedsName, away: true, every: feedEvery, again: feedEvery, ask: a.checkFeeds(c),
			}}
		}
	}
	return nil
}

// checkFeeds tells of each feed how it is, as whoever looks at it last left it. A doctor, which
// looks at none, sees besides whether each could be.
func (a *app) checkFeeds(c *Config) func(context.Context) []finding {
	return func(ctx context.Context) (out []finding) {
		for _, f := range a.base.Clinic.Feeds {
			name := "feed " + f.Name
			if !f.Runs() {
				continue
			}
			if _, err := a.source(f, c, nil); err != nil {
				out = append(out, bad(name, err.Error(), "No bot starts until that is mended."))
				continue
			}
			kept, err := a.store.Feed(ctx, f.Name)
			if err != nil {
				out = append(out, skip(name, plain(err)))
				continue
			}
			out = append(out, a.feedFinding(name, f, kept))
		}
		return out
	}
}

// feedFinding judges what is kept of a feed.
func (a *app) feedFinding(name string, f settings.Feed, kept handlers.Feed) finding {
	now := a.now()
	if kept.Tried.IsZero() {
		return skip(name, "nobody has looked at it yet: a running bot does")
	}
	if now.Sub(kept.Lately()) > time.Duration(f.StaleAfter) {
		why := kept.Why
		if why == "" {
			why = "nothing has come"
		}
		return bad(name, "not read since "+at(kept.Lately())+": "+why,
			"See whether the other system still gives it, and the address or folder in clinic.yaml.")
	}
	what := "nothing has come yet"
	if !kept.Well.IsZero() {
		what = fmt.Sprintf("read at %s, %d visits ahead", at(kept.Well), kept.Ahead)
	}
	switch {
	case kept.Why != "":
		do := "It is tried again by itself."
		if f.Kind == settings.FeedFolder {
			do = "A file that wasn't taken in lies in failed, beside a report: mend it and put it back."
		}
		return warn(name, what+"; since then: "+kept.Why, do)
	case kept.Shrunk != "":
		return warn(name, fmt.Sprintf("%s, of which it lacks %d: nothing is changed", what,
			len(kept.Lacks)), "Press the button on the card at the desk, or see to the feed.")
	case len(kept.Faults) > 0:
		return warn(name, what+"; not read: "+strings.Join(kept.Faults, "; "),
			"Mend them in the other system, or say in clinic.yaml how they are read.")
	case kept.Untexted > 0:
		return warn(name, fmt.Sprintf("%s, and %d without a number", what, kept.Untexted),
			"Say whose they are: see the card at the desk.")
	}
	return good(name, what)
}

// at is a time for whoever runs the bot.
func at(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

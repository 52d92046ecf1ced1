package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/bot/feed/folder"
	"github.com/beacon-clinic/beacon/bot/feed/ics"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

const (
	feedTick = 5 * time.Second // how often it is seen whether a feed is due
	// feedSoon is the pause until a feed is looked at again that lacks visits, or that a person is
	// asked about.
	feedSoon = time.Minute
	// feedTime bounds a look, with all that is booked. feedLease is how long one bot has a feed: a
	// look must have ended by then.
	feedTime  = 4 * time.Minute
	feedLease = 5 * time.Minute
)

// feedSource is where a feed's visits come from. Each kind of feed has a room of its own.
type feedSource interface {
	// Look reads the feed as it is now. kept is what is known of it from the last look. The error
	// is shown to staff: it holds neither the feed's address nor a patient's name or number.
	Look(ctx context.Context, kept handlers.Feed, now time.Time) (feed.Look, error)
}

// follower looks at one feed when it is due, and does what has changed.
type follower struct {
	settings.Feed
	source feedSource
	app    *app
}

// followers returns the feeds that run by themselves, and has what patients answer written to those
// that take it. The error is one of the configuration, by
// variable.
func (a *app) followers(c *Config, transport http.RoundTripper) (out []*follower, all error) {
	for _, f := range a.base.Clinic.Feeds {
		if !f.Runs() {
			continue
		}
		s, err := a.source(f, c, transport)
		if err != nil {
			all = errors.Join(all, fmt.Errorf("the feed %q of clinic.yaml: %w", f.Name, err))
			continue
		}
		if to, takes := s.(visits.System); takes && f.WriteBack {
			a.writer.Systems[f.Name] = to
		}
		out = append(out, &follower{f, s, a})
	}
	return out, all
}

// source makes the source of a feed.
func (a *app) source(
	f settings.Feed, c *Config, transport http.RoundTripper,
) (feedSource, error) {
	switch f.Kind {
	case settings.FeedICS:
		return a.calendar(f, c, transport)
	case settings.FeedFolder:
		return a.folder(f), nil
	case settings.FeedFHIR:
		return a.fhir(f, c, transport)
	}
	return nil, fmt.Errorf("there is no feed of kind %s", f.Kind)
}

// calendar makes the source of a calendar's address.
func (a *app) calendar(
	f settings.Feed, c *Config, transport http.RoundTripper,
) (feedSource, error) {
	address, err := c.address(f)
	if err != nil {
		return nil, err
	}
	out := &ics.Feed{
		URL: address, Clinic: a.base.Clinic.Location(), Days: f.Days, Types: f.Types, Type: f.Type,
		Skip: f.Skip, Own: a.clinicNumbers(), Transport: transport,
	}
	if f.Zone != "" {
		out.Zone = a.base.Clinic.Zoned(f.Zone)
	}
	return out, nil
}

// folder makes the source of a folder that files are put into.
func (a *app) folder(f settings.Feed) feedSource {
	return &folder.Feed{
		Path: f.Path, Complete: f.Complete,
		Read: func(data []byte) (handlers.Given, []feed.Fault, error) {
			file, err := feed.Read(data, feed.How{Feed: f}, rulesOf(a.base, a.texter.Untexted))
			if err != nil {
				return handlers.Given{}, nil, err
			}
			return handlers.Given{Visits: file.Visits, Consents: file.Consents}, file.Faults, nil
		},
	}
}

// clinicNumbers returns the clinic's own numbers, which are no patient's wherever they stand.
func (a *app) clinicNumbers() (out []handlers.Phone) {
	clinic := a.base.Clinic
	for _, s := range []string{clinic.Phone, clinic.UrgentPhone, clinic.Desk.OnCallPhone} {
		if p, err := handlers.NewPhone(s); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// address returns where a feed is read from.
func (c *Config) address(f settings.Feed) (string, error) {
	if f.URLEnv == "" {
		return f.URL, nil
	}
	url := c.variable(f.URLEnv)
	if url == "" {
		return "", fmt.Errorf("%s: missing: it is the feed's address", f.URLEnv)
	}
	if err := settings.CheckFeedURL(url); err != nil { // it doesn't repeat the address
		return "", fmt.Errorf("%s: %w", f.URLEnv, err)
	}
	return url, nil
}

// by names this process among those on the same Redis.
func (a *app) by() string {
	if a.bot == "" {
		return "sandbox"
	}
	return a.bot
}

// Look looks at the feed, if it is due and no other bot does. The error is the store's: what is
// wrong with the feed is kept, and told at the desk if it lasts.
func (f *follower) Look(ctx context.Context) error {
	store := f.app.store
	kept, err := store.Feed(ctx, f.Name)
	if err != nil || f.app.now().Before(f.next(kept)) {
		return err
	}
	ours, err := store.ClaimFeed(ctx, f.Name, f.app.by(), f.app.now(), feedLease)
	if err != nil || !ours {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, feedTime)
	defer cancel()
	// Another may have looked between the two.
	if kept, err = store.Feed(ctx, f.Name); err != nil {
		return err
	}
	for more := !f.app.now().Before(f.next(kept)); more && err == nil; {
		kept, more, err = f.once(ctx, kept)
	}
	return errors.Join(err, store.StoreFeed(context.WithoutCancel(ctx), kept, f.app.by()))
}

// next returns when the feed is looked at next.
func (f *follower) next(kept handlers.Feed) time.Time {
	pause := time.Duration(f.Every)
	if len(kept.Missing) > 0 || kept.Shrunk != "" {
		pause = min(pause, feedSoon)
	}
	return kept.Tried.Add(pause)
}

// once looks at the feed once, and says whether there is more to read. The result is what is to be
// kept of the feed.
func (f *follower) once(
	ctx context.Context, kept handlers.Feed,
) (_ handlers.Feed, more bool, err error) {
	now, log := f.app.now(), f.app.log
	kept.Tried = now
	if kept.First.IsZero() {
		kept.First = now
	}
	look, failed := f.source.Look(ctx, kept, now)
	did := visits.Followed{}
	if failed == nil && !look.Same && !look.Idle {
		look.Given.Feed = f.Name
		var after handlers.Feed
		if after, did, failed = f.app.visits.Follow(ctx, kept, look.Given); failed == nil {
			kept = after
		}
	}
	if look.Done != nil {
		failed = errors.Join(failed, look.Done(reportOf(did), did.Held, failed))
	}
	if errors.Is(failed, handlers.ErrAway) { // it is the store that fails
		return kept, false, failed
	}
	if failed != nil && kept.Why == "" {
		log.Error("feed: not read, will try again", "feed", f.Name, "err", failed)
	}
	if failed == nil && kept.Why != "" {
		log.Info("feed: read again", "feed", f.Name)
	}
	switch {
	case failed != nil:
		kept.Why = plain(failed)
	case look.Idle:
		kept.Why = ""
	default:
		kept.Why, kept.Well, kept.Seen = "", now, look.Seen
	}
	if did.Booked+did.Updated+did.Off > 0 || did.Held {
		log.Info("feed: taken in", "feed", f.Name, "booked", did.Booked, "changed", did.Updated,
			"off", did.Off, "untexted", did.Untexted, "held", did.Held)
	}
	stale := time.Duration(f.StaleAfter)
	if f.Kind == settings.FeedFolder && kept.Why != "" { // the file won't come again by itself
		stale = 0
	}
	kept, err = f.app.visits.TellFeed(ctx, kept, stale)
	return kept, look.More && failed == nil, err
}

// reportOf says what came of a look, for people.
func reportOf(did visits.Followed) string {
	if did.Held {
		return "held: a person must first agree at the desk that what is missing is off"
	}
	var out []string
	for _, one := range []struct {
		n    int
		what string
	}{
		{did.Booked, "booked"},
		{did.Updated, "changed"},
		{did.Off, "taken off"},
		{did.Unchanged, "unchanged"},
		{did.Untexted, "without a number"},
	} {
		if one.n > 0 {
			out = append(out, fmt.Sprintf("%d %s", one.n, one.what))
		}
	}
	return strings.Join(out, ", ")
}

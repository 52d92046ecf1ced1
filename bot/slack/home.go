package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers/answer"
)

const (
	// homeEvery is how often one person's Home is published at most.
	homeEvery = 5 * time.Second
	// homeOpen is how long a Home is kept up to date after it was opened or used. Slack doesn't say
	// when one is left.
	homeOpen = 30 * time.Minute
	// mostHomes is how many are kept up to date.
	mostHomes = 200
)

// homes are the Homes that are kept up to date, by user.
type homes struct {
	mu sync.Mutex
	of map[string]*home
}

// deskOnly is the Home of whoever isn't at the desk.
const deskOnly = "The day is shown here to members of the desk's channels."

// home is one person's Home.
type home struct {
	used      time.Time // when they opened it or pressed something there
	published time.Time
	shown     string // what it shows, as JSON
	publishes sync.Mutex
}

// opened notes that somebody uses their Home, and returns it.
func (s *Slack) opened(user string) *home {
	now := s.c.Now()
	s.homes.mu.Lock()
	defer s.homes.mu.Unlock()
	h := s.homes.of[user]
	if h == nil {
		if len(s.homes.of) >= mostHomes {
			clear(s.homes.of) // whoever is among them opens theirs again
		}
		h = &home{}
		s.homes.of[user] = h
	}
	h.used = now
	return h
}

// homeEvent shows somebody their Home, which they have opened. source:
// https://docs.slack.dev/reference/events/app_home_opened
func (s *Slack) homeEvent(ctx context.Context, e envelope) error {
	var inner struct {
		User string `json:"user"`
		Tab  string `json:"tab"` // home, or messages
	}
	if err := json.Unmarshal(e.Event, &inner); err != nil || inner.User == "" {
		return fmt.Errorf("%w: app_home_opened", errMalformed)
	}
	if inner.Tab != "home" || s.c.Home == nil {
		return nil
	}
	s.later(ctx, func(ctx context.Context) {
		if s.admits(ctx, actor{app: e.App, team: e.Team, user: inner.User}) == "" {
			s.publish(ctx, inner.User, s.opened(inner.User), true)
		}
	})
	return nil
}

// Homes brings the Homes that are open up to date. It is to be called every few seconds. What can't
// be shown is logged, so the error is always nil.
func (s *Slack) Homes(ctx context.Context) error {
	if s.c.Home == nil {
		return nil
	}
	now := s.c.Now()
	s.homes.mu.Lock()
	maps.DeleteFunc(s.homes.of, func(_ string, h *home) bool { return now.Sub(h.used) > homeOpen })
	open := maps.Clone(s.homes.of)
	s.homes.mu.Unlock()
	for user, h := range open {
		s.publish(ctx, user, h, false)
	}
	return nil
}

// publish draws somebody's Home and shows it, if it shows anything else than before. Unless it is
// forced, it does nothing within homeEvery of the last time.
func (s *Slack) publish(ctx context.Context, user string, h *home, force bool) {
	if s.c.Home == nil {
		return
	}
	h.publishes.Lock() // one at a time, so that the latest is what stays
	defer h.publishes.Unlock()
	if !force && s.c.Now().Sub(h.published) < homeEvery {
		return
	}
	a, err := answer.Say("%s", deskOnly), error(nil)
	if s.atDesk(ctx, "", user) {
		a, err = s.c.Home(ctx, user)
	}
	if err != nil {
		s.c.Log.ErrorContext(ctx, "home not drawn", "err", err)
		if h.shown != "" {
			return // what it shows stays
		}
		a = answer.Say("%s", sorry)
	}
	if err := s.publishView(ctx, user, h, a, force); err != nil {
		s.c.Log.ErrorContext(ctx, "slack home not published", "err", err)
	}
}

// publishView shows a Home. If Slack refuses it, it is shown without pictures: the file of one may
// not be ready. source: https://docs.slack.dev/reference/methods/views.publish
func (s *Slack) publishView(
	ctx context.Context, user string, h *home, a answer.Answer, force bool,
) error {
	r := s.render(ctx, a)
	for {
		v := r.Home(a)
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("home: %w", err)
		}
		if !force && string(raw) == h.shown {
			return nil
		}
		_, err = s.api.PublishViewContext(ctx, sdk.PublishViewContextRequest{UserID: user, View: v})
		if err == nil {
			h.shown, h.published = string(raw), s.c.Now()
			return nil
		}
		limit, limited := errors.AsType[*sdk.RateLimitedError](err)
		if limited {
			h.published = s.c.Now().Add(limit.RetryAfter)
		}
		if limited || len(r.Files) == 0 {
			return fmt.Errorf("views publish: %w", refusal(err))
		}
		r.Files = nil
	}
}

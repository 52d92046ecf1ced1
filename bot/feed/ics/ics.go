// Package ics reads visits from a calendar's address: iCalendar, RFC 5545, as Google, Exchange and
// practice systems give it.
//
// [Occurrences] says when the events of a file take place; [Feed.Look] fetches the file and makes
// visits of them. All that comes from the address is bounded: its size, the time that it takes, how
// many events and occurrences it has.
package ics

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
)

// Feed is a calendar's address, and how its events are read.
type Feed struct {
	URL    string
	Zone   *time.Location    // of times that name none; nil: what the calendar says, or the clinic's
	Clinic *time.Location    // the clinic's
	Days   int               // how far ahead visits are taken
	Types  map[string]string // visit types by what titles or categories call them
	Type   string            // of a title that names none
	Skip   []string          // words of titles that are no visits
	Own    []handlers.Phone  // the clinic's own numbers, which are no patient's
	// Transport makes the requests; nil is the default one.
	Transport http.RoundTripper
}

const (
	fetchTime     = 30 * time.Second
	mostRedirects = 5
	mostVisits    = 10_000
	// back is how long after its start an occurrence is still taken, so that a change of it is seen.
	back = 24 * time.Hour
)

// Look fetches the calendar, unless it is as it was at the last look, and makes visits of it.
func (f *Feed) Look(ctx context.Context, kept handlers.Feed, now time.Time) (feed.Look, error) {
	seen := kept.Seen
	if kept.Unsettled() {
		seen = ""
	}
	data, tag, err := f.fetch(ctx, f.conditions(seen, now))
	if err != nil || data == nil {
		return feed.Look{Same: err == nil, Seen: kept.Seen}, err
	}
	until := now.AddDate(0, 0, f.Days)
	all, unread, err := Occurrences(ctx, data, Window{
		From: now.Add(-back), Until: until, Zone: f.Zone, Clinic: f.Clinic, Most: mostVisits,
	})
	if err != nil {
		return feed.Look{}, err
	}
	given := handlers.Given{Whole: true, Until: until}
	faults := map[string]int{}
	for uid, err := range unread {
		given.Unread = append(given.Unread, uid)
		faults[err.Error()]++
	}
	for _, o := range all {
		v, skip, err := f.visit(o)
		if err != nil {
			faults[err.Error()]++
		}
		switch {
		case skip:
		case errors.Is(err, errType):
			given.Unread = append(given.Unread, v.External)
		default:
			given.Visits = append(given.Visits, v)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(faults)) {
		given.Faults = append(given.Faults, fmt.Sprintf("%d: %s", faults[what], what))
	}
	return feed.Look{Given: given, Seen: f.key(now) + "\n" + tag}, nil
}

// key changes with how the calendar is read, and every day, as the window moves on: then what
// hasn't changed there must be read anew all the same.
func (f *Feed) key(now time.Time) string {
	sum := sha256.Sum256(fmt.Append(nil, f.URL, f.Zone, f.Clinic, f.Days, f.Types, f.Type, f.Skip))
	return fmt.Sprintf("%.6x %s", sum, now.UTC().Format(time.DateOnly))
}

// conditions returns the headers by which a server says whether the file has changed.
func (f *Feed) conditions(seen string, now time.Time) http.Header {
	h := http.Header{"Accept": {"text/calendar"}, "User-Agent": {"Beacon"}}
	key, tags, _ := strings.Cut(seen, "\n")
	etag, modified, _ := strings.Cut(tags, "\n")
	if key != f.key(now) {
		return h
	}
	if etag != "" {
		h.Set("If-None-Match", etag)
	}
	if modified != "" {
		h.Set("If-Modified-Since", modified)
	}
	return h
}

// fetch returns the file and the tags by which it is told whether it has changed; nil if it hasn't.
// No error holds the address, which may be a secret.
func (f *Feed) fetch(ctx context.Context, h http.Header) (data []byte, tags string, err error) {
	address, err := url.Parse(strings.Replace(f.URL, "webcal://", "https://", 1))
	if err != nil {
		return nil, "", errors.New("the address can't be read")
	}
	r := &http.Request{Method: http.MethodGet, URL: address, Header: h, Host: address.Host}
	client := &http.Client{
		Transport: f.Transport, Timeout: fetchTime,
		CheckRedirect: func(to *http.Request, via []*http.Request) error {
			switch {
			case len(via) > mostRedirects:
				return errors.New("the address leads on and on")
			// Neither in clear, nor from outside to what only this machine can reach.
			case to.URL.Scheme != "https" && to.URL.Host != address.Host:
				return errors.New("the address leads to one that isn't https")
			}
			return nil
		},
	}
	answer, err := client.Do(r.WithContext(ctx))
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok { // it holds the address
			err = u.Err
		}
		return nil, "", fmt.Errorf("the address doesn't answer: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	switch {
	case answer.StatusCode == http.StatusNotModified:
		return nil, "", nil
	case answer.StatusCode != http.StatusOK:
		return nil, "", fmt.Errorf("the address answers %d %s",
			answer.StatusCode, http.StatusText(answer.StatusCode))
	}
	data, err = io.ReadAll(io.LimitReader(answer.Body, mostBytes+1))
	if err != nil {
		return nil, "", fmt.Errorf("the calendar broke off: %w", err)
	}
	if len(data) > mostBytes {
		return nil, "", errSize
	}
	return data, answer.Header.Get("ETag") + "\n" + answer.Header.Get("Last-Modified"), nil
}

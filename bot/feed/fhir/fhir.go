// Package fhir reads visits from a server that speaks FHIR R4, as electronic health records do, and
// writes patients' answers back to it.
//
// [Server.Look] reads Appointments with their Patients and Slots: all that lie ahead at first and
// then once an hour, and what has changed in between. [Server.WriteBack] writes a patient's answer as
// their status among the participants of an Appointment. It signs in as SMART Backend Services have
// it. All that comes from the server is bounded, and no address but its own is asked.
package fhir

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
)

// Config says how a server that speaks FHIR R4 is reached.
type Config struct {
	URL string // its base
	// TokenURL is where the client signs in, ClientID its id there, and Key its private key in PEM,
	// whose id is KeyID; all but KeyID are empty if the server wants no sign-in.
	TokenURL, ClientID, Key, KeyID string
	Scope                          string
	Days                           int // how far ahead visits are taken
	Rules                          Rules
	Transport                      http.RoundTripper // nil is the default one
}

// Server reads the visits of a server, and writes patients' answers back to it. Its methods may be
// called concurrently.
type Server struct {
	client client
	days   int
	slots  bool
	rules  Rules
	wrote  ours
}

// New makes one. The error says what is wrong with the configuration, without its secrets.
func New(c Config) (*Server, error) {
	base, err := url.Parse(strings.TrimRight(c.URL, "/") + "/")
	if err != nil || base.Host == "" {
		return nil, errors.New("the server's address can't be read")
	}
	base.RawQuery, base.Fragment = "", ""
	f := &Server{
		days: c.Days, rules: c.Rules,
		// Whoever hasn't asked for slots mustn't be refused for them.
		slots: strings.Contains(c.Scope, "/Slot.") || strings.Contains(c.Scope, "/*.") ||
			c.Key == "",
		client: client{base: base, http: newHTTP(c.Transport)},
	}
	t := &f.client.tokens
	t.url, t.client, t.keyID, t.scope = c.TokenURL, c.ClientID, c.KeyID, c.Scope
	t.http = f.client.http
	if c.Key == "" {
		return f, nil
	}
	if t.method, t.key, err = readKey(c.Key); err != nil {
		return nil, fmt.Errorf("the key %w", err)
	}
	return f, nil
}

const (
	// wholeEvery is how often all visits ahead are read. What changed in between is asked for by
	// the time of the change, and that says nothing of what was deleted.
	wholeEvery = time.Hour
	// overlap is how far before the last look changes are asked for again: a server may list a
	// change some time after the time that it gives it.
	overlap = 2 * time.Minute
	// back is how far back visits are read: who came to today's, and to last night's.
	back = 36 * time.Hour
)

// mark is how far a server was read.
type mark struct {
	At    time.Time `json:"at"`    // its own time when the last look began
	Whole time.Time `json:"whole"` // when all was read last
}

// Look reads the visits ahead, or what has changed of them since the last look. The error is for
// staff, and holds no address.
func (f *Server) Look(ctx context.Context, kept handlers.Feed, now time.Time) (feed.Look, error) {
	var seen mark
	_ = json.Unmarshal([]byte(kept.Seen), &seen) // what can't be read is read anew
	r, began := newRecords(), time.Time{}
	whole := seen.At.IsZero() || kept.Unsettled() || now.Sub(seen.Whole) >= wholeEvery ||
		seen.Whole.After(now)
	var err error
	if !whole {
		began, err = f.changed(ctx, r, seen.At.Add(-overlap), now)
		if errors.Is(err, errTooMuch) {
			r, whole = newRecords(), true
		}
	}
	until := now.AddDate(0, 0, f.days)
	if whole {
		began, err = f.ahead(ctx, r, until, now)
		seen.Whole = now
	}
	if err == nil {
		err = f.complete(ctx, r, now)
	}
	if err != nil {
		return feed.Look{}, err
	}
	// A change that bears a time before the server's own is asked for again; see overlap.
	if seen.At = began; began.IsZero() {
		seen.At = now.Add(-overlap)
	}
	text, err := json.Marshal(seen)
	if err != nil {
		return feed.Look{}, fmt.Errorf("fhir: %w", err)
	}
	given := r.read(f.rules, now)
	given.Whole, given.Until = whole, until
	given.Visits = slices.DeleteFunc(given.Visits, func(v handlers.Visit) bool {
		return !v.Start.IsZero() && v.Start.Before(now.Add(-back))
	})
	return feed.Look{Given: given, Seen: string(text)}, nil
}

// ahead reads all visits until a day, and those that have just been.
func (f *Server) ahead(
	ctx context.Context, r *records, until, now time.Time,
) (began time.Time, err error) {
	q := f.include(pageSize)
	q["date"] = []string{"ge" + stamp(now.Add(-back)), "lt" + stamp(until)}
	return f.client.search(ctx, "Appointment", q, now, r.add)
}

// changed reads the visits that have changed since a time, or whose patient or slot has.
func (f *Server) changed(
	ctx context.Context, r *records, since, now time.Time,
) (began time.Time, err error) {
	after := "ge" + stamp(since)
	q := f.include(pageSize)
	q.Set("_lastUpdated", after)
	if began, err = f.client.search(ctx, "Appointment", q, now, r.add); err != nil {
		return began, err
	}
	kinds := map[string]string{"Patient": "Appointment:patient", "Slot": "Appointment:slot"}
	for _, kind := range []string{"Patient", "Slot"} {
		if kind == "Slot" && !f.slots {
			continue
		}
		q := url.Values{
			"_lastUpdated": {after}, "_revinclude": {kinds[kind]}, "_count": {fmt.Sprint(pageSize)},
		}
		if _, err = f.client.search(ctx, kind, q, now, r.add); err != nil {
			return began, err
		}
	}
	return began, nil
}

// include asks for visits with their patients and slots.
func (f *Server) include(count int) url.Values {
	q := url.Values{"_count": {fmt.Sprint(count)}, "_include": {"Appointment:patient"}}
	if f.slots {
		q.Add("_include", "Appointment:slot")
	}
	return q
}

// complete reads the patients and slots that weren't given with their visits: not every server does
// so. One that can't be found is a fault of its visit.
func (f *Server) complete(ctx context.Context, r *records, now time.Time) error {
	patients, slots := r.missing()
	if !f.slots {
		slots = nil
	}
	for _, want := range []struct {
		kind string
		ids  []string
	}{{"Patient", patients}, {"Slot", slots}} {
		for ids := range slices.Chunk(want.ids, batch) {
			q := url.Values{"_id": {strings.Join(ids, ",")}, "_count": {fmt.Sprint(batch)}}
			if _, err := f.client.search(ctx, want.kind, q, now, r.add); err != nil {
				return err
			}
		}
	}
	return nil
}

// stamp writes a time as a search has it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

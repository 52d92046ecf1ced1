package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
)

// private is the listener that only the operator reaches: /status and /metrics. It asks for no
// password, so who may reach it is a matter of METRICS_ADDR.
type private struct {
	listener net.Listener
	server   *http.Server
	ended    chan struct{} // closed when the server has ended
}

// openPrivate listens at METRICS_ADDR, and serves until close. The log has the address, which is
// where a port 0 shows. The error is that of listening.
func (a *app) openPrivate(addr string) (*private, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("METRICS_ADDR: listen: %w (is another running?)", err)
	}
	m := http.NewServeMux()
	m.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		a.serving().meter.ServeHTTP(w, r)
	})
	m.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		a.serving().status(w, r)
	})
	s, bounded := a.server(l, mostOperators, m)
	p := &private{listener: l, ended: make(chan struct{}), server: s}
	go func() {
		defer close(p.ended)
		if err := p.server.Serve(bounded); err != http.ErrServerClosed {
			a.log.Error("private listener ended", "err", err)
		}
	}()
	a.log.Info("private listener", "addr", l.Addr().String(), "serves", "/status /metrics")
	return p, nil
}

// close ends the listener and waits for it. Requests that are being answered are cut off: none of
// them is worth a slower shutdown. A nil private, of a sandbox without one, has nothing to close.
func (p *private) close() {
	if p == nil {
		return
	}
	_ = p.server.Close() // it ends either way
	<-p.ended
}

// report is /status for machines. Monitoring reads it, so names and types stay as they are.
type report struct {
	Ready  bool    `json:"ready"`         // as /readyz
	Mode   string  `json:"mode"`          // modeFull or modeDanger
	Bot    string  `json:"bot,omitempty"` // this process, as other bots know it
	Words  string  `json:"words"`         // the fingerprint of its words
	Checks []check `json:"checks"`        // those that were made, never null
}

// check is one line of it. Times are RFC 3339.
type check struct {
	Name      string     `json:"name"`
	OK        bool       `json:"ok"` // only if State is ok: a warning isn't
	State     level      `json:"state"`
	What      string     `json:"what"`
	Do        string     `json:"do,omitempty"` // what to do about it
	Since     time.Time  `json:"since"`        // it has had this State
	Asked     time.Time  `json:"asked"`
	TookMS    float64    `json:"took_ms"`
	LastError string     `json:"last_error,omitempty"` // what was wrong last, even if it is ok now
	LastAt    *time.Time `json:"last_error_at,omitempty"`
}

// status serves /status: how everything that Beacon depends on was at its last check, as JSON, or
// as a table for a person (?format=text, or a browser). It asks nothing itself, so it answers at
// once whatever hangs, and it is 200 whatever is wrong: /readyz is what a platform goes by.
func (a *app) status(w http.ResponseWriter, r *http.Request) {
	ready, mode, _ := a.mode()
	states := a.health.all()
	if wantsTable(r) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "ready %v, %s\n\n", ready, mode)
		_ = statusTable(w, states, time.Now()) // the caller went away
		return
	}
	out := report{Ready: ready, Mode: mode, Bot: a.bot, Words: a.words, Checks: []check{}}
	for _, s := range states {
		one := check{
			Name: s.Name, OK: s.Level == fine, State: s.Level, What: s.What, Do: s.Do,
			Since:  s.Since,
			Asked:  s.Asked,
			TookMS: float64(s.Took.Microseconds()) / 1000, LastError: s.LastError,
		}
		if !s.LastAt.IsZero() {
			one.LastAt = &s.LastAt
		}
		out.Checks = append(out.Checks, one)
	}
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(out) // the caller went away
}

// wantsTable reports whether a person asks: by ?format=, else by the Accept header that browsers
// send. curl and monitoring get JSON.
func wantsTable(r *http.Request) bool {
	switch r.URL.Query().Get("format") {
	case "json":
		return false
	case "text", "table":
		return true
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "text/html") || strings.Contains(accept, "text/plain")
}

// statusTable writes one line a check. Under what is wrong stands what to do, and under what is
// well again what was wrong last. Times are ages, which need no time zone.
func statusTable(to io.Writer, states []state, now time.Time) error {
	t := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	fmt.Fprint(t, "STATE\tCHECK\tSINCE\tASKED\tTOOK\tWHAT\n")
	for _, s := range states {
		took := s.Took.Round(100 * time.Microsecond)
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t", s.Level, s.Name, ago(now, s.Since), ago(now, s.Asked))
		fmt.Fprintf(t, "%s\t%s\n", took, s.What)
		if s.Level == fine && !s.LastAt.IsZero() {
			fmt.Fprintf(t, "\t\t\t\t\tlast wrong %s: %s\n", ago(now, s.LastAt), s.LastError)
		}
		if s.Do != "" {
			fmt.Fprintf(t, "\t\t\t\t\t→ %s\n", s.Do)
		}
	}
	return t.Flush()
}

// ago returns how long ago something was, to a second. It isn't less than 0s: a check may end
// while the table is written.
func ago(now, then time.Time) string {
	return max(0, now.Sub(then)).Round(time.Second).String() + " ago"
}

// The modes that a bot runs in, as /readyz and /status name them.
const (
	modeFull = "full" // it does everything
	// modeDanger: Redis takes no writes, or other bots are to do the rest. Danger is answered, all
	// else refused, so that it comes again.
	modeDanger = "danger only"
)

// mode says whether the bot can serve, how far, and why it doesn't do everything, in words that the
// public may read. It can as long as it finds danger in a text: to take it out of service while
// Redis is away would leave patients in danger without an answer. So it is with a bot that leaves
// all else to others, if none of them lives; if one does, it isn't ready, and they get the texts.
func (a *app) mode() (ready bool, mode, why string) {
	const rest = ": texts of danger are answered, all others refused with 503"
	ready, mode = true, modeFull
	s, _ := a.health.state(checkScreen)
	err := a.serves()
	switch {
	case s.Level != fine:
		ready, why = false, "the screen for danger doesn't work"
	case errors.Is(err, redis.ErrWords):
		ready, why = !a.store.Relieved(), "bots on newer words serve"+rest
	case err != nil:
		ready, why = !a.store.Relieved(), "Redis holds what another version of Beacon stores"+rest
	case !a.health.writes():
		why = "Redis takes no writes" + rest
	}
	if err != nil || !a.health.writes() {
		mode = modeDanger
	}
	return ready, mode, why
}

// serves returns why the bot does no ordinary work, see redis.Serves; nil if it does.
func (a *app) serves() error {
	if a.store == nil {
		return nil
	}
	return a.store.Serves()
}

// shut reports whether this bot may ask the store nothing, since another layout is stored.
func (a *app) shut() bool {
	err := a.serves()
	return err != nil && !errors.Is(err, redis.ErrWords)
}

// readyz serves /readyz: 200 as long as the bot can serve, else 503. Slack and Twilio don't count,
// for without them it must answer danger all the same; the private /status shows them. The body
// says the mode, and why it isn't the full one, and nothing that the public mustn't read.
func (a *app) readyz(w http.ResponseWriter, _ *http.Request) {
	ready, mode, why := a.mode()
	out := map[string]any{"ready": ready, "mode": mode}
	if why != "" {
		out["why"] = why
	}
	w.Header().Set("Content-Type", "application/json")
	if !ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(out) // the caller went away
}

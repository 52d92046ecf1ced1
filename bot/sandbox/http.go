package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

const (
	maxJSON = 64 << 10
	// A little above what the reader of visits takes, so that its own words about it are heard.
	maxImport = 33 << 20
)

// routes maps the sandbox's URLs to their handlers.
func (s *Sandbox) routes() http.Handler {
	mux := http.NewServeMux()
	for _, r := range []struct {
		method, path string
		serve        func(http.ResponseWriter, *http.Request) error
	}{
		{http.MethodPost, "/sandbox/text", s.serveText},
		{http.MethodPost, "/sandbox/clock", s.serveClock},
		{http.MethodPost, "/sandbox/import", s.serveImport},
		{http.MethodPost, "/sandbox/command", s.serveCommand},
		{http.MethodPost, "/sandbox/reply", s.serveReply},
		{http.MethodPost, "/sandbox/press", s.servePress},
		{http.MethodGet, "/sandbox/desk", s.serveDesk},
		{http.MethodGet, "/sandbox/messages", s.serveMessages},
		{http.MethodGet, "/sandbox/patients", s.servePatients},
		{http.MethodGet, "/sandbox/events", s.serveEvents},
		{http.MethodGet, "/sandbox/static/{file}", servePage},
		{http.MethodGet, "/{$}", servePage},
		{"", "/", func(http.ResponseWriter, *http.Request) error {
			return notFound("no such page: the sandbox is at /, its endpoints under /sandbox/")
		}},
	} {
		mux.Handle(r.path, s.endpoint(r.method, r.serve))
	}
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeFault(
			w,
			fault{
				http.StatusForbidden, "this comes from another site's page: use the sandbox's own",
			},
		)
	}))
	return loopbackOnly(cross.Handler(mux))
}

// loopbackOnly rejects requests whose Host isn't this machine. Otherwise a page could read and
// write here through a DNS name that points at this machine.
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		switch host {
		case "localhost", "127.0.0.1", "::1", "[::1]":
			next.ServeHTTP(w, r)
		default:
			writeFault(
				w,
				fault{
					http.StatusForbidden,
					"the sandbox is for this machine only: open it as http://localhost",
				},
			)
		}
	})
}

// endpoint checks the method ("" allows any), and logs and reports an error once.
func (s *Sandbox) endpoint(
	method string, serve func(http.ResponseWriter, *http.Request) error,
) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if method != "" && r.Method != method && !(method == http.MethodGet &&
			r.Method == http.MethodHead) {
			w.Header().Set("Allow", method)
			writeFault(
				w,
				fault{
					http.StatusMethodNotAllowed,
					fmt.Sprintf("%s takes %s only", r.URL.Path, method),
				},
			)
			return
		}
		if r.Method == http.MethodPost {
			// A page that is left doesn't stop what it began half-way.
			r = r.WithContext(context.WithoutCancel(r.Context()))
		}
		err := serve(w, r)
		var f fault
		switch {
		case err == nil:
		case errors.As(err, &f):
			writeFault(w, f)
		default:
			s.cfg.Log.ErrorContext(r.Context(), "sandbox", "path", r.URL.Path, "error", err)
			writeFault(w, fault{http.StatusInternalServerError, err.Error()})
		}
	})
}

// fault is an error that the caller can fix; any other error is ours, and is logged.
type fault struct {
	status int
	what   string
}

func (f fault) Error() string { return f.what }

func badRequest(what string) error { return fault{http.StatusBadRequest, what} }

func notFound(what string) error { return fault{http.StatusNotFound, what} }

// writeFault answers with {"error": what}.
func writeFault(w http.ResponseWriter, f fault) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(f.status)
	// The caller is gone: nobody to tell.
	_ = json.NewEncoder(w).Encode(map[string]string{"error": f.what})
}

// writeJSON marshals v before it writes, so that a failure can still be reported as an error.
func writeJSON(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(append(b, '\n')) // the caller is gone: nobody to tell
	return nil
}

// readJSON decodes a single object and rejects unknown fields, which are most likely typos.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxJSON))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more after the object")
		}
	}
	if err != nil {
		return badRequest("the body: want one JSON object: " + err.Error())
	}
	return nil
}

// joined is errors.Join, except that errors.As doesn't find a fault in second: what failed first
// counts.
func joined(first, second error) error {
	if second == nil {
		return first
	}
	return fmt.Errorf("%w (%v)", first, second)
}

package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const (
	// maxJSON bounds the body of a JSON endpoint, in bytes. The longest text is far shorter.
	maxJSON = 64 << 10
	// maxImport bounds an imported file, in bytes: two of the size that the reader of visits takes,
	// in JSON. One that is too long gets the reader's own, clearer error.
	maxImport = 100 << 20
)

// routes returns the handler of all the sandbox's URLs. Besides the endpoints' own checks it
// refuses requests that another site's page makes, and those for another host.
func (s *Sandbox) routes() http.Handler {
	mux := http.NewServeMux()
	// Methods aren't part of the patterns: the mux would answer a wrong one in plain text, while
	// endpoint says in JSON which one is right.
	for _, r := range []struct {
		method, path string
		serve        func(http.ResponseWriter, *http.Request) error
	}{
		{http.MethodPost, "/sandbox/text", s.serveText},
		{http.MethodPost, "/sandbox/measure", serveMeasure},
		{http.MethodPost, "/sandbox/clock", s.serveClock},
		{http.MethodPost, "/sandbox/import", s.serveImport},
		{http.MethodGet, "/sandbox/importing", s.serveImporting},
		{http.MethodPost, "/sandbox/store", s.serveStore},
		{http.MethodPost, "/sandbox/command", s.bySlack(s.serveCommand)},
		{http.MethodPost, "/sandbox/reply", s.bySlack(s.serveReply)},
		{http.MethodPost, "/sandbox/revise", s.bySlack(s.serveRevise)},
		{http.MethodPost, "/sandbox/press", s.bySlack(s.servePress)},
		{http.MethodPost, "/sandbox/submit", s.bySlack(s.serveSubmit)},
		{http.MethodGet, "/sandbox/home", s.bySlack(s.serveHome)},
		{http.MethodPost, "/sandbox/key", s.serveKey},
		{http.MethodPost, "/sandbox/fail", s.serveFail},
		{http.MethodGet, "/sandbox/failures", s.serveFailures},
		{http.MethodGet, "/sandbox/desk", s.serveDesk},
		{http.MethodGet, "/sandbox/day", s.serveDay},
		{http.MethodGet, "/sandbox/figures", s.serveFigures},
		{http.MethodGet, "/sandbox/messages", s.serveMessages},
		{http.MethodGet, "/sandbox/patients", s.servePatients},
		{http.MethodGet, "/sandbox/events", s.serveEvents},
		{http.MethodGet, "/sandbox/stories", s.serveStories},
		{http.MethodPost, "/sandbox/story", s.serveStory},
		{http.MethodGet, "/sandbox/words", s.serveWords},
		{http.MethodGet, "/sandbox/preview", s.servePreview},
		{http.MethodGet, "/sandbox/edited", s.serveEdited},
		{http.MethodPost, "/sandbox/compare", s.serveCompare},
		{http.MethodGet, "/sandbox/static/{file}", servePage},
		{http.MethodGet, "/{$}", servePage},
		{"", "/", func(http.ResponseWriter, *http.Request) error {
			return notFound("no such page: the sandbox is at /, its endpoints under /sandbox/")
		}},
	} {
		mux.Handle(r.path, s.endpoint(r.method, r.serve))
	}
	// Loopback is no protection by itself: any page that is open in the same browser could post
	// here.
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

// loopbackOnly rejects requests whose Host isn't this machine. Otherwise a web page could read and
// write here through a DNS name of its own that points at this machine (DNS rebinding).
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

// endpoint checks the method ("" allows any) and writes the error that serve returns: a fault with
// its own status, any other as 500, which is also logged. serve must not have written anything when
// it returns an error.
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
		// A clock that is turned by a month, and the stream of events, outlast the server's
		// deadlines. A writer without any has none to lift, so the errors don't matter. A body has
		// its deadline; it is lifted where there is none to come, lest its end cancels the request.
		out := http.NewResponseController(w)
		_ = out.SetWriteDeadline(time.Time{})
		if r.Body == http.NoBody {
			_ = out.SetReadDeadline(time.Time{})
		}
		if r.Method == http.MethodPost {
			// A page that is closed must not stop half-way what it began.
			r = r.WithContext(context.WithoutCancel(r.Context()))
		}
		err := serve(w, r)
		var f fault
		switch {
		case err == nil:
		case errors.As(err, &f):
			writeFault(w, f)
		default:
			s.cfg.Load().Log.ErrorContext(r.Context(), "sandbox", "path", r.URL.Path, "error", err)
			writeFault(w, fault{http.StatusInternalServerError, err.Error()})
		}
	})
}

// fault is an error that the caller can fix; any other error is ours, and is logged.
type fault struct {
	status int    // of HTTP, 4xx
	what   string // what is wrong and how to do it right, for people
}

func (f fault) Error() string { return f.what }

// badRequest returns a fault of what the caller sent.
func badRequest(what string) error { return fault{http.StatusBadRequest, what} }

// notFound returns a fault of what the caller asked for.
func notFound(what string) error { return fault{http.StatusNotFound, what} }

// writeFault answers with the fault's status and {"error": what}.
func writeFault(w http.ResponseWriter, f fault) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(f.status)
	// An error means that the caller is gone.
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
	_, _ = w.Write(append(b, '\n')) // an error means that the caller is gone
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

// joined returns first, with second in its message only: endpoint must answer with the status of
// what failed first, even if second is a fault.
func joined(first, second error) error {
	if second == nil {
		return first
	}
	return fmt.Errorf("%w (%v)", first, second)
}

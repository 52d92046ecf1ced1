package sandbox_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
)

// FuzzDoors posts bodies at the endpoints: whatever is in them, each is answered with JSON, and
// what is wrong with it is said.
func FuzzDoors(f *testing.F) {
	for door, body := range []string{
		`{"from":"2125550101","body":"are you open?"}`, `{"text":"today","user":"sam"}`,
		`{"thread":"T1","text":"Yes.","user":"sam"}`, `{"thread":"T1","action":"take"}`,
		`{"advance":"26h"}`, "id,name,phone,start,type\nv1,Ana,2125550101,2026-12-01 10:00,consult\n",
	} {
		f.Add(uint8(door), body)
	}
	f.Add(uint8(0), `{"from":"+1","body":7}`)
	f.Add(uint8(1), `{"text":"a"}{"text":"b"}`)
	f.Add(uint8(4), `{"to":"2026-13-01T00:00:00Z"}`)
	b := &bot{
		reply: func(handlers.Text) (handlers.Reply, error) { return handlers.Reply{}, nil },
		staff: func(handlers.ThreadReply) error { return nil },
	}
	s := sandbox.New()
	h := s.Serve(sandbox.Config{
		Patient: b, Receipts: b, Staff: b, Due: b.due, Phone: phone, Start: start(),
		Because:   func(string, handlers.Reply) []string { return nil },
		Importing: func() (int64, int64) { return 1, 2 },
		Import: func(_ context.Context, r io.Reader, _ bool) (any, error) {
			_, err := io.Copy(io.Discard, r)
			return nil, err
		},
	})
	paths := []string{
		"/sandbox/text", "/sandbox/command", "/sandbox/reply", "/sandbox/press",
		"/sandbox/key",
		"/sandbox/clock", "/sandbox/import",
	}
	f.Fuzz(func(t *testing.T, door uint8, body string) {
		path := "http://localhost" + paths[int(door)%len(paths)]
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)))
		var fault struct{ Error string }
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest &&
			w.Code != http.StatusNotFound {
			t.Errorf("%s: HTTP %d: %s", path, w.Code, w.Body)
		}
		if !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: no JSON: %s", path, w.Body)
		}
		if err := json.Unmarshal(w.Body.Bytes(), &fault); w.Code >= 400 &&
			(err != nil || fault.Error == "") {
			t.Errorf("%s: HTTP %d says nothing", path, w.Code)
		}
	})
}

package main

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// till is a terminal at a sandbox that runs.
type till struct {
	app *app
	url string
	dir string
}

func newTill(t *testing.T) *till {
	t.Helper()
	base, err := knowledge.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := wireSandbox(base, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	a.openPage(time.Now().In(base.Clinic.Location()), nil)
	s := httptest.NewServer(a.sandbox)
	t.Cleanup(func() { s.Close(); _ = a.page.Close(); _ = a.store.Close() })
	return &till{a, s.URL, t.TempDir()}
}

// bot runs the program as main does, and returns what it says on standard output and its error.
func (k *till) bot(t *testing.T, args ...string) (string, error) {
	t.Helper()
	return command(t, map[string]string{"PORT": k.url[strings.LastIndex(k.url, ":")+1:]}, args...)
}

func command(t *testing.T, env map[string]string, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	w := world{ctx: t.Context(), in: strings.NewReader(""), out: &out, err: io.Discard}
	err := run(w, func(name string) string { return env[name] }, args)
	return out.String(), err
}

// file writes a file of visits, with %s for a start in ten days, and returns its name.
func (k *till) file(t *testing.T, csv string) string {
	t.Helper()
	name := filepath.Join(k.dir, "visits.csv")
	start := time.Now().AddDate(0, 0, 10).Truncate(time.Minute).Format(time.RFC3339)
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(csv, "%s", start)), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// states are the visits that the sandbox has: "v1 booked".
func (k *till) states(t *testing.T) string {
	t.Helper()
	visits, err := k.app.store.Visits(context.Background(), time.Now(), time.Now().AddDate(0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range visits {
		out = append(out, v.ID+" "+v.State)
	}
	return strings.Join(out, ", ")
}

func TestImportOfWhatIsCancelled(t *testing.T) {
	k := newTill(t)
	const header = "id,name,phone,start,type,status\n"
	for _, c := range []struct{ csv, says, states string }{
		{"v1,Ana Example,212-555-0101,%s,consult,booked\nv2,Ben Example,212-555-0102,%s,consult,\n", "2 imported, 0 updated, 0 unchanged, 0 faults\n", "v1 booked, v2 booked"},
		{"v1,Ana Example,212-555-0101,%s,consult,Cancelled\nv2,Ben Example,212-555-0102,%s,consult,confirmed\nv3,Cleo Example,212-555-0103,%s,consult,no-show\n", "0 imported, 0 updated, 1 unchanged, 2 cancelled, 0 faults\n", "v1 declined, v2 booked"},
	} {
		name := k.file(t, header+c.csv)
		if out, err := k.bot(t, "appointments", "import", name); err != nil || out != c.says {
			t.Errorf("%q %v, want %q", out, err, c.says)
		}
		if got := k.states(t); got != c.states {
			t.Errorf("there is %s, want %s", got, c.states)
		}
	}
	out, err := k.bot(t, "appointments", "import", "--json", k.file(t, header+"v2,,,,,deleted\n"))
	if want := `{"imported":0,"updated":0,"unchanged":0,"cancelled":1,"faults":[]}` + "\n"; err != nil || out != want {
		t.Errorf("%q %v, want %q", out, err, want)
	}
}

package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
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
	app   *app
	url   string
	dir   string
	start time.Time // of the visits in its files: in ten days
}

func newTill(t *testing.T) *till {
	t.Helper()
	base, err := knowledge.Load(nil)
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
	return &till{a, s.URL, t.TempDir(), time.Now().AddDate(0, 0, 10).Truncate(time.Minute).In(base.Clinic.Location())}
}

// bot runs the program as main does, at that sandbox, and returns what it says on standard output and its error.
func (k *till) bot(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	w := world{ctx: t.Context(), in: strings.NewReader(""), out: &out, err: io.Discard}
	err := k.run(w, "PORT", k.url[strings.LastIndex(k.url, ":")+1:], args)
	return out.String(), err
}

func (k *till) run(w world, name, value string, args []string) error {
	return run(w, func(n string) string {
		if n == name {
			return value
		}
		return ""
	}, args)
}

// file writes a file of visits, with %s for their start, and returns its name.
func (k *till) file(t *testing.T, csv string) string {
	t.Helper()
	name := filepath.Join(k.dir, "visits.csv")
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(csv, "%s", k.start.Format(time.RFC3339))), 0o600); err != nil {
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

// What is wrong is told with what to do about it, and ends in an error, which main turns into exit 1.
func TestAppointmentsTellWhatIsWrong(t *testing.T) {
	k := newTill(t)
	const header = "id,name,phone,start,type\n"
	for _, c := range []struct {
		csv, out, err string
		args          []string
	}{
		{header + "v1,Ana Example,212-555-0101,%s,haircut\n", `{"imported":0,"updated":0,"unchanged":0,"faults":[{"line":2,"column":"type",`, "1 faults in FILE; the other rows are imported", []string{"import", "--json", "FILE"}},
		{header + "v1,Ana Example,212-555-0101,%s,haircut\n", "0 imported, 0 updated, 0 unchanged, 1 faults\nLINE", "1 faults in FILE; the other rows are imported", []string{"import", "FILE"}},
		{header, "", "FILE: the file has a header and no visits", []string{"import", "FILE"}},
		{"id,name\n", "", "FILE: the header lacks phone, start, type", []string{"import", "FILE"}},
		{"", "", "standard input: the file is empty", []string{"import", "-"}},
		{"", "", `expected "<file>": see bot appointments import --help`, []string{"import"}},
		{"", "", "unknown flag --bogus: see bot appointments import --help", []string{"import", "--bogus", "FILE"}},
		{"", "", "--days=-3: want how many days ahead, 1 or more", []string{"list", "--days=-3"}},
		{"", "", `"abc": this isn't a phone number: write`, []string{"why", "abc"}},
		{"", "", "or give its last four digits, like: bot appointments why 0101", []string{"why", "12345"}},
		{"", "Nothing is known of a number that ends in 9999.\n", "", []string{"why", "9999"}},
	} {
		name := k.file(t, c.csv)
		args := strings.Split(strings.ReplaceAll(strings.Join(append([]string{"appointments"}, c.args...), " "), "FILE", name), " ")
		out, err := k.bot(t, args...)
		if !strings.HasPrefix(out, c.out) || (c.out == "") != (out == "") {
			t.Errorf("%q says %q, want %q", c.args, out, c.out)
		}
		if want := strings.ReplaceAll(c.err, "FILE", name); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", c.args, err, want)
		}
	}
}

// A sandbox that isn't there, one that breaks off, and what is none are told apart.
func TestImportWhereNothingAnswers(t *testing.T) {
	k := newTill(t)
	name := k.file(t, "id,name,phone,start,type\n")
	for want, h := range map[string]http.HandlerFunc{
		"broke off: it may be at it still":        func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"is no sandbox (404 Not Found): set PORT": http.NotFound,
	} {
		s := httptest.NewServer(h)
		k.url = s.URL
		if _, err := k.bot(t, "appointments", "import", name); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "no sandbox answers") {
			t.Errorf("%v, want %q", err, want)
		}
		s.Close()
	}
	if _, err := k.bot(t, "appointments", "import", name); err == nil || !strings.Contains(err.Error(), "no sandbox answers on this machine") {
		t.Error(err)
	}
}

func TestImportOfWhatIsCancelled(t *testing.T) {
	k := newTill(t)
	const header = "id,name,phone,start,type,status\n"
	for _, c := range []struct{ csv, says, states string }{
		{"v1,Ana Example,212-555-0101,%s,consult,booked\nv2,Ben Example,212-555-0102,%s,consult,\n", "2 imported, 0 updated, 0 unchanged, 0 faults\n", "v1 booked, v2 booked"},
		{"v1,Ana Example,212-555-0101,%s,consult,Cancelled\nv2,Ben Example,212-555-0102,%s,consult,confirmed\nv3,Cleo Example,212-555-0103,%s,consult,no-show\n", "0 imported, 0 updated, 1 unchanged, 2 cancelled, 0 faults\n", "v1 cancelled, v2 booked"},
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

// The same commands with a Redis: nothing is logged between what they say.
func TestAppointmentsInRedis(t *testing.T) {
	k := newTill(t)
	url, err := k.app.page.Redis()
	if err != nil {
		t.Fatal(err)
	}
	var out, log strings.Builder
	w := world{ctx: t.Context(), out: &out, err: &log}
	name := k.file(t, "id,name,phone,start,type\nv1,Ana Example,212-555-0101,%s,consult\nv2,Ben Example,212-555-0102,%s,haircut\n")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, c := range []struct {
		ctx       context.Context
		out, err  string
		arguments []string
	}{
		{stopped, "", "nothing was done, since it can't be written down", []string{"import", name}},
		{t.Context(), "1 imported, 0 updated, 0 unchanged, 1 faults\n", "1 faults in", []string{"import", name}},
		{t.Context(), k.start.Format("Mon Jan 2 at 3:04 PM, 2006"), "", []string{"list"}},
		{t.Context(), "…0101", "", []string{"why", "0101"}},
		{t.Context(), "Nothing is known of a number that ends in 9999.\n", "", []string{"why", "9999"}},
	} {
		out.Reset()
		w.ctx = c.ctx
		err := k.run(w, "REDIS_URL", url, append([]string{"appointments"}, c.arguments...))
		if !strings.Contains(out.String(), c.out) || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%q says %q, want %q; %v, want %q", c.arguments, out.String(), c.out, err, c.err)
		}
	}
	if log.Len() > 0 {
		t.Errorf("logged: %s", log.String())
	}
}

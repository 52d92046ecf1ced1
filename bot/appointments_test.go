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

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// till is a terminal on a machine where a sandbox runs.
type till struct {
	app   *app
	url   string    // of the sandbox
	dir   string    // for the files
	start time.Time // of the visits in its files: in ten days or a little more, at ten in the morning
}

func newTill(t *testing.T) *till {
	t.Helper()
	base, err := knowledge.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	here := time.Now().In(base.Clinic.Location())
	a, err := openEmpty(base, slog.New(slog.DiscardHandler), here)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(a.sandbox)
	t.Cleanup(func() { s.Close(); _ = a.page.Close(); _ = a.store.Close() })
	start := time.Now().AddDate(0, 0, 10).In(base.Clinic.Location())
	for start = settings.OnDay(start, 0, 600); !base.Clinic.Open(start); {
		start = settings.OnDay(start, 1, 600)
	}
	return &till{app: a, url: s.URL, dir: t.TempDir(), start: start}
}

// bot runs the program as main does, with PORT that of the sandbox, and returns its standard output
// and its error.
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
	data := strings.ReplaceAll(csv, "%s", k.start.Format(time.RFC3339))
	if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// states are the visits that the sandbox has, since the day before yesterday: "v1 booked".
func (k *till) states(t *testing.T) string {
	t.Helper()
	now := time.Now()
	visits, err := k.app.store.Visits(t.Context(), now.AddDate(0, 0, -2), now.AddDate(0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range visits {
		out = append(out, v.ID+" "+v.State)
	}
	return strings.Join(out, ", ")
}

// saysError reports whether err is what a test wants: none if want is "", else one that says want.
func saysError(err error, want string) bool {
	if err == nil || want == "" {
		return err == nil && want == ""
	}
	return strings.Contains(err.Error(), want)
}

// wrongInput is a file and a command line, and what comes of them.
type wrongInput struct {
	csv  string   // the content of FILE
	args []string // after: bot appointments
	out  string   // how standard output begins
	err  string   // part of the error
}

// wrongInputs are bad files and arguments for each command on visits.
func wrongInputs() []wrongInput {
	const header = "id,name,phone,start,type\n"
	const haircut = header + "v1,Ana Example,212-555-0101,%s,haircut\n"
	return []wrongInput{
		{
			csv: haircut, args: []string{"import", "--json", "FILE"},
			out: `{"imported":0,"updated":0,"unchanged":0,"faults":[{"line":2,"column":"type",`,
			err: "1 faults in FILE; the other rows are imported",
		},
		{
			csv: haircut, args: []string{"import", "FILE"},
			out: "0 imported, 0 updated, 0 unchanged, 1 faults\nLINE",
			err: "1 faults in FILE; the other rows are imported",
		},
		{
			csv: header, args: []string{"import", "FILE"},
			err: "FILE: the file has a header and no visits",
		},
		{
			csv: "id,name\n", args: []string{"import", "FILE"},
			err: "FILE: the header lacks phone, start, type",
		},
		{args: []string{"import", "-"}, err: "standard input: the file is empty"},
		{args: []string{"import", "FILE.none"}, err: "FILE.none: no such file or directory"},
		{
			args: []string{"import"},
			err:  `expected "<file>": see bot appointments import --help`,
		},
		{
			args: []string{"import", "--bogus", "FILE"},
			err:  "unknown flag --bogus: see bot appointments import --help",
		},
		{args: []string{"list", "--days=-3"}, err: "--days=-3: want how many days ahead, 1 or"},
		{args: []string{"list", "--days=0"}, err: "--days=0: want how many days ahead, 1 or more"},
		{args: []string{"list", "--days=soon"}, err: "--days: expected a valid 64 bit int"},
		{args: []string{"list"}, out: "ID  START  TYPE  NAME  PHONE  STATE\n"},
		{args: []string{"why", "abc"}, err: `"abc": this isn't a phone number: write`},
		{
			args: []string{"why", "12345"},
			err:  "or give its last four digits, like: bot appointments why 0101",
		},
		{args: []string{"why", "9999"}, out: "Nothing is known of a number that ends in 9999.\n"},
	}
}

// TestAppointmentsTellWhatIsWrong has each command on visits say what is wrong and what to do, and
// end in an error, which main turns into exit code 1.
func TestAppointmentsTellWhatIsWrong(t *testing.T) {
	k := newTill(t)
	for _, c := range wrongInputs() {
		name := k.file(t, c.csv)
		args := []string{"appointments"}
		for _, a := range c.args {
			args = append(args, strings.ReplaceAll(a, "FILE", name))
		}
		out, err := k.bot(t, args...)
		if !strings.HasPrefix(out, c.out) || (c.out == "") != (out == "") {
			t.Errorf("%q says %q, want %q", c.args, out, c.out)
		}
		if want := strings.ReplaceAll(c.err, "FILE", name); !saysError(err, want) {
			t.Errorf("%q: %v, want %q", c.args, err, want)
		}
	}
}

// TestImportWhereNothingAnswers tells apart a sandbox that isn't there, one that breaks off, and a
// program that is none.
func TestImportWhereNothingAnswers(t *testing.T) {
	k := newTill(t)
	name := k.file(t, "id,name,phone,start,type\n")
	hangsUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	for want, h := range map[string]http.HandlerFunc{
		"broke off: it may be at it still":        hangsUp,
		"is no sandbox (404 Not Found): set PORT": http.NotFound,
	} {
		s := httptest.NewServer(h)
		k.url = s.URL
		_, err := k.bot(t, "appointments", "import", name)
		if !saysError(err, want) || saysError(err, "no sandbox answers") {
			t.Errorf("%v, want %q", err, want)
		}
		s.Close()
	}
	_, err := k.bot(t, "appointments", "import", name)
	if !saysError(err, "no sandbox answers on this machine") {
		t.Error(err)
	}
}

// TestImportOfWhatIsCancelled imports files whose status column takes visits off.
func TestImportOfWhatIsCancelled(t *testing.T) {
	k := newTill(t)
	const header = "id,name,phone,start,type,status\n"
	past := time.Now().AddDate(0, 0, -1).Format(time.RFC3339)
	for _, c := range []struct{ csv, says, states string }{
		{
			csv: "v1,Ana Example,212-555-0101,%s,consult,booked\n" +
				"v2,Ben Example,212-555-0102,%s,consult,\n",
			says:   "2 imported, 0 updated, 0 unchanged, 0 faults\n",
			states: "v1 booked, v2 booked",
		},
		{
			csv: "v1,Ana Example,212-555-0101,%s,consult,Cancelled\n" +
				"v2,Ben Example,212-555-0102,%s,consult,confirmed\n" +
				"v3,Cleo Example,212-555-0103," + past + ",consult,no-show\n",
			says:   "1 imported, 0 updated, 1 unchanged, 1 cancelled, 0 faults\n",
			states: "v3 missed, v1 cancelled, v2 booked",
		},
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
	want := `{"imported":0,"updated":0,"unchanged":0,"cancelled":1,"faults":[],` +
		`"warnings":[]}` + "\n"
	if err != nil || out != want {
		t.Errorf("%q %v, want %q", out, err, want)
	}
}

// TestAppointmentsInRedis runs the same commands with a Redis. Nothing is logged between what they
// say, and an import that is stopped says how far it came.
func TestAppointmentsInRedis(t *testing.T) {
	k := newTill(t)
	url, err := k.app.page.(*sandbox.Sandbox).Redis()
	if err != nil {
		t.Fatal(err)
	}
	var out, log strings.Builder
	w := world{ctx: t.Context(), out: &out, err: &log}
	name := k.file(t, "id,name,phone,start,type\n"+
		"v1,Ana Example,212-555-0101,%s,consult\n"+
		"v2,Ben Example,212-555-0102,%s,haircut\n")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, c := range []struct {
		ctx      context.Context
		args     []string // after: bot appointments
		out, err string   // parts of standard output and of the error
	}{
		{
			ctx: t.Context(), args: []string{"list"},
			out: "ID  START  TYPE  NAME  PHONE  STATE\n",
		},
		{
			ctx: stopped, args: []string{"import", name},
			err: "nothing was done, since it can't be written down",
		},
		{
			ctx: t.Context(), args: []string{"import", name},
			out: "1 imported, 0 updated, 0 unchanged, 1 faults\n", err: "1 faults in",
		},
		{
			ctx: t.Context(), args: []string{"list"},
			out: "v1  " + k.start.Format("Mon Jan 2 at 3:04 PM, 2006") +
				"  consult  Ana   …0101  booked\n",
		},
		{ctx: t.Context(), args: []string{"why", "0101"}, out: "…0101"},
		{
			ctx: t.Context(), args: []string{"why", "9999"},
			out: "Nothing is known of a number that ends in 9999.\n",
		},
	} {
		out.Reset()
		w.ctx = c.ctx
		err := k.run(w, "REDIS_URL", url, append([]string{"appointments"}, c.args...))
		if !strings.Contains(out.String(), c.out) || !saysError(err, c.err) {
			t.Errorf("%q says %q, want %q; %v, want %q", c.args, out.String(), c.out, err, c.err)
		}
	}
	if log.Len() > 0 {
		t.Errorf("logged: %s", log.String())
	}
}

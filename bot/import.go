package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// importCommand is `bot appointments import`. A clinic may run it from cron on each export, so the
// same file may come again and a bad row must not keep the good ones out.
type importCommand struct {
	File     string `arg:"" help:"The export, as CSV or Excel; - for standard input."`
	Feed     string `help:"The feed of clinic.yaml whose map of columns the file is read by."`
	Dates    string `help:"How dates like 3/4/2026 are written." enum:",mdy,dmy,ymd" default:""`
	Patients string `help:"A second file, which has the patients' phones." placeholder:"FILE"`
	DryRun   bool   `help:"Show what would be booked, moved, taken off and texted; change nothing."`
	Yes      bool   `short:"y" help:"Don't ask before another system's file is imported."`
	JSON     bool   `name:"json" help:"The result as JSON."`
}

// importing is a file to import, and how it is to be read; the sandbox gets it so.
type importing struct {
	File     []byte `json:"file"`
	Feed     string `json:"feed,omitempty"`
	Dates    string `json:"dates,omitempty"`
	Patients []byte `json:"patients,omitempty"`
	Dry      bool   `json:"dry,omitempty"`
}

// imported is the result of an import, as --json prints it; /sandbox/import answers the same. Each
// of the counts is of visits, Faults of what is wrong in the rows that were left out.
type imported struct {
	Imported  int          `json:"imported"`
	Updated   int          `json:"updated"`
	Unchanged int          `json:"unchanged"`
	Cancelled int          `json:"cancelled,omitempty"` // taken off: the file says so
	Faults    []feed.Fault `json:"faults"`
	Warnings  []feed.Fault `json:"warnings"` // of rows that are imported all the same
	// LeftOut are the rows that are no visits: totals, free times, what the map skips.
	LeftOut int  `json:"left_out,omitempty"`
	NoIDs   bool `json:"no_ids,omitempty"` // the file has no ids of visits
	// Changes say row by row what would be done: of a dry run alone.
	Dry     bool     `json:"dry,omitempty"`
	Own     bool     `json:"own,omitempty"`
	Changes []change `json:"changes,omitempty"`
}

// Run imports the good rows and reports each bad one by line and column. With no Redis configured
// it imports into the sandbox that runs on this machine. Faults are printed as part of the result
// and end in an error too, so that cron's mail or a script notices; the good rows are in by then.
// Whoever imports another system's file by hand is shown first what it would do.
func (k importCommand) Run(w world, c *Config) error {
	in, err := k.read(w.in)
	if err != nil {
		return err
	}
	if k.DryRun {
		in.Dry = true
		return k.try(w, c, in)
	}
	if k.asks(w) {
		ok, err := k.ask(w, c, in)
		if err != nil || !ok {
			return err
		}
	}
	return k.try(w, c, in)
}

// asks reports whether a person sits there who can be asked.
func (k importCommand) asks(w world) bool {
	return !k.Yes && !k.JSON && k.File != "-" && terminal(w.in) && terminal(w.out)
}

// ask shows what the import would do, and asks whether to. A file in Beacon's own layout, which
// somebody has made for it, needs no question.
func (k importCommand) ask(w world, c *Config, in importing) (bool, error) {
	in.Dry = true
	out, err := k.do(w, c, in)
	if err != nil || out.Own {
		return err == nil, err
	}
	if err := k.show(w.out, out); err != nil {
		return false, err
	}
	fmt.Fprint(w.out, "Import this? [y/N] ")
	for answer, err := range linesOf(w.ctx, w.in) {
		answer = strings.ToLower(strings.TrimSpace(answer))
		if err == nil && (answer == "y" || answer == "yes") {
			return true, nil
		}
		break
	}
	fmt.Fprintln(w.out, "Nothing is imported.")
	return false, nil
}

// try imports, or says what an import would do, and prints the result.
func (k importCommand) try(w world, c *Config, in importing) error {
	out, err := k.do(w, c, in)
	if out == nil {
		return err
	}
	// An import that broke off shows how far it came, and its faults; its own error comes first.
	if shown := k.show(w.out, out); err == nil {
		err = shown
	}
	if n := len(out.Faults); err == nil && n > 0 {
		err = fmt.Errorf(
			"%d faults in %s; the other rows are imported: mend these and import the file again",
			n, k.name(),
		)
		if out.Dry {
			err = fmt.Errorf("%d faults in %s", n, k.name())
		}
	}
	return err
}

// do imports into Redis or the sandbox. With an error, the result says how far the import came; it
// is nil if the file couldn't be read.
func (k importCommand) do(w world, c *Config, in importing) (*imported, error) {
	if c.RedisURL != "" {
		return k.intoRedis(w, c, in)
	}
	return k.intoSandbox(w, c, in)
}

// read returns the files, before Redis or the sandbox is asked for anything.
func (k importCommand) read(in io.Reader) (out importing, err error) {
	out = importing{Feed: k.Feed, Dates: k.Dates}
	if k.Patients != "" {
		if out.Patients, err = os.ReadFile(k.Patients); err != nil {
			return out, err
		}
	}
	if k.File == "-" {
		out.File, err = io.ReadAll(in)
		return out, err
	}
	out.File, err = os.ReadFile(k.File)
	return out, err
}

// name returns what an error calls the file.
func (k importCommand) name() string {
	if k.File == "-" {
		return "standard input"
	}
	return k.File
}

// intoRedis imports into the configured Redis.
func (k importCommand) intoRedis(w world, c *Config, in importing) (*imported, error) {
	a, err := wireBooks(w, c)
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.store.Close() }()
	act := "bot appointments import"
	if in.Dry {
		act += " --dry-run"
	}
	if err := record(w.ctx, a.store, act, handlers.Phone{}); err != nil {
		return nil, err
	}
	out, err := a.importFile(w.ctx, in, progress(w.err))
	if out == nil {
		err = fmt.Errorf("%s: %w", k.name(), err)
	}
	return out, err
}

// importFile imports the good rows of a file, for the command and for the sandbox's page. With an
// error, the result says how far the import came; it is nil if the file couldn't be read. progress
// is called after each visit.
func (a *app) importFile(
	ctx context.Context, in importing, progress func(done, of int),
) (*imported, error) {
	how, err := a.how(in)
	if err != nil {
		return nil, err
	}
	file, err := feed.Read(in.File, how, rulesOf(a.base, a.texter.Untexted))
	if err != nil {
		return nil, err
	}
	if err := a.visits.Known(ctx, file.Visits, a.imports()); err != nil {
		return nil, err
	}
	found, err := a.visits.Doubt(ctx, file.Visits)
	if err != nil {
		return nil, err
	}
	out := &imported{
		Faults: []feed.Fault{}, Warnings: []feed.Fault{}, // JSON has empty lists, not null
		LeftOut: file.LeftOut, NoIDs: file.NoIDs,
	}
	for _, f := range append(file.Faults, file.Doubts(found)...) {
		if f.Warning {
			out.Warnings = append(out.Warnings, f)
		} else {
			out.Faults = append(out.Faults, f)
		}
	}
	if in.Dry {
		out.Dry, out.Own = true, file.Own
		return out, a.prospect(ctx, file, out)
	}
	from := "a file"
	if in.Feed != "" {
		from = fmt.Sprintf("a file of the feed %q", in.Feed)
	}
	if _, err := a.visits.Ask(ctx, from, file.Visits, file.Lines); err != nil {
		return nil, err
	}
	if err := a.visits.AllConsented(ctx, file.Consents, handlers.WayImport); err != nil {
		return nil, err
	}
	n, err := a.visits.Import(ctx, file.Visits, progress)
	out.Imported, out.Updated = n[visits.Imported], n[visits.Updated]
	out.Unchanged, out.Cancelled = n[visits.Unchanged], n[visits.Cancelled]
	return out, err
}

// how says how a file is read: by the feed that it names, or by its header.
func (a *app) how(in importing) (feed.How, error) {
	how := feed.How{Dates: in.Dates, Patients: in.Patients}
	if in.Feed == "" {
		return how, nil
	}
	f, ok := a.base.Clinic.Feed(in.Feed)
	if !ok {
		var known []string
		for _, f := range a.base.Clinic.Feeds {
			known = append(known, f.Name)
		}
		if known == nil {
			return how, fmt.Errorf("clinic.yaml has no feeds: bot appointments map makes one")
		}
		return how, fmt.Errorf(
			"clinic.yaml has no feed %q: it has %s", in.Feed, strings.Join(known, ", "))
	}
	how.Feed = f
	return how, nil
}

// imports returns the names that files are imported by.
func (a *app) imports() []string {
	out := []string{feed.FileSource}
	for _, f := range a.base.Clinic.Feeds {
		if f.Kind == settings.FeedFile {
			out = append(out, f.Name)
		}
	}
	return out
}

// rulesOf returns what a file of visits must comply with.
func rulesOf(base *knowledge.Base, untexted func(handlers.Phone) string) feed.Rules {
	labels := map[string]string{}
	for kind, of := range base.Clinic.VisitTypes {
		for _, label := range of.Label {
			labels[feed.Plain(label)] = kind
		}
	}
	return feed.Rules{
		Zone: base.Clinic.Location(), Types: base.Clinic.Types(), Langs: language.All(),
		Labels: labels, Untexted: untexted,
	}
}

// intoSandbox imports into the sandbox of this machine, however long that takes: to give up would
// leave the user in doubt about what is in. A line on standard error says meanwhile that it goes
// on. The result is nil with any error.
func (k importCommand) intoSandbox(w world, c *Config, in importing) (*imported, error) {
	kind, data := "text/csv", in.File
	if in.Dry || in.Feed+in.Dates != "" || in.Patients != nil {
		var err error
		if data, err = json.Marshal(in); err != nil {
			return nil, err
		}
		kind = "application/json"
	}
	done := working(w.err, func() string {
		return k.name() + ": the sandbox is taking it in" + importedSoFar(w, c)
	})
	body, err := askSandbox(w.ctx, w, c, "import", kind, data)
	done()
	if told := (refused{}); errors.As(err, &told) { // it is about the file
		err = fmt.Errorf("%s: %w", k.name(), err)
	}
	if err != nil {
		return nil, err
	}
	out := new(imported)
	return out, json.Unmarshal(body, out)
}

// importedSoFar says how far the sandbox is with an import: ", 120 of 5000 visits"; "" if it
// doesn't say.
func importedSoFar(w world, c *Config) string {
	ctx, cancel := context.WithTimeout(w.ctx, time.Second)
	defer cancel()
	url := "http://localhost:" + c.Port + "/sandbox/importing"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return ""
	}
	resp, err := (&http.Client{Transport: w.transport}).Do(req)
	if err != nil {
		return ""
	}
	defer func() { _ = resp.Body.Close() }()
	var far struct{ Done, Of int }
	if json.NewDecoder(resp.Body).Decode(&far) != nil || far.Of == far.Done {
		return ""
	}
	return fmt.Sprintf(", %d of %d visits", far.Done, far.Of)
}

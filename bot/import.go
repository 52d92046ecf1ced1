package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// importCommand is `bot appointments import`. A clinic may run it from cron on each export, so the
// same file may come again and a bad row must not keep the good ones out.
type importCommand struct {
	File string `arg:"" help:"The CSV file, - for standard input."`
	JSON bool   `name:"json" help:"The result as JSON."`
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
}

// Run imports the good rows and reports each bad one by line and column. With no Redis configured
// it imports into the sandbox that runs on this machine. Faults are printed as part of the result
// and end in an error too, so that cron's mail or a script notices; the good rows are in by then.
func (k importCommand) Run(w world, c *Config) error {
	data, err := k.read(w.in)
	if err != nil {
		return err
	}
	var out *imported
	if c.RedisURL != "" {
		out, err = k.intoRedis(w, c, data)
	} else {
		out, err = k.intoSandbox(w, c, data)
	}
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
	}
	return err
}

// show prints the result: for people a line of counts and a table of faults, or one line of JSON. A
// fault never repeats the field, so neither holds a name or a number.
func (k importCommand) show(to io.Writer, out *imported) error {
	if k.JSON {
		return json.NewEncoder(to).Encode(out)
	}
	cancelled := ""
	if out.Cancelled > 0 {
		cancelled = fmt.Sprintf(", %d cancelled", out.Cancelled)
	}
	warnings := ""
	if n := len(out.Warnings); n > 0 {
		warnings = fmt.Sprintf(", %d warnings", n)
	}
	fmt.Fprintf(
		to, "%d imported, %d updated, %d unchanged%s, %d faults%s\n",
		out.Imported, out.Updated, out.Unchanged, cancelled, len(out.Faults), warnings,
	)
	if len(out.Faults)+len(out.Warnings) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "LINE\tCOLUMN\tWHAT")
	for _, f := range slices.Concat(out.Faults, out.Warnings) {
		fmt.Fprintf(t, "%d\t%s\t%s\n", f.Line, orDash(f.Column), f.What)
	}
	return t.Flush()
}

// read returns the whole file, before Redis or the sandbox is asked for anything.
func (k importCommand) read(in io.Reader) ([]byte, error) {
	if k.File == "-" {
		return io.ReadAll(in)
	}
	return os.ReadFile(k.File)
}

// name returns what an error calls the file.
func (k importCommand) name() string {
	if k.File == "-" {
		return "standard input"
	}
	return k.File
}

// intoRedis imports into the configured Redis. With an error, the result says how far the import
// came; it is nil if the file couldn't be read.
func (k importCommand) intoRedis(w world, c *Config, data []byte) (*imported, error) {
	a, err := wireBooks(w, c)
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.store.Close() }()
	if err := record(w.ctx, a.store, "bot appointments import", handlers.Phone{}); err != nil {
		return nil, err
	}
	out, err := a.importCSV(w.ctx, bytes.NewReader(data), progress(w.err))
	if out == nil {
		err = fmt.Errorf("%s: %w", k.name(), err)
	}
	return out, err
}

// importCSV imports the good rows of a file, for the command and for the sandbox's page. With an
// error, the result says how far the import came; it is nil if the file couldn't be read. progress
// is called after each visit.
func (a *app) importCSV(
	ctx context.Context, csv io.Reader, progress func(done, of int),
) (*imported, error) {
	data, err := io.ReadAll(csv)
	if err != nil {
		return nil, err
	}
	file, err := feed.Read(data, feed.How{}, a.rules())
	if err != nil {
		return nil, err
	}
	found, err := a.visits.Doubt(ctx, file.Visits)
	if err != nil {
		return nil, err
	}
	if _, err := a.visits.Ask(ctx, "a file", file.Visits, file.Lines); err != nil {
		return nil, err
	}
	faults, warnings := []feed.Fault{}, []feed.Fault{} // JSON has empty lists, not null
	for _, f := range append(file.Faults, file.Doubts(found)...) {
		if f.Warning {
			warnings = append(warnings, f)
		} else {
			faults = append(faults, f)
		}
	}
	n, err := a.visits.Import(ctx, file.Visits, progress)
	return &imported{
		Imported: n[visits.Imported], Updated: n[visits.Updated],
		Unchanged: n[visits.Unchanged], Cancelled: n[visits.Cancelled],
		Faults: faults, Warnings: warnings,
	}, err
}

// rules returns what a file of visits must comply with.
func (a *app) rules() feed.Rules {
	labels := map[string]string{}
	for kind, of := range a.base.Clinic.VisitTypes {
		for _, label := range of.Label {
			labels[feed.Plain(label)] = kind
		}
	}
	return feed.Rules{
		Zone: a.base.Clinic.Location(), Types: a.base.Clinic.Types(), Langs: language.All(),
		Labels: labels, Untexted: a.texter.Untexted,
	}
}

// intoSandbox imports into the sandbox of this machine, however long that takes: a large file takes
// minutes, and to give up would leave the user in doubt about what is in. A line on standard error
// says meanwhile that it goes on. The result is nil with any error.
func (k importCommand) intoSandbox(w world, c *Config, data []byte) (*imported, error) {
	done := working(w.err, k.name()+": the sandbox is taking it in")
	body, err := askSandbox(w.ctx, w, c, "import", "text/csv", data)
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

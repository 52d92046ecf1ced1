package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

type importCommand struct {
	File string `arg:"" help:"The CSV file, - for standard input."`
	JSON bool   `name:"json" help:"The result as JSON."`
}

// imported is the result of an import; /sandbox/import answers the same.
type imported struct {
	Imported  int          `json:"imported"`
	Updated   int          `json:"updated"`
	Unchanged int          `json:"unchanged"`
	Cancelled int          `json:"cancelled,omitempty"` // taken off: the file says so
	Faults    []feed.Fault `json:"faults"`
}

// Run imports the good rows and reports each bad one by line and column. With no Redis configured
// it imports into the sandbox that runs on this machine.
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
	// An import that broke off has faults to show all the same.
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

// show prints the result for people, or as JSON.
func (k importCommand) show(to io.Writer, out *imported) error {
	if k.JSON {
		return json.NewEncoder(to).Encode(out)
	}
	cancelled := ""
	if out.Cancelled > 0 {
		cancelled = fmt.Sprintf(", %d cancelled", out.Cancelled)
	}
	fmt.Fprintf(
		to, "%d imported, %d updated, %d unchanged%s, %d faults\n",
		out.Imported, out.Updated, out.Unchanged, cancelled, len(out.Faults),
	)
	if len(out.Faults) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(to, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "LINE\tCOLUMN\tWHAT")
	for _, f := range out.Faults {
		fmt.Fprintf(t, "%d\t%s\t%s\n", f.Line, orDash(f.Column), f.What)
	}
	return t.Flush()
}

// read returns the file's content.
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

// importCSV imports the good rows of a file. With an error, the result says how far the import
// came; it is nil if the file couldn't be read.
func (a *app) importCSV(
	ctx context.Context, csv io.Reader, progress func(done, of int),
) (*imported, error) {
	rows, faults, err := feed.ReadCSV(csv, a.rules())
	if err != nil {
		return nil, err
	}
	n, err := a.visits.Import(ctx, rows, progress)
	if faults == nil {
		faults = []feed.Fault{}
	}
	return &imported{
		Imported: n[visits.Imported], Updated: n[visits.Updated],
		Unchanged: n[visits.Unchanged], Cancelled: n[visits.Cancelled], Faults: faults,
	}, err
}

// rules returns what a file of visits must comply with.
func (a *app) rules() feed.Rules {
	return feed.Rules{
		Zone: a.base.Clinic.Location(), Types: a.base.Clinic.Types(), Langs: language.All(),
	}
}

// intoSandbox imports into the sandbox of this machine, however long that takes.
func (k importCommand) intoSandbox(w world, c *Config, data []byte) (*imported, error) {
	done := working(w.err, k.name()+": the sandbox is taking it in")
	body, err := askSandbox(w.ctx, w, c, "import", "text/csv", data)
	done()
	if told := (refused{}); errors.As(err, &told) {
		err = fmt.Errorf("%s: %w", k.name(), err)
	}
	if err != nil {
		return nil, err
	}
	out := new(imported)
	return out, json.Unmarshal(body, out)
}

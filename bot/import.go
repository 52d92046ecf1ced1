package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"text/tabwriter"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers/visits"
)

type importCommand struct {
	File string `arg:"" help:"The CSV file, - for standard input."`
	JSON bool   `name:"json" help:"The result as JSON."`
}

// imported is what an import came to, as /sandbox/import answers too.
type imported struct {
	Imported  int          `json:"imported"`
	Updated   int          `json:"updated"`
	Unchanged int          `json:"unchanged"`
	Cancelled int          `json:"cancelled,omitempty"` // off, says the file
	Faults    []feed.Fault `json:"faults"`
}

// Run imports the good rows and reports each bad one by line and column. With no Redis configured it imports into the sandbox that runs on this
// machine.
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
	// What broke off half-way has faults to tell all the same.
	if shown := k.show(w.out, out); err == nil {
		err = shown
	}
	if n := len(out.Faults); err == nil && n > 0 {
		err = fmt.Errorf("%d faults in %s; the other rows are imported: mend these and import the file again", n, k.name())
	}
	return err
}

func (k importCommand) show(to io.Writer, out *imported) error {
	if k.JSON {
		return json.NewEncoder(to).Encode(out)
	}
	cancelled := ""
	if out.Cancelled > 0 {
		cancelled = fmt.Sprintf(", %d cancelled", out.Cancelled)
	}
	fmt.Fprintf(to, "%d imported, %d updated, %d unchanged%s, %d faults\n", out.Imported, out.Updated, out.Unchanged, cancelled, len(out.Faults))
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

func (k importCommand) read(in io.Reader) ([]byte, error) {
	if k.File == "-" {
		return io.ReadAll(in)
	}
	return os.ReadFile(k.File)
}

// name is the file as an error names it.
func (k importCommand) name() string {
	if k.File == "-" {
		return "standard input"
	}
	return k.File
}

// intoRedis imports into the configured Redis. With an error, the result is as far as it came; nil if nothing could be read.
func (k importCommand) intoRedis(w world, c *Config, data []byte) (*imported, error) {
	a, err := wireBooks(w, c)
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.store.Close() }()
	out, err := a.importCSV(w.ctx, bytes.NewReader(data), progress(w.err))
	if out == nil {
		err = fmt.Errorf("%s: %w", k.name(), err)
	}
	return out, err
}

// importCSV imports the good rows of a file. With an error, the result is as far as it came; nil if
// the file couldn't be read.
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

// refused is what the sandbox says of a request that it doesn't take.
type refused struct{ what string }

func (r refused) Error() string { return r.what }

// askSandbox posts to the sandbox that runs on this machine.
func askSandbox(ctx context.Context, w world, c *Config, what, kind string, data []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost:"+c.Port+"/sandbox/"+what, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	resp, err := (&http.Client{Transport: w.transport}).Do(req)
	if err != nil {
		return nil, noAnswer(c, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, noAnswer(c, err)
	}
	if resp.StatusCode != http.StatusOK {
		var said struct{ Error string }
		if json.Unmarshal(body, &said) != nil || said.Error == "" {
			return nil, fmt.Errorf("what answers on port %s is no sandbox (%s): set PORT to the sandbox's, or REDIS_URL", c.Port, resp.Status)
		}
		return nil, refused{said.Error}
	}
	return body, nil
}

// noAnswer tells a sandbox that isn't there from one that was asked and hasn't answered, and may have done what it was asked.
func noAnswer(c *Config, err error) error {
	if op := new(net.OpError); errors.As(err, &op) && op.Op == "dial" {
		return fmt.Errorf("REDIS_URL is not set and no sandbox answers on this machine (port %s): set REDIS_URL, or start the sandbox (go run ./bot) first", c.Port)
	}
	why := "broke off"
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		why = "hasn't answered in time"
	case errors.Is(err, context.Canceled):
		why = "wasn't waited for"
	}
	return fmt.Errorf("the sandbox on port %s %s: it may be at it still. Look at its page, http://localhost:%s, and give the command again: what is done stays as it is", c.Port, why, c.Port)
}

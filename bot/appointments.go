package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/reminder"
	"github.com/beacon-clinic/beacon/knowledge"
)

type appointmentsCommand struct {
	Import importCommand `cmd:"" help:"Import visits from a CSV file: id,name,phone,start,type and, if wanted, zone,lang,status (booked, scheduled, confirmed; cancelled, no-show, deleted take the visit off)."`
	List   listCommand   `cmd:"" help:"List the visits ahead."`
	Why    whyCommand    `cmd:"" help:"Say why a number got each of its texts and offers, or didn't, and what is planned."`
}

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
	var out imported
	if c.RedisURL != "" {
		out, err = k.intoRedis(w, c, data)
	} else {
		out, err = k.intoSandbox(w, c, data)
	}
	if err != nil {
		return err
	}
	if k.JSON {
		return json.NewEncoder(w.out).Encode(out)
	}
	cancelled := ""
	if out.Cancelled > 0 {
		cancelled = fmt.Sprintf(", %d cancelled", out.Cancelled)
	}
	fmt.Fprintf(w.out, "%d imported, %d updated, %d unchanged%s, %d faults\n", out.Imported, out.Updated, out.Unchanged, cancelled, len(out.Faults))
	if len(out.Faults) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "LINE\tCOLUMN\tWHAT")
	for _, f := range out.Faults {
		fmt.Fprintf(t, "%d\t%s\t%s\n", f.Line, orDash(f.Column), f.What)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	return fmt.Errorf("%d faults in %s; the other rows are imported: mend these and import the file again", len(out.Faults), k.File)
}

func (k importCommand) read(in io.Reader) ([]byte, error) {
	if k.File == "-" {
		return io.ReadAll(in)
	}
	return os.ReadFile(k.File)
}

func (k importCommand) intoRedis(w world, c *Config, data []byte) (imported, error) {
	a, err := wireBooks(w, c)
	if err != nil {
		return imported{}, err
	}
	defer func() { _ = a.store.Close() }()
	visits, faults, err := feed.ReadCSV(bytes.NewReader(data), a.rules())
	if err != nil {
		return imported{}, fmt.Errorf("%s: %w", k.File, err)
	}
	n, err := a.visits.Import(w.ctx, visits, progress(w.err))
	if faults == nil {
		faults = []feed.Fault{}
	}
	return imported{n[reminder.Imported], n[reminder.Updated], n[reminder.Unchanged], n[reminder.Cancelled], faults}, err
}

func (k importCommand) intoSandbox(w world, c *Config, data []byte) (out imported, err error) {
	body, err := askSandbox(w, c, "import", "text/csv", data)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(body, &out)
}

// askSandbox posts to the sandbox that runs on this machine.
func askSandbox(w world, c *Config, what, kind string, data []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost:"+c.Port+"/sandbox/"+what, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	resp, err := (&http.Client{Transport: w.transport}).Do(req)
	if err != nil {
		return nil, errors.New("REDIS_URL is not set and no sandbox answers on this machine: set REDIS_URL, or start the sandbox (go run ./bot) first")
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("sandbox: %s", bytes.TrimSpace(body))
	}
	return body, err
}

// progress shows on a terminal how far long work is.
func progress(to io.Writer) func(done, of int) {
	if !terminal(to) {
		return func(int, int) {}
	}
	return func(done, of int) {
		fmt.Fprintf(to, "\r%d of %d", done, of)
		if done == of {
			fmt.Fprint(to, "\r\033[K")
		}
	}
}

// terminal says whether a person watches.
func terminal(to any) bool {
	f, ok := to.(*os.File)
	if !ok {
		return false
	}
	i, err := f.Stat()
	return err == nil && i.Mode()&os.ModeCharDevice != 0
}

// wireBooks opens the store for a command that only reads and books visits.
func wireBooks(w world, c *Config) (*app, error) {
	base, err := readKnowledge(c)
	if err != nil {
		return nil, err
	}
	store, err := redis.Open(redis.Config{URL: c.RedisURL, Now: time.Now})
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL: %w", err)
	}
	return wire(base, store, c.live(), time.Now, slog.New(slog.NewTextHandler(w.err, &slog.HandlerOptions{Level: c.level()}))), nil
}

type listCommand struct {
	Days int `default:"14" help:"How many days ahead."`
}

// Run lists the visits ahead: time, type, first name, last four digits, state.
func (k listCommand) Run(w world, c *Config) error {
	if c.RedisURL == "" {
		return errors.New("REDIS_URL: missing; the sandbox shows its visits on its page (/clinic today)")
	}
	a, err := wireBooks(w, c)
	if err != nil {
		return err
	}
	defer func() { _ = a.store.Close() }()
	visits, err := a.store.Visits(w.ctx, time.Now(), time.Now().AddDate(0, 0, k.Days))
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tSTART\tTYPE\tNAME\tPHONE\tSTATE")
	for _, v := range visits {
		start := v.Start.In(a.base.Clinic.Location())
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", v.ID, knowledge.When(start, "en"), v.Type, knowledge.Greet(v.Name), v.Phone, v.State)
	}
	return t.Flush()
}

type whyCommand struct {
	Number string `arg:"" help:"The last four digits of the number, or all of it."`
}

// Run prints what /clinic why answers, of the configured Redis or of the sandbox that runs on this machine.
func (k whyCommand) Run(w world, c *Config) error {
	text, err := k.ask(w, c)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.out, strings.ReplaceAll(strings.ReplaceAll(text, "```\n", ""), "```", ""))
	return err
}

func (k whyCommand) ask(w world, c *Config) (string, error) {
	if c.RedisURL == "" {
		in, err := json.Marshal(map[string]string{"text": "why " + k.Number})
		if err != nil {
			return "", err
		}
		body, err := askSandbox(w, c, "command", "application/json", in)
		if err != nil {
			return "", err
		}
		var out struct{ Text string }
		err = json.Unmarshal(body, &out)
		return out.Text, err
	}
	a, err := wireBooks(w, c)
	if err != nil {
		return "", err
	}
	defer func() { _ = a.store.Close() }()
	return a.staff.Command(w.ctx, handlers.Command{User: "the command line", Desk: true, Text: "why " + k.Number})
}

package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/figures"
)

// exportAll writes everything that Beacon knows into a new directory that only its owner can read.
// The visits are in the layout that an import reads. With an error, what was written is left there.
func exportAll(w world, c *Config, dir string) error {
	a, err := wireRecords(w, c)
	if err != nil {
		return err
	}
	defer func() { _ = a.store.Close() }()
	if err := os.Mkdir(dir, 0o700); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--out=%s: it is there already: name a new directory", dir)
	} else if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if err := record(w.ctx, a.store, "bot export --all", handlers.Phone{}); err != nil {
		return err
	}
	for _, f := range []struct {
		name, holds string
		write       func(ctx context.Context, to *bufio.Writer) (int, error)
	}{
		{"patients.jsonl", "numbers, with all that is known of each", func(
			ctx context.Context, to *bufio.Writer,
		) (int, error) {
			return a.exportNumbers(ctx, to, progress(w.err))
		}},
		{"visits.csv", "visits, as bot appointments import reads them", a.exportVisits},
		{"learnt.jsonl", "answers that staff have proposed or published", a.exportLearnt},
		{"audit.jsonl", "acts of staff, and looks at what patients wrote", a.exportAudit},
		{"figures.csv", "days with their figures", a.exportFigures},
	} {
		n, err := writeFile(w.ctx, filepath.Join(dir, f.name), f.write)
		if err != nil {
			return fmt.Errorf("%s: %w; the export isn't whole", f.name, err)
		}
		fmt.Fprintf(w.out, "%-15s %6d %s\n", f.name, n, f.holds)
	}
	_, err = fmt.Fprintf(w.out, "\nAll of it is in clear: keep %s as you keep patients' records. The "+
		"words are in KNOWLEDGE_DIR.\n%s\n", dir, elsewhere)
	return err
}

// writeFile makes a file and has write fill it. It returns how many things are in it.
func writeFile(
	ctx context.Context, name string, write func(context.Context, *bufio.Writer) (int, error),
) (n int, err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	to := bufio.NewWriter(f)
	if n, err = write(ctx, to); err != nil {
		return n, err
	}
	return n, to.Flush()
}

// exportNumbers writes a line of JSON for each number.
func (a *app) exportNumbers(
	ctx context.Context, to *bufio.Writer, progress func(done, of int),
) (n int, err error) {
	out := lines(to)
	err = a.store.Everyone(ctx, func(k redis.Known) error {
		n++
		return out.Encode(k)
	}, progress)
	return n, err
}

// exportVisits writes the visits that are kept, soonest first.
func (a *app) exportVisits(ctx context.Context, to *bufio.Writer) (int, error) {
	all, err := a.store.Visits(ctx, time.Unix(0, 0), a.now().AddDate(10, 0, 0))
	if err != nil {
		return 0, err
	}
	fmt.Fprintln(to, feed.Columns)
	out := csv.NewWriter(to)
	for _, v := range all {
		given, err := a.store.Consents(ctx, v.Phone)
		if err != nil {
			return 0, err
		}
		consent := ""
		if n := len(given); n > 0 && !given[n-1].Out && !given[n-1].Given.IsZero() {
			consent = "yes"
		}
		_ = out.Write([]string{
			v.ID, v.Name, v.Phone.E164(), v.Start.In(a.base.Clinic.Location()).Format("2006-01-02 15:04"),
			v.Type, v.Zone, v.Lang, importedAs(v.State), consent,
		}) // Error tells
	}
	out.Flush()
	return len(all), out.Error()
}

// importedAs returns how an import calls a state of a visit.
func importedAs(state string) string {
	switch state {
	case handlers.Off, handlers.Cancelled, handlers.Declined:
		return "cancelled"
	case handlers.Missed:
		return "no-show"
	}
	return state
}

func (a *app) exportLearnt(ctx context.Context, to *bufio.Writer) (int, error) {
	all, err := a.store.Proposals(ctx)
	return writeLines(to, all, err)
}

func (a *app) exportAudit(ctx context.Context, to *bufio.Writer) (int, error) {
	all, err := a.store.Audit(ctx, time.Time{})
	return writeLines(to, all, err)
}

// exportFigures writes a line for each day since the first of which something is known.
func (a *app) exportFigures(ctx context.Context, to *bufio.Writer) (int, error) {
	days, err := a.store.Figures(ctx, figures.Days(a.now(), a.base.Clinic.Location(), mostStatsDays))
	if err != nil {
		return 0, err
	}
	for len(days) > 1 && len(days[0].Of) == 0 {
		days = days[1:]
	}
	return len(days), writeStatsCSV(to, figures.Table(a.base.Clinic.Price), days)
}

// writeLines writes a line of JSON for each of some things, unless reading them failed.
func writeLines[T any](to *bufio.Writer, all []T, err error) (int, error) {
	out := lines(to)
	for _, one := range all {
		if err == nil {
			err = out.Encode(one)
		}
	}
	return len(all), err
}

// lines returns an encoder that writes each value on a line of its own.
func lines(to *bufio.Writer) *json.Encoder {
	out := json.NewEncoder(to)
	out.SetEscapeHTML(false)
	return out
}

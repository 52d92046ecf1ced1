// Package folder takes in the files that another system puts into a folder: each once it has stopped
// changing. It then moves the file to done, or to failed if nothing of it could be read, beside a
// report of what came of it.
package folder

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
)

// Feed is a folder, and how its files are read. It remembers how the files were at the last look,
// so its looks must not overlap; another process remembers for itself.
type Feed struct {
	Path string
	// Complete says that each file lists every visit from now to the last in it.
	Complete bool
	// Read reads what a file gives: its visits, and who consented.
	Read func(data []byte) (handlers.Given, []feed.Fault, error)

	seen map[string]stamp // by name
}

// stamp is how a file was when it was first seen so.
type stamp struct {
	size  int64
	mod   time.Time
	since time.Time
}

const (
	// settled is for how long a file must not have changed: whoever writes it may pause.
	settled = 10 * time.Second
	// mostBytes bounds a file that is read. A year of a large clinic has a few megabytes.
	mostBytes = 64 << 20
	done      = "done"
	failed    = "failed"
	// moment stands in front of the names of files that were put away; notTaken begins the reports
	// of those that failed.
	moment   = "20060102-150405"
	notTaken = "Not taken in: "
)

// Look takes the next file that has stopped changing: the oldest, or of complete ones the newest,
// since that says it all. A file that waits for a person's word stays where it is.
func (f *Feed) Look(_ context.Context, _ handlers.Feed, now time.Time) (feed.Look, error) {
	ready, err := f.ready(now)
	if err == nil && len(ready) == 0 {
		return feed.Look{Idle: true}, f.last()
	}
	if err != nil {
		return feed.Look{}, err
	}
	name := ready[0]
	if f.Complete {
		name = ready[len(ready)-1]
		for _, old := range ready[:len(ready)-1] {
			report := "Not read: a newer file came, and each lists all visits.\n"
			if err := f.move(old, done, report, now); err != nil {
				return feed.Look{}, err
			}
		}
	}
	look := feed.Look{More: !f.Complete && len(ready) > 1}
	given, faults, err := f.read(name)
	look.Done = func(report string, held bool, failure error) error {
		return f.over(name, reportOf(report, faults, failure), held, failure, now)
	}
	if err != nil {
		return look, err
	}
	given.Sure, given.Faults = true, counted(faults)
	for i := range given.Visits {
		v := &given.Visits[i]
		v.External = cmp.Or(v.External, v.ID)
		if !v.Start.Before(given.Until) {
			given.Until = v.Start.Add(time.Second)
		}
	}
	// A row that can't be read may be of a visit that stands: then none is missing.
	given.Whole = f.Complete && !slices.ContainsFunc(faults, func(f feed.Fault) bool {
		return !f.Warning
	})
	look.Given = given
	return look, nil
}

// ready returns the names of the files that have stopped changing, the oldest first.
func (f *Feed) ready(now time.Time) (out []string, err error) {
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return nil, fmt.Errorf("the folder can't be read: %w", plain(err))
	}
	seen := map[string]stamp{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || partial(e.Name()) {
			continue // it has gone since, or is no file that another system put there whole
		}
		is := stamp{size: info.Size(), mod: info.ModTime(), since: now}
		was, known := f.seen[e.Name()]
		if known && was.size == is.size && was.mod.Equal(is.mod) {
			is.since = was.since
			if now.Sub(is.since) >= settled {
				out = append(out, e.Name())
			}
		}
		seen[e.Name()] = is
	}
	f.seen = seen
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(seen[a].mod.Compare(seen[b].mod), cmp.Compare(a, b))
	})
	return out, nil
}

// partial reports whether a file is hidden, or named as one that is still being written.
func partial(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") {
		return true
	}
	ends := []string{".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download"}
	return slices.Contains(ends, strings.ToLower(filepath.Ext(name)))
}

// read reads a file.
func (f *Feed) read(name string) (given handlers.Given, faults []feed.Fault, err error) {
	file, err := os.Open(filepath.Join(f.Path, name))
	if err != nil {
		return given, nil, fmt.Errorf("a file can't be opened: %w", plain(err))
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, mostBytes+1))
	if err != nil {
		return given, nil, fmt.Errorf("a file can't be read: %w", plain(err))
	}
	if len(data) > mostBytes {
		return given, nil, fmt.Errorf("a file is larger than %d MB", mostBytes>>20)
	}
	return f.Read(data)
}

// last returns why the last file failed, until one comes that doesn't, or somebody takes it away.
// It goes by the folder, so that all processes say the same.
func (f *Feed) last() error {
	bad, good := newest(filepath.Join(f.Path, failed)), newest(filepath.Join(f.Path, done))
	if bad == "" || bad[:len(moment)] < good[:min(len(good), len(moment))] {
		return nil
	}
	report, err := os.ReadFile(filepath.Join(f.Path, failed, bad))
	why, _, _ := strings.Cut(string(report), "\n")
	if err != nil || !strings.HasPrefix(why, notTaken) {
		return errors.New("the last file failed")
	}
	return errors.New(strings.TrimPrefix(why, notTaken))
}

// newest returns the name of the newest report in a folder; "" if there is none.
func newest(dir string) (out string) {
	entries, err := os.ReadDir(dir)
	if err != nil { // nothing was put there yet
		return ""
	}
	for _, e := range entries { // sorted, and the time stands in front
		if n := e.Name(); strings.HasSuffix(n, ".txt") && len(n) > len(moment) {
			out = n
		}
	}
	return out
}

// over puts a file away once it is known what came of it. One that the store, or a shutdown, kept
// from being taken in is read again, and so is one that waits for a person.
func (f *Feed) over(name, report string, held bool, failure error, now time.Time) error {
	switch {
	case held, errors.Is(failure, handlers.ErrAway), errors.Is(failure, context.Canceled),
		errors.Is(failure, context.DeadlineExceeded):
		return nil
	case failure != nil:
		return f.move(name, failed, report, now)
	}
	return f.move(name, done, report, now)
}

// move moves a file to a folder in the folder, with a report beside it. It keeps a file of the same
// name that is there: the time stands in front.
func (f *Feed) move(name, to, report string, now time.Time) error {
	dir := filepath.Join(f.Path, to)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("a file can't be put away: %w", plain(err))
	}
	at := now.UTC().Format(moment)
	target := filepath.Join(dir, at+"-"+name)
	for n := 2; exists(target) && n < 1000; n++ {
		target = filepath.Join(dir, fmt.Sprintf("%s-%d-%s", at, n, name))
	}
	// The report first: a file that lies there without one says nothing.
	if err := os.WriteFile(target+".txt", []byte(report), 0o600); err != nil {
		return fmt.Errorf("a report can't be written: %w", plain(err))
	}
	if err := os.Rename(filepath.Join(f.Path, name), target); err != nil {
		return fmt.Errorf("a file can't be put away: %w", plain(err))
	}
	delete(f.seen, name)
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// plain returns an error of the file system without the path, in which a patient's name may be.
func plain(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

// reportOf is what a report says: what came of the file, and what is wrong with which rows.
func reportOf(did string, faults []feed.Fault, failure error) string {
	var b strings.Builder
	if failure != nil {
		fmt.Fprintf(&b, "%s%v\n", notTaken, failure)
	} else {
		fmt.Fprintf(&b, "Taken in: %s\n", cmp.Or(did, "nothing was new"))
	}
	for _, f := range faults {
		column := ""
		if f.Column != "" {
			column = ", " + f.Column
		}
		fmt.Fprintf(&b, "line %d%s: %s\n", f.Line, column, f.What)
	}
	return b.String()
}

// counted says how many rows of a file weren't read.
func counted(faults []feed.Fault) []string {
	lines := map[int]bool{}
	for _, f := range faults {
		if !f.Warning {
			lines[f.Line] = true
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d rows of the last file: see its report in %s", len(lines), done)}
}

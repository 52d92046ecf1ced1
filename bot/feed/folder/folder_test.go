package folder_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/bot/feed/folder"
	"github.com/beacon-clinic/beacon/handlers"
)

const (
	header = "id,name,phone,start,type\n"
	ana    = "a,Ana Example,212-555-0101,2026-12-01 14:30,consult\n"
	ben    = "b,Ben Example,212-555-0102,2026-12-02 14:30,consult\n"
)

// box is a folder with the feed that watches it, by a clock that the test turns.
type box struct {
	t *testing.T
	*folder.Feed
	now time.Time
}

func newBox(t *testing.T) *box {
	rules := feed.Rules{Zone: time.UTC, Types: []string{"consult"}}
	return &box{t: t, now: time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC), Feed: &folder.Feed{
		Path: t.TempDir(),
		Read: func(data []byte) (handlers.Given, []feed.Fault, error) {
			visits, faults, err := feed.ReadCSV(bytes.NewReader(data), rules)
			return handlers.Given{Visits: visits}, faults, err
		},
	}}
}

// put writes a file as another system does. Its time is the clock's.
func (b *box) put(name, content string) {
	b.t.Helper()
	path := filepath.Join(b.Path, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
	if err := os.Chtimes(path, b.now, b.now); err != nil {
		b.t.Fatal(err)
	}
}

// look looks a minute later; with done, what it gives is taken in, or not for an error.
func (b *box) look(held bool, failure error) (feed.Look, error) {
	b.t.Helper()
	b.now = b.now.Add(time.Minute)
	l, err := b.Look(b.t.Context(), handlers.Feed{}, b.now)
	if l.Done != nil {
		if err := l.Done("1 booked", held, errors.Join(err, failure)); err != nil {
			b.t.Fatal(err)
		}
	}
	return l, err
}

// has checks what is in the folder, or in one within it, without the times in front.
func (b *box) has(dir string, want ...string) {
	b.t.Helper()
	entries, _ := os.ReadDir(filepath.Join(b.Path, dir)) // one that isn't there has nothing
	var got []string
	for _, e := range entries {
		name := e.Name()
		if dir != "" {
			name = name[len("20060102-150405-"):]
		}
		if !e.IsDir() {
			got = append(got, name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		b.t.Errorf("%q has %v, want %v", dir, got, want)
	}
}

// report returns the report of a file that was put away.
func (b *box) report(dir, name string) string {
	b.t.Helper()
	found, err := filepath.Glob(filepath.Join(b.Path, dir, "*-"+name+".txt"))
	if err != nil || len(found) != 1 {
		b.t.Fatal(found, err)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		b.t.Fatal(err)
	}
	return string(data)
}

func TestAFileIsTakenInOnce(t *testing.T) {
	b := newBox(t)
	if l, err := b.look(false, nil); err != nil || !l.Idle {
		t.Fatalf("%+v %v", l, err)
	}
	b.put("visits.csv", header+ana+"c,,x,2026-12-01 14:30,consult\n")
	if l, err := b.look(false, nil); err != nil || !l.Idle {
		t.Fatalf("it may be written still: %+v %v", l, err)
	}
	l, err := b.look(false, nil)
	if err != nil || len(l.Given.Visits) != 1 || l.Given.Visits[0].External != "a" || l.Given.Whole {
		t.Fatalf("%+v %v", l, err)
	}
	b.has("")
	b.has("done", "visits.csv", "visits.csv.txt")
	says := b.report("done", "visits.csv")
	if !strings.HasPrefix(says, "Taken in: 1 booked\nline 3, name: ") || strings.Contains(says, "Ana") {
		t.Error(says)
	}
	if l, err := b.look(false, nil); err != nil || !l.Idle {
		t.Errorf("again: %+v %v", l, err)
	}
}

// A file is left alone as long as it changes, and so is what only looks like one.
func TestNoHalfWrittenFile(t *testing.T) {
	b := newBox(t)
	for i := range 5 {
		b.put("visits.csv", header+strings.Repeat(" ", i)+ana)
		if l, err := b.look(false, nil); err != nil || !l.Idle {
			t.Fatalf("%+v %v", l, err)
		}
	}
	b.put(".hidden.csv", header+ana)
	b.put("more.csv.part", header+ana)
	b.put("~lock.csv", header+ana)
	if err := os.Mkdir(filepath.Join(b.Path, "sub.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(b.Path, "link.csv")); err != nil {
		t.Fatal(err)
	}
	if l, err := b.look(false, nil); err != nil || len(l.Given.Visits) != 1 {
		t.Fatalf("%+v %v", l, err)
	}
	for range 3 {
		if l, err := b.look(false, nil); err != nil || !l.Idle {
			t.Errorf("%+v %v", l, err)
		}
	}
	b.has("", ".hidden.csv", "link.csv", "more.csv.part", "~lock.csv")
}

// What can't be read goes apart, and is told until a good file comes.
func TestAFileThatFails(t *testing.T) {
	b := newBox(t)
	b.put("visits.csv", "this is no table\n")
	b.look(false, nil)
	_, first := b.look(false, nil)
	if first == nil {
		t.Fatal("it is read")
	}
	b.has("failed", "visits.csv", "visits.csv.txt")
	for range 2 {
		if _, err := b.look(false, nil); err == nil || err.Error() != first.Error() {
			t.Errorf("then: %v, first %v", err, first)
		}
	}
	b.put("visits.csv", header+ana)
	b.look(false, nil)
	if _, err := b.look(false, nil); err != nil {
		t.Fatal(err)
	}
	if l, err := b.look(false, nil); err != nil || !l.Idle {
		t.Errorf("%+v %v", l, err)
	}
}

// What the store or a person holds up stays, and is read again.
func TestAFileThatWaits(t *testing.T) {
	b := newBox(t)
	b.put("visits.csv", header+ana)
	b.look(false, nil)
	for _, c := range []struct {
		held    bool
		failure error
	}{
		{held: true}, {failure: handlers.ErrAway}, {failure: context.DeadlineExceeded},
	} {
		if l, err := b.look(c.held, c.failure); err != nil || len(l.Given.Visits) != 1 {
			t.Fatalf("%+v %v", l, err)
		}
		b.has("", "visits.csv")
	}
	b.look(false, nil)
	b.has("")
}

// Of files that are complete the newest counts; of others each, in their order.
func TestSeveralFiles(t *testing.T) {
	for name, complete := range map[string]bool{"complete": true, "each": false} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			b.Complete = complete
			b.put("z.csv", header+ana+ben)
			b.now = b.now.Add(time.Second)
			b.put("a.csv", header+ben)
			b.look(false, nil)
			l, err := b.look(false, nil)
			if err != nil || l.More == complete || l.Given.Whole != complete {
				t.Fatalf("%+v %v", l, err)
			}
			if complete {
				last := time.Date(2026, 12, 2, 14, 30, 1, 0, time.UTC)
				if len(l.Given.Visits) != 1 || !l.Given.Until.Equal(last) {
					t.Errorf("%+v", l.Given)
				}
				if says := b.report("done", "z.csv"); !strings.Contains(says, "a newer file came") {
					t.Error(says)
				}
			} else if len(l.Given.Visits) != 2 {
				t.Errorf("%+v", l.Given)
			} else {
				b.look(false, nil)
			}
			b.has("done", "a.csv", "a.csv.txt", "z.csv", "z.csv.txt")
		})
	}
}

// A complete file with a row that can't be read takes nothing off: the row may be what is missing.
func TestACompleteFileWithAFault(t *testing.T) {
	b := newBox(t)
	b.Complete = true
	b.put("visits.csv", header+ana+"b,Ben Example,no number,2026-12-02 14:30,consult\n")
	b.look(false, nil)
	if l, err := b.look(false, nil); err != nil || l.Given.Whole || len(l.Given.Faults) != 1 {
		t.Errorf("%+v %v", l, err)
	}
}

// No fault names the folder's files: a patient may be in the name.
func TestAFolderThatIsNotThere(t *testing.T) {
	b := newBox(t)
	b.Path += "/Ana Example"
	if _, err := b.look(false, nil); err == nil || strings.Contains(err.Error(), "Ana") {
		t.Error(err)
	}
}

package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/feed/ics"
)

// mistaken are the events that a judge reads otherwise than the standard says, with why.
var mistaken = map[string]string{
	"nodeical ownzone.ics own-1":                                       "it takes a zone that the file defines for UTC",
	"nodeical ownzone.ics own-2":                                       "it takes a zone that the file defines for UTC",
	"nodeical rules.ics extra-dates":                                   "it has no RDATE",
	"nodeical rules.ics moved-into-the-window":                         "it looks for exceptions within the window alone",
	"nodeical exchange.ics 040000008200E00074C5B7101A82E00800000000B0": "it doesn't read the title",
	"icaljs exchange.ics 040000008200E00074C5B7101A82E00800000000B0":   "it doesn't read the title",
}

// Our reader finds the same occurrences as the two readers that others use, or as the one of them
// that keeps to the standard.
func TestCalendarsAreReadAsOthersDo(t *testing.T) {
	from := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	until := time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)
	const iso = "2006-01-02T15:04:05.000Z"
	type question struct {
		Data  string `json:"data"`
		From  string `json:"from"`
		Until string `json:"until"`
	}
	files, err := filepath.Glob("feed/ics/testdata/*.ics")
	if err != nil || len(files) < 6 {
		t.Fatal(files, err)
	}
	var questions []question
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		questions = append(questions, question{string(data), from.Format(iso), until.Format(iso)})
	}
	var verdicts []map[string][][2]string
	ask(t, "ics.mjs", questions, &verdicts)
	judged := 0
	for i, f := range files {
		all, unread, err := ics.Occurrences(t.Context(), []byte(questions[i].Data), ics.Window{
			From: from, Until: until, Clinic: time.UTC, Most: 1000,
		})
		if err != nil || len(unread) > 0 {
			t.Fatalf("%s: %v %v", f, err, unread)
		}
		ours := map[string][]string{}
		for _, o := range all {
			if !o.Off {
				ours[o.UID] = append(ours[o.UID], o.Start.UTC().Format(iso))
			}
		}
		for judge, found := range verdicts[i] {
			theirs := map[string][]string{}
			for _, one := range found {
				theirs[one[0]] = append(theirs[one[0]], one[1])
			}
			for uid := range uids(ours, theirs) {
				same := slices.Equal(ours[uid], theirs[uid])
				why := mistaken[judge+" "+filepath.Base(f)+" "+uid]
				switch {
				case same && why == "":
					judged++
				case same:
					t.Errorf("%s of %s: %s reads it right by now: %s", uid, f, judge, why)
				case why == "":
					t.Errorf("%s of %s: %v, %s has %v", uid, f, ours[uid], judge, theirs[uid])
				}
			}
		}
	}
	if judged < 30 {
		t.Errorf("the judges agree on %d events", judged)
	}
}

// uids are the events that either has.
func uids(a, b map[string][]string) map[string]bool {
	out := map[string]bool{}
	for _, m := range []map[string][]string{a, b} {
		for uid := range m {
			out[uid] = true
		}
	}
	return out
}

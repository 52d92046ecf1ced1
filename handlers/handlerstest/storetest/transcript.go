package storetest

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// A transcript has what a turn says was said, and each text of the ledger once it has left, by the
// time at which it was said. A text that fails isn't in it.
func transcriptOfBothSides(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		said := []handlers.Said{
			{ID: "t1", At: now.Add(-2 * time.Second), From: handlers.FromPatient, Text: "where do I park?"},
			{
				ID: "t1", At: now.Add(-time.Second), From: handlers.FromBot, Kind: "answer",
				Entry: "parking", Text: "In the yard.",
			},
		}
		Turn(t, r, "1", p, handlers.Effects{Said: said})
		row := Row(t, "r1")
		row.To, row.Kind, row.Body, row.By = p, "staff", "See you at 9", "U1"
		Plan(t, r, "2", nil, row)
		send(t, r, "r1", handlers.Sent)
		lost := Row(t, "r2")
		lost.To = p
		Plan(t, r, "3", nil, lost)
		send(t, r, "r2", handlers.Failed)
		late := handlers.Said{
			ID: "t0", At: now.Add(-time.Hour), From: handlers.FromPatient, Text: "hello",
		}
		Turn(t, r, "4", p, handlers.Effects{Said: []handlers.Said{late}})
		got, err := r.Transcript(t.Context(), p)
		if err != nil || len(got) != 4 || got[0].ID != "t0" {
			t.Fatalf("%+v, %v", got, err)
		}
		last := got[3]
		if last.ID != "r1" || last.From != "U1" || last.Kind != "staff" ||
			last.Text != "See you at 9" {
			t.Errorf("got %+v", last)
		}
		other, err := r.Transcript(t.Context(), Phone(t, "0102"))
		if err != nil || len(other) != 0 {
			t.Errorf("another number has %+v, %v", other, err)
		}
	})
}

// What staff wrote without sending it is found by its message; written again, it is the newer.
func draftsAreKept(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		want := handlers.Draft{ID: "m1", Phone: p, Case: "c1", User: "U1", Text: "b", Note: "n1"}
		old := want
		old.Text = "a"
		Turn(t, r, "1", p, handlers.Effects{Drafts: []handlers.Draft{old}})
		Turn(t, r, "2", p, handlers.Effects{Drafts: []handlers.Draft{want}})
		if got, ok, err := r.Draft(t.Context(), "m1"); got != want || !ok || err != nil {
			t.Errorf("%+v %v %v, want %+v", got, ok, err, want)
		}
		if _, ok, err := r.Draft(t.Context(), "m2"); ok || err != nil {
			t.Errorf("%v %v, want none", ok, err)
		}
	})
}

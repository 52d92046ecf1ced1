package staff_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// A reply under the line that tells of an outage reaches no patient, and is marked so.
func TestWhatStaffWriteUnderAnOutageReachesNobody(t *testing.T) {
	o := newOffice(t)
	o.store.Put(handlers.Phone{}, handlers.Effects{Cases: []handlers.Case{
		{ID: "away:1", Channel: handlers.DeskChannel, Kind: kinds.Away, Title: "3 texts"},
	}})
	o.store.Thread("away:1", "T-a")
	r := handlers.ThreadReply{ID: "m", Thread: "T-a", User: "Dana", Text: "hello", Case: true}
	if err := o.Reply(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	q := o.store.Queue()
	if len(o.store.Texts()) != 0 || len(q) != 1 || q[0].State != desk.Refused || q[0].Mark != "m" ||
		!strings.Contains(q[0].Why, "reaches no patient") {
		t.Errorf("%+v, texts %+v", q, o.store.Texts())
	}
}

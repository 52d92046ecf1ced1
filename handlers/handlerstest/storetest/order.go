package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// ids are those of a list, a space between.
func ids[T any](t testing.TB, id func(T) string) func(all []T, err error) string {
	return func(all []T, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, one := range all {
			out = append(out, id(one))
		}
		return strings.Join(out, " ")
	}
}

// turnRecords returns the rows that a turn of a number is decided with.
func turnRecords(
	t testing.TB, r Store, p handlers.Phone,
) (rows []handlers.Record, err error) {
	t.Helper()
	_, _, err = r.TurnWithRecords(t.Context(), "look", p,
		func(_ handlers.State, all []handlers.Record) (handlers.Effects, error) {
			rows = all
			return handlers.Effects{}, nil
		})
	return rows, err
}

// A list has one order: by time, and by id where the times are the same. So what staff are shown is
// the same at each look, and a test of a handler doesn't depend on chance.
func listsInOrder(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		fillLists(t, r, p)
		visit := ids(t, func(v handlers.Visit) string { return v.ID })
		record := ids(t, func(o handlers.Record) string { return strings.TrimPrefix(o.ID, "row-") })
		slot := ids(t, func(s handlers.Slot) string { return s.ID })
		state, later := Peek(t, r, p), now.Add(time.Second)
		for _, c := range []struct{ name, got, want string }{
			{name: "visits", got: visit(r.Visits(t.Context(), now.AddDate(0, 0, -1), later))},
			{name: "a number's visits", got: visit(state.Visits, nil)},
			{name: "records", got: record(r.Records(t.Context(), p))},
			{name: "records of a turn", got: record(turnRecords(t, r, p))},
			{name: "open slots", got: slot(r.OpenSlots(t.Context()))},
			{name: "due slots", got: slot(r.DueSlots(t.Context(), now))},
			{name: "freed slots", got: slot(r.FreedSlots(t.Context()))},
			{name: "a number's offers", got: slot(state.Offers, nil)},
			{
				name: "alarms",
				got:  ids(t, func(c handlers.Case) string { return c.ID })(r.Untaken(t.Context())),
			},
			{
				name: "posts",
				got: ids(t, func(p handlers.Post) string { return p.ID })(
					r.ClaimPosts(t.Context(), false, now, 9, Lease)),
			},
			{
				name: "wishes, by number",
				got: ids(t, func(w handlers.Wish) string { return w.Phone.Last4() })(
					r.Wishes(t.Context())),
				want: "0206 0207 0208 0209",
			},
		} {
			if c.want == "" {
				c.want = "z a b c"
			}
			if c.got != c.want {
				t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
			}
		}
		Claim(t, r, now, "row-z row-a row-b row-c")
	})
}

// fillLists stores three of each noun of one time, and "z", which is an hour earlier.
func fillLists(t testing.TB, r Store, p handlers.Phone) {
	t.Helper()
	earlier := now.Add(-time.Hour)
	for i, id := range []string{"c", "a", "b", "z"} {
		at := now
		if id == "z" {
			at = earlier
		}
		o := Row(t, "row-"+id)
		o.Due = at
		slot := handlers.Slot{
			ID: id, Start: now.Add(time.Hour), State: handlers.SlotOpen, At: at, Next: at,
			Offers: []handlers.Offer{{To: p, At: at, State: handlers.OfferOpen}},
		}
		Turn(t, r, id, p, handlers.Effects{
			Visits: []handlers.Visit{{ID: id, Phone: p, Start: at}},
			Texts:  []handlers.Outgoing{o},
			Slots:  []handlers.Slot{slot},
			Wishes: []handlers.Wish{{Phone: Phone(t, fmt.Sprintf("02%02d", 9-i)), At: at}},
			Cases: []handlers.Case{{
				ID: id, Channel: handlers.UrgentChannel, Kind: kinds.Crisis, Phone: p,
				At: at, Open: true,
			}},
			Posts: []handlers.Post{{ID: id, Case: "none", Do: desk.PostNote, Due: at}},
		})
	}
}

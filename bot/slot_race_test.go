package main_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/patient"
	"github.com/beacon-clinic/beacon/handlers/staff"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// side is one process' worth of handlers, on a store of its own.
type side struct {
	store    *redis.Redis
	patient  *patient.Handler
	visits   *visits.Books
	waitlist *waitlist.Handler
	staff    *staff.Handler
	gate     *gate.Texter
	carrier  *handlerstest.Carrier
}

// newSide puts the handlers together that a slot's way leads through.
func newSide(t *testing.T, base *knowledge.Base, url string, now func() time.Time) side {
	t.Helper()
	store, err := redis.Open(redis.Config{URL: url, Now: now, Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	log := handlerstest.Quiet()
	x := side{store: store, carrier: &handlerstest.Carrier{}}
	x.waitlist = &waitlist.Handler{
		Base: base, Store: store, Slots: store, Register: store, Now: now,
		Meter: handlerstest.Meter{}, Log: log,
	}
	x.gate = &gate.Texter{
		Clinic: base.Clinic, Store: store, Ledger: store, Carrier: x.carrier, Now: now,
		// It words offers only, so no reminder of a visit leaves.
		Wording: &handlerstest.Wording{OnCompose: x.waitlist.Compose},
		Place:   handlerstest.PlaceOf,
		Meter:   handlerstest.Meter{}, Log: log,
	}
	x.visits = &visits.Books{
		Base: base, Store: store, Visits: store, Waitlist: x.waitlist, Now: now,
	}
	x.patient = &patient.Handler{
		Base: base, Store: store, Gate: x.gate, Visits: x.visits, History: store,
		Now: now, Meter: handlerstest.Meter{}, Log: log,
	}
	x.staff = &staff.Handler{Kit: act.Kit{
		Base: base, Store: store, Cases: store, Audit: store, Waitlist: x.waitlist, Now: now,
		Meter: handlerstest.Meter{}, Log: log,
	}}
	return x
}

// TestTheFirstYesHasIt has many patients say YES to the same slot at the same instant, through two
// processes, while the desk stops the offers, staff book the time, the slot falls due and texts
// leave. In every round one patient gets the slot, or nobody if the desk was first, and everyone is
// told the truth, once.
func TestTheFirstYesHasIt(t *testing.T) {
	t.Parallel()
	base := handlerstest.Base(t, `[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`)
	t.Run("one server", func(t *testing.T) {
		firstYes(t, base, redistest.Start(t, "always").URL(), 60)
	})
	t.Run("a cluster", func(t *testing.T) {
		_, urls := redistest.Cluster(t)
		firstYes(t, base, urls, 24)
	})
}

// firstYes runs so many rounds on the Redis at a URL.
func firstYes(t *testing.T, base *knowledge.Base, url string, rounds int) {
	at := handlerstest.At(t, "2026-12-01 10:00")
	now := func() time.Time { return at }
	base.Clinic.Pace = settings.Pace{} // the clock stands still
	sides := [2]side{newSide(t, base, url, now), newSide(t, base, url, now)}
	taken, texts := 0, 0
	for round := range rounds {
		r := race{t: t, round: round, at: at, sides: sides, asked: 2 + round%5}
		r.prepare()
		if r.run(round%4 == 3, round%6 == 5) {
			taken++
		}
		texts += r.texts
	}
	t.Logf("%d heard it by a text that crossed their YES", texts)
	if taken < rounds/2 {
		t.Errorf("of %d slots %d were taken", rounds, taken)
	}
}

// race is one round: a slot, and the patients whom it is offered to.
type race struct {
	t            *testing.T
	round, asked int
	at           time.Time
	sides        [2]side
	slot         handlers.Slot
	texts        int // that told somebody, in place of a reply
}

// phone returns the number of the i-th patient of the round.
func (r *race) phone(i int) handlers.Phone {
	p, err := handlers.NewPhone(fmt.Sprintf("+1212555%02d%02d", r.round, i))
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// prepare stores a slot that is offered to some, who each have a visit that it would take the place
// of.
func (r *race) prepare() {
	store := r.sides[0].store
	r.slot = handlers.Slot{
		ID: fmt.Sprint("slot:r", r.round), Type: "consult", At: r.at, Shown: true,
		Start: r.at.Add(time.Duration(100+r.round) * time.Hour),
		State: handlers.SlotOpen, Next: r.at.Add(time.Hour),
	}
	for i := range r.asked {
		v := handlers.Visit{
			ID: fmt.Sprintf("r%d-%d", r.round, i), Name: "Ana Example", Phone: r.phone(i),
			Type: "consult", Start: r.at.AddDate(0, 1, i),
		}
		if _, err := r.sides[0].visits.Book(r.t.Context(), v); err != nil {
			r.t.Fatal(err)
		}
		r.slot.Offers = append(r.slot.Offers, handlers.Offer{
			To: v.Phone, Row: fmt.Sprint("row", i), Visit: v.ID, At: r.at,
			Until: r.at.Add(time.Hour), State: handlers.OfferOpen,
		})
	}
	card := handlers.Case{
		ID: r.slot.ID, Channel: handlers.DeskChannel, Kind: kinds.Slot, Open: true,
	}
	offered := func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{
			Slots: []handlers.Slot{r.slot}, Cases: []handlers.Case{card},
		}, nil
	}
	if _, _, err := store.Turn(r.t.Context(), r.slot.ID, r.phone(99), offered); err != nil {
		r.t.Fatal(err)
	}
}

// run lets all go at once and says whether a patient took the slot.
func (r *race) run(stops, books bool) bool {
	var wg sync.WaitGroup
	start, replies := make(chan struct{}), make([]handlers.Reply, r.asked)
	together := func(do func(ctx context.Context) error) {
		wg.Go(func() {
			<-start
			if err := do(r.t.Context()); err != nil {
				r.t.Error(err)
			}
		})
	}
	for i := range r.asked {
		for again := range 2 { // each text comes twice, once through each process
			together(func(ctx context.Context) error {
				text := handlers.Text{
					ID: fmt.Sprintf("SM%d-%d", r.round, i), From: r.phone(i), Body: "YES", At: r.at,
				}
				reply, err := r.sides[(i+again)%2].patient.Receive(ctx, text)
				if again == 0 {
					replies[i] = reply
				}
				return err
			})
		}
	}
	if stops {
		together(func(ctx context.Context) error { return r.press(ctx) })
	}
	if books {
		together(func(ctx context.Context) error {
			v := handlers.Visit{
				ID: fmt.Sprint("desk", r.round), Phone: r.phone(98), Type: "consult",
				Start: r.slot.Start,
			}
			_, err := r.sides[1].visits.Book(ctx, v)
			return err
		})
	}
	together(func(ctx context.Context) error { return r.sides[1].waitlist.Deliver(ctx) })
	carry := func(ctx context.Context) error { _, err := r.sides[0].gate.Deliver(ctx); return err }
	together(carry)
	close(start)
	wg.Wait()
	together(carry) // what was planned last
	wg.Wait()
	return r.check(replies, stops || books)
}

// press stops the offers as the button does.
func (r *race) press(ctx context.Context) error {
	thread := "T" + r.slot.ID
	err := r.sides[0].store.SettlePost(
		ctx, handlers.Post{Case: r.slot.ID}, desk.Posted{Thread: thread},
	)
	if err != nil {
		return err
	}
	_, err = r.sides[0].staff.Press(ctx, handlers.Press{
		ID: "P" + r.slot.ID, Thread: thread, Action: desk.ActionStop, User: "Dana",
	})
	return err
}

// check compares what each patient was told with who has the slot, and reports whether one of them
// has it. mayBeNobody says that the desk took part in the race.
func (r *race) check(replies []handlers.Reply, mayBeNobody bool) bool {
	s, ok, err := r.sides[0].store.Slot(r.t.Context(), r.slot.ID)
	if err != nil || !ok {
		r.t.Fatal(ok, err)
	}
	winners := 0
	for i, reply := range replies {
		said, texts := strings.Join(reply.Bodies, "|"), 0
		for _, o := range r.sides[0].carrier.Sent() {
			if o.To == r.phone(i) {
				texts++
				said += o.Body
			}
		}
		state, err := r.sides[0].store.Peek(r.t.Context(), r.phone(i))
		if err != nil {
			r.t.Fatal(err)
		}
		visits := ""
		for _, v := range state.Visits {
			visits += v.State + " "
		}
		won := s.Offers[i].State == handlers.OfferTaken
		switch {
		case won && strings.HasPrefix(said, "It's yours") && visits == "confirmed declined ":
			winners++
		case !won && strings.Count(said, "isn't free any more") == 1 && visits == "booked ":
			r.texts += texts
		default:
			r.t.Errorf("round %d: offer %s was answered %q, with %d texts, visits %s",
				r.round, s.Offers[i].State, said, texts, visits)
		}
	}
	taken := s.State == handlers.SlotTaken
	if winners > 1 || winners == 0 && !mayBeNobody || (winners == 1) != taken {
		r.t.Errorf("round %d: %d have it, the slot is %s (%s)", r.round, winners, s.State, s.End)
	}
	return winners == 1
}

// TestAYesWhileTheOfferStillLeaves has the patient answer, through another process, before the
// carrier has even said that it took the offer: it is their answer to it all the same.
func TestAYesWhileTheOfferStillLeaves(t *testing.T) {
	t.Parallel()
	base := handlerstest.Base(t, `[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]`)
	clock := handlerstest.NewClock(t, "2026-12-01 10:00")
	url := redistest.Start(t, "always").URL()
	here, there := newSide(t, base, url, clock.Now), newSide(t, base, url, clock.Now)
	ana := handlers.Visit{
		ID: "v1", Name: "Ana Example", Phone: handlerstest.Phone(t, "0101"), Type: "consult",
		Start: clock.Now().AddDate(0, 1, 0),
	}
	if _, err := here.visits.Book(t.Context(), ana); err != nil {
		t.Fatal(err)
	}
	free := handlers.Visit{
		ID: "v0", Phone: handlerstest.Phone(t, "0100"), Type: "consult",
		Start: clock.Now().AddDate(0, 0, 4),
	}
	freed := func(handlers.State) (handlers.Effects, error) {
		slots := waitlist.Freed(base.Clinic, free, "can't come", clock.Now())
		return handlers.Effects{Slots: slots}, nil
	}
	if _, _, err := here.store.Turn(t.Context(), "free", ana.Phone, freed); err != nil {
		t.Fatal(err)
	}
	wish := handlers.Wish{Phone: ana.Phone, Type: "consult", By: "Dana"}
	if _, err := here.waitlist.Add(t.Context(), "wish", wish); err != nil {
		t.Fatal(err)
	}
	var reply handlers.Reply
	here.carrier.OnSend = func(handlers.Outgoing) (_ string, err error) {
		yes := handlers.Text{ID: "SM1", From: ana.Phone, Body: "YES", At: clock.Now()}
		reply, err = there.patient.Receive(t.Context(), yes)
		return "", err
	}
	clock.Add(base.Clinic.Waitlist.After())
	if err := here.waitlist.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := here.gate.Deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	const want = "It's yours Ana: Sat Dec 5 at 10:00 AM. It takes the place of your visit on"
	if said := strings.Join(reply.Bodies, "|"); !strings.HasPrefix(said, want) {
		t.Errorf("answered %q, of %d offers", said, len(here.carrier.Sent()))
	}
}

package redis_test

import (
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/knowledge"
)

// save stores a proposal of one wording.
func save(t *testing.T, r *redis.Redis, ask string) error {
	t.Helper()
	_, err := r.SaveProposal(t.Context(), learning.Proposal{
		ID: "p1", State: learning.Waiting, Steps: []learning.Step{{By: "U1", At: now}},
		Lesson: knowledge.Lesson{Entry: "hours", Asks: map[string][]string{"en": {ask}}},
	})
	return err
}

// Of two who settle a proposal at once, the first does.
func TestProposals(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		for range 2 { // the same event again
			if err := save(t, r, "open?"); err != nil {
				t.Fatal(err)
			}
		}
		all, err := r.Proposals(t.Context())
		if err != nil || len(all) != 1 || all[0].Lesson.Asks["en"][0] != "open?" {
			t.Fatalf("%+v %v", all, err)
		}
		p := all[0]
		for i, want := range []bool{true, false} {
			p.State = learning.Published
			if ok, err := r.SaveProposal(t.Context(), p); ok != want || err != nil {
				t.Errorf("settled %d: %v %v", i+1, ok, err)
			}
		}
		if err := r.DropProposal(t.Context(), "p1"); err != nil {
			t.Fatal(err)
		}
		if all, err := r.Proposals(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("dropped: %+v %v", all, err)
		}
	})
}

// What was asked is listed, latest first, with what staff wrote next, and goes with its number.
func TestQuestions(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		p := storetest.Phone(t, "0101")
		storetest.Turn(t, r, "1", p, handlers.Effects{Questions: []handlers.Question{
			{ID: "q1", Ask: "is there wifi", Case: "c", At: now.Add(-time.Hour)},
			{ID: "q2", Ask: "when do you open", Entry: "hours", At: now},
		}})
		storetest.Turn(t, r, "2", p, handlers.Effects{Questions: []handlers.Question{
			{ID: "q1", Said: "Yes."}, {ID: "nobody asked", Said: "Yes."},
		}})
		all, err := r.Questions(t.Context(), time.Time{})
		if err != nil || len(all) != 2 || all[0].ID != "q2" || all[1].Said != "Yes." ||
			!all[1].Missed() || all[0].Missed() || all[1].Case != "c" {
			t.Errorf("%+v %v", all, err)
		}
		if late, err := r.Questions(t.Context(), now); err != nil || len(late) != 1 {
			t.Errorf("since now: %+v %v", late, err)
		}
		known, err := r.Known(t.Context(), p)
		if err != nil || len(known.Questions) != 2 {
			t.Errorf("known of the number: %+v %v", known.Questions, err)
		}
		if _, err := r.Erase(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if all, err := r.Questions(t.Context(), time.Time{}); err != nil || len(all) != 0 {
			t.Errorf("erased: %+v %v", all, err)
		}
	})
}

// What staff taught before there were proposals is published, once.
func TestAdoptTaught(t *testing.T) {
	onBoth(t, func(t *testing.T, r *redis.Redis, c *goredis.Client) {
		damage(t, c, "{beacon}:taught", "x", `{"entry":"hours","ask":"open?","by":"U1","at":"2026-11-02"}`)
		for range 2 {
			if err := r.AdoptTaught(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		all, err := r.Proposals(t.Context())
		if err != nil || len(all) != 1 || !all[0].Live() || all[0].By() != "U1" ||
			all[0].Lesson.Asks["en"][0] != "open?" {
			t.Errorf("%+v %v", all, err)
		}
	})
}

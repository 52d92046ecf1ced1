package learning_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/learning"
	"github.com/beacon-clinic/beacon/knowledge"
)

// asked stores questions that went to a person, the last one latest.
func (c *class) asked(t *testing.T, asks ...string) {
	t.Helper()
	var all []handlers.Question
	for i, ask := range asks {
		all = append(all, handlers.Question{
			ID: fmt.Sprint("q", i), Ask: ask, Near: "cost",
			At: c.clock.Now().Add(time.Duration(i) * time.Second),
		})
	}
	c.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{Questions: all})
}

// What is asked again and again comes first, in whatever words; what is answered by now doesn't come.
func TestGaps(t *testing.T) {
	c := newClass(t)
	c.asked(t, "can i bring my dog along", "do you have wifi there", "is there wifi there",
		"have you got wifi", "opening times")
	gaps, err := c.Gaps(t.Context(), time.Time{})
	if err != nil || len(gaps) != 2 {
		t.Fatalf("%+v %v", gaps, err)
	}
	first := gaps[0]
	if len(first.Questions) != 3 || first.Questions[0].Ask != "have you got wifi" ||
		first.Near != "cost" || !first.Last().Equal(c.clock.Now().Add(3*time.Second)) {
		t.Errorf("%+v", first)
	}
	c.clock.Add(31 * 24 * time.Hour)
	if gaps, err := c.Gaps(t.Context(), time.Time{}); err != nil || len(gaps) != 0 {
		t.Errorf("a month later: %+v %v", gaps, err)
	}
}

// The desk is told of the week on Monday, once the clinic is open, by one of all bots.
func TestTheWeekIsTold(t *testing.T) {
	for _, c := range []struct {
		name, at string
		nothing  bool
		want     string // what the card says; "" if there is none
	}{
		{
			name: "Monday morning", at: "2026-12-07 10:00",
			want: "What the bot learnt this week: 1 wait for a second person (hours); " +
				"1 things were asked more than once and nothing answers them. " +
				"Of 2 questions, 2 went to a person.",
		},
		{name: "before the clinic opens", at: "2026-12-07 06:00"},
		{name: "another day", at: "2026-12-08 10:00"},
		{name: "nothing to tell", at: "2026-12-07 10:00", nothing: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newClass(t)
			s.clock.Set(handlerstest.NewClock(t, c.at).Now())
			if !c.nothing {
				s.asked(t, "do you have wifi there", "is there wifi there")
				s.propose(t, knowledge.Lesson{
					Entry: "hours", Asks: map[string][]string{"en": {"open when"}},
				})
			}
			other := &learning.School{ // another process, which has told nothing yet
				Base: s.Base, Store: s.store, Desk: s.store, Cards: s.store,
				Now: s.clock.Now, Log: handlerstest.Quiet(),
			}
			for _, school := range []*learning.School{s.School, other, s.School} {
				if err := school.Tell(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			posts := slices.DeleteFunc(s.store.Queue(), func(p handlers.Post) bool {
				return !strings.HasPrefix(p.Case, "digest:")
			})
			if len(posts) != min(1, len(c.want)) {
				t.Fatalf("%+v", posts)
			}
			if len(posts) == 1 {
				k, ok, err := s.store.Case(t.Context(), posts[0].Case)
				if err != nil || !ok || k.Open || !strings.HasPrefix(k.Title, c.want) {
					t.Errorf("%+v %v, want %q", k, err, c.want)
				}
			}
		})
	}
}

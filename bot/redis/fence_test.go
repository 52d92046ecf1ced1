package redis_test

import (
	"errors"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// The layout key, what this build raises it to, and a later one.
const (
	layoutKey = "{beacon}:layout"
	ours      = "4"
	theirs    = "5"
)

// raise sets the layout that is stored.
func raise(t *testing.T, c *goredis.Client, to string) {
	t.Helper()
	if err := c.Set(t.Context(), layoutKey, to, 0).Err(); err != nil {
		t.Fatal(err)
	}
}

// Whatever a process asks first of a Redis in another layout is refused, and nothing is stored. A
// bot takes over what one of the layout before has stored; a command doesn't.
func TestOtherLayoutsAreRefused(t *testing.T) {
	const bot = "{beacon}:bots"
	for _, test := range []struct {
		name     string
		stored   []string // a command each
		bot, cmd error    // what each gets
		after    string   // the layout after both
	}{
		{name: "nothing is stored", after: ours},
		{name: "this one's", stored: []string{layoutKey, ours}, after: ours},
		{
			name: "a later one's", stored: []string{layoutKey, theirs}, bot: redis.ErrLater,
			cmd: redis.ErrLater, after: theirs,
		},
		{
			name: "the one before's", stored: []string{layoutKey, "2"}, cmd: redis.ErrBefore,
			after: ours,
		},
		{
			name: "an earlier one's", stored: []string{layoutKey, "1"}, cmd: redis.ErrBefore,
			after: ours,
		},
		{
			name:   "of before layouts were stored",
			stored: []string{"{beacon}:names", "as it was"}, cmd: redis.ErrBefore, after: ours,
		},
		{
			name:   "of before numbers were hashed",
			stored: []string{"{beacon}:visits", "v1"}, bot: redis.ErrEarlier, cmd: redis.ErrEarlier,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, _ *redis.Redis, c *goredis.Client) {
				if test.stored != nil {
					err := c.Set(t.Context(), test.stored[0], test.stored[1], 0).Err()
					if err != nil {
						t.Fatal(err)
					}
				}
				url := "redis://" + c.Options().Addr
				command := openWith(t, redis.Config{URL: url, Patience: testPatience})
				asks := map[string]func() error{
					"read":  func() error { return command.Ready(t.Context()) },
					"write": func() error { return command.SetCaughtTo(t.Context(), now) },
					"batch": func() error { return command.Sweep(t.Context()) },
				}
				before := stored(t, c)
				for name, ask := range asks {
					err := ask()
					if !errors.Is(err, test.cmd) ||
						test.cmd != nil && !errors.Is(err, handlers.ErrAway) {
						t.Errorf("a command's %s: %v, want %v", name, err, test.cmd)
					}
				}
				if after := stored(t, c); test.cmd != nil && len(after) != len(before) {
					t.Errorf("a command that was refused has stored: %v", after)
				}
				r := openWith(t, redis.Config{URL: url, Patience: testPatience, Upgrades: true})
				all, err := r.Bots(t.Context())
				if err != nil || !errors.Is(all.Fits(), test.bot) {
					t.Errorf("a bot may start: %v %v, want %v", all.Fits(), err, test.bot)
				}
				// One that was started while Redis was away hears of it when it is announced.
				all, err = r.Announce(t.Context(), redis.Bot{ID: "b", Words: "w"}, time.Hour)
				// It is sealed by no key of ours.
				sealed := test.stored != nil && test.stored[0] == "{beacon}:names"
				if (err != nil) != sealed || !errors.Is(r.Serves(), test.bot) {
					t.Errorf("announced: %v, serves %v, want %v", err, r.Serves(), test.bot)
				}
				if test.bot != nil &&
					(all.Words != "" || !errors.Is(r.Writable(t.Context()), test.bot)) {
					t.Errorf("one that can't read what is stored made its words current: %+v", all)
				}
				if got := c.Get(t.Context(), layoutKey).Val(); got != test.after {
					t.Errorf("the layout is %q, want %q", got, test.after)
				}
				if n := c.ZCard(t.Context(), bot).Val(); n != 1 {
					t.Errorf("%d bots are listed", n)
				}
			})
		})
	}
}

// A bot that runs when the layout becomes a later one claims nothing from that moment on, before
// anybody has told it: no text, no post, no slot; nor does a send begin that was claimed before, or
// is a turn written. It then asks nothing more, until the layout is its own again.
func TestLaterLayoutUnderABot(t *testing.T) {
	type act func(r *redis.Redis, claimed handlers.Outgoing) error
	for name, first := range map[string]act{
		"texts": func(r *redis.Redis, _ handlers.Outgoing) error {
			_, err := r.Claim(t.Context(), now, 9, unpaced, lease)
			return err
		},
		"posts": func(r *redis.Redis, _ handlers.Outgoing) error {
			_, err := r.ClaimPosts(t.Context(), false, now, 9, lease)
			return err
		},
		"urgent posts": func(r *redis.Redis, _ handlers.Outgoing) error {
			_, err := r.ClaimPosts(t.Context(), true, now, 9, lease)
			return err
		},
		"slots": func(r *redis.Redis, _ handlers.Outgoing) error {
			_, err := r.DueSlots(t.Context(), now)
			return err
		},
		"a send": func(r *redis.Redis, o handlers.Outgoing) error {
			_, err := r.Begin(t.Context(), o, handlers.State{}, uncapped, unpaced, lease)
			return err
		},
		"a turn": func(r *redis.Redis, o handlers.Outgoing) error {
			_, _, err := r.Turn(t.Context(), "late", o.To,
				func(handlers.State) (handlers.Effects, error) {
					return handlers.Effects{Conversation: &handlers.Conversation{Last: "cost"}}, nil
				})
			return err
		},
		"the next announcement": func(r *redis.Redis, _ handlers.Outgoing) error {
			_, err := r.Announce(t.Context(), redis.Bot{ID: "a", Words: "w"}, time.Hour)
			return errors.Join(err, r.Serves())
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, r *redis.Redis, c *goredis.Client) {
				self := redis.Bot{ID: "a", Words: "w"}
				if _, err := r.Announce(t.Context(), self, time.Hour); err != nil {
					t.Fatal(err)
				}
				p := storetest.Phone(t, "0101")
				storetest.Plan(t, r, "claimed", nil, storetest.Row(t, "claimed"))
				held := storetest.Claim(t, r, now, "claimed")[0]
				fillAtOnce(t, r, p)
				raise(t, c, theirs)
				later := goredis.Z{
					Score: float64(now.Add(time.Minute).UnixMilli()), Member: "z\t" + theirs + "\t9\tw\tv9",
				}
				if err := c.ZAdd(t.Context(), "{beacon}:bots", later).Err(); err != nil {
					t.Fatal(err)
				}
				keys := stored(t, c)
				before := contents(t, c, keys)
				if err := first(r, held.Outgoing); !errors.Is(err, redis.ErrLater) {
					t.Fatalf("%v, want that a later version has written there", err)
				}
				delete(before, "{beacon}:bots")
				for key, was := range before {
					if is := content(t, c, key); is != was {
						t.Errorf("%s has become %s", key, is)
					}
				}
				_, err := r.Peek(t.Context(), p)
				if !errors.Is(err, redis.ErrLater) || !errors.Is(err, handlers.ErrAway) {
					t.Errorf("then a patient is read: %v", err)
				}
				f, err := r.Announce(t.Context(), self, time.Hour)
				if err != nil || !r.Relieved() || len(f.Earlier()) != 1 {
					t.Errorf("a later one lives: %v, relieved %v, %+v", err, r.Relieved(), f)
				}
				if err := c.ZRem(t.Context(), "{beacon}:bots", "z\t"+theirs+"\t9\tw\tv9").Err(); err != nil {
					t.Fatal(err)
				}
				if _, err := r.Announce(t.Context(), self, time.Hour); err != nil || r.Relieved() {
					t.Errorf("no later one lives: %v, relieved %v", err, r.Relieved())
				}
				raise(t, c, ours)
				_, err = r.Announce(t.Context(), self, time.Hour)
				if err = errors.Join(err, r.Serves()); err != nil {
					t.Errorf("it is its own again: %v", err)
				}
			})
		})
	}
}

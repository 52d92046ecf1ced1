package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

var (
	// ErrEarlier is the error of a Redis that holds what was stored in a layout that this build
	// can't read: numbers stood in the names of keys themselves, say. Nothing of it would be found,
	// opt-outs among it.
	ErrEarlier = errors.New("it holds what an earlier version of Beacon stored, opt-outs among" +
		" it, which this one can't find")
	// ErrLater is the error of a Redis that a build of a later layout has written to. What that
	// stores this build may not find, and would pass over: a reminder, an opt-out.
	ErrLater = errors.New("it holds what a later version of Beacon stores, some of which this one" +
		" can't find: run that version")
	// ErrBefore is the error of a command on a Redis that only bots of an earlier layout have
	// written to. They wouldn't find what the command stores.
	ErrBefore = errors.New("it holds what an earlier version of Beacon stored, and no bot of this" +
		" one was started on it yet: start one first")
)

// laterReply is the first word of the error that a script returns instead of what it does if the
// layout is a later one.
const laterReply = "LATER"

// outdated() reports whether the stored layout is later than this build's, and later(is) says it of
// what was read already. What claims something, begins a send or writes a turn asks it first, so
// from the moment in which a newer bot raises the number none of these happens. All else ends when
// the bot hears of it; see fence.
var outdated = library(fmt.Sprintf(`
local function later(is) return tonumber(is or '0') > %d end
local function outdated() return later(redis.call('GET', LAYOUT)) end
local past = {err = '%s: a later version of Beacon has written here'}
`, layout, laterReply))

// fence keeps this process from a Redis whose layout isn't the one that it knows: every command
// fails as if Redis were away, so danger is answered and people are told without it, and nothing
// else is done. It looks before the first command of the process. A running bot hears of a later
// layout from its next announcement (bot.botEvery) or from a script that asks, whichever is first.
// In between it may still settle a send that has begun, in its own layout: stop the older bots before you start a build of another layout.
//
// It is a redis.Hook, and safe for concurrent use.
type fence struct {
	look     func(context.Context) (Fleet, error)
	upgrades bool                   // see Config.Upgrades
	verdict  atomic.Pointer[fenced] // nil until somebody has looked
}

// fenced is what a look at the layout came to: why nothing may be asked, nil if all may.
type fenced struct{ why error }

// passes is the context key of the commands that every layout understands.
type passes struct{}

func passing(ctx context.Context) context.Context { return context.WithValue(ctx, passes{}, true) }

// why returns the error for which nothing is asked; nil if all is, or nobody has looked.
func (f *fence) why() error {
	if v := f.verdict.Load(); v != nil {
		return v.why
	}
	return nil
}

// refuse returns the error of a command that mustn't be asked.
func (f *fence) refuse(ctx context.Context) error {
	if ctx.Value(passes{}) != nil {
		return nil
	}
	if f.verdict.Load() == nil {
		all, err := f.look(ctx)
		if err != nil {
			return err
		}
		// Somebody else may have looked meanwhile, and later.
		f.verdict.CompareAndSwap(nil, &fenced{all.fits(f.upgrades)})
	}
	return awayFor(f.why())
}

// awayFor wraps the reason why nothing may be asked in handlers.ErrAway; nil stays nil.
func awayFor(why error) error {
	if why == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", handlers.ErrAway, why)
}

// heard returns the error of a command, and shuts the fence if it tells of a later layout. An
// announcement that was made before that may open it once more; scripts that claim still refuse.
func (f *fence) heard(err error) error {
	if !redis.HasErrorPrefix(err, laterReply) {
		return err
	}
	f.verdict.Store(&fenced{ErrLater})
	return awayFor(ErrLater)
}

var _ redis.Hook = (*fence)(nil)

// DialHook implements redis.Hook.
func (f *fence) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements redis.Hook. The client puts the error that it returns into the command.
func (f *fence) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if err := f.refuse(ctx); err != nil {
			return err
		}
		return f.heard(next(ctx, cmd))
	}
}

// ProcessPipelineHook implements redis.Hook. Here each command is told by itself.
func (f *fence) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := f.refuse(ctx)
		if err == nil {
			err = next(ctx, cmds)
			for _, c := range cmds {
				c.SetErr(f.heard(c.Err()))
			}
			return f.heard(err)
		}
		for _, c := range cmds {
			c.SetErr(err)
		}
		return err
	}
}

// Layout says which layout a build has and which Redis holds, for people.
func (f Fleet) layouts() string {
	return fmt.Sprintf("layout %d, this build's is %d", f.Layout, layout)
}

// fits returns why this build can't go on with what is stored; nil if it can.
func (f Fleet) fits(upgrades bool) error {
	var why error
	switch {
	case f.Layout > layout:
		why = ErrLater
	case f.Layout < oldest:
		why = ErrEarlier
	case f.Layout < layout && !upgrades:
		why = ErrBefore
	default:
		return nil
	}
	return fmt.Errorf("%w (%s)", why, f.layouts())
}

// Fits returns why a bot of this build can't go on with what is stored, an [ErrLater] or an
// [ErrEarlier]; nil if it can.
func (f Fleet) Fits() error { return f.fits(true) }

// Earlier returns those of the bots that are of an earlier layout than what is stored. They do
// nothing more but answer danger; one of a build without layouts goes on, and passes over what it
// can't find.
func (f Fleet) Earlier() (ids []string) {
	for _, b := range f.Bots {
		if b.Layout < f.Layout {
			ids = append(ids, strings.TrimSpace(b.ID+" "+b.Build))
		}
	}
	return ids
}

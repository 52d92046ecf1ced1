package desk_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/guard"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// faulty is a desk that panics on any text that holds a word.
type faulty struct {
	*handlerstest.Desk
	word string
}

func (d faulty) Card(ctx context.Context, c handlers.Case, again bool) (string, error) {
	if strings.Contains(c.Text, d.word) {
		panic(c.Text)
	}
	return d.Desk.Card(ctx, c, again)
}

func (d faulty) Note(ctx context.Context, c handlers.Case, p handlers.Post) error {
	if strings.Contains(p.Text, d.word) {
		panic(p.Text)
	}
	return d.Desk.Note(ctx, c, p)
}

type panics struct {
	handlerstest.Meter
	n int
}

func (p *panics) Panicked(string) { p.n++ }

// words are a patient's, which no log may hold.
const words = "I take lithium"

// bad is a case "bad" with a text that may make the desk panic.
func bad(channel, kind, text string) handlers.Case {
	return handlers.Case{ID: "bad", Channel: channel, Kind: kind, Text: text}
}

// panicking are posts on which the desk panics, and what is shown in the end.
var panicking = []struct {
	name  string
	in    handlers.Case
	note  string // of the case's thread
	lines string // shown in the end
	panic int    // how often it was tried within an hour, at least
}{
	{
		name: "a note", note: words, panic: guard.MostPanics,
		in:    bad(handlers.DeskChannel, "handoff", ""),
		lines: "card bad; card fine; note panicked:n bot Something that belongs here can't",
	},
	{
		name: "a card", panic: guard.MostPanics,
		in:    bad(handlers.DeskChannel, "handoff", words),
		lines: "card fine; card panicked:bad:card",
	},
	{
		name: "the card of an alarm", panic: 50,
		in:    bad(handlers.UrgentChannel, "crisis", words),
		lines: "card fine",
	},
}

// A post that makes the program panic doesn't hold up others. After a few tries staff are told that
// it can't be shown; but what may be about danger is tried again and again.
func TestAPostThatPanics(t *testing.T) {
	for _, c := range panicking {
		t.Run(c.name, func(t *testing.T) {
			d := newRoom(t)
			var said bytes.Buffer
			count := &panics{}
			d.Board, d.Store, d.Meter = faulty{d.shown, words}, d.store, count
			d.Log = slog.New(slog.NewTextHandler(&said, nil))
			now := d.clock.Now()
			c.in.Phone, c.in.Open, c.in.At = d.phone, true, now
			fine := handlers.Case{ID: "fine", Channel: handlers.DeskChannel, Open: true, At: now}
			after := now.Add(time.Millisecond)
			posts := []handlers.Post{
				{ID: "bad:card", Case: "bad", Do: desk.PostCard, Due: now},
				{ID: "fine:card", Case: "fine", Do: desk.PostCard, Due: after},
			}
			if c.note != "" {
				note := handlers.Post{ID: "n", Case: "bad", Do: desk.PostNote, From: "patient"}
				note.Text, note.Due = c.note, after
				posts = append(posts, note)
			}
			d.store.Put(d.phone, handlers.Effects{Cases: []handlers.Case{c.in, fine}, Posts: posts})
			d.pass(t, time.Hour)
			if got := strings.Join(d.shown.Lines(), "; "); !strings.HasPrefix(got, c.lines) {
				t.Errorf("shown %q, want %q", got, c.lines)
			}
			if count.n < c.panic {
				t.Errorf("tried %d times, want %d", count.n, c.panic)
			}
			log := said.String()
			if !strings.Contains(log, "panic_test.go") || strings.Contains(log, words) {
				t.Errorf("logged %s", log)
			}
		})
	}
}

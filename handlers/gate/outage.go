package gate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

const (
	// All that is held up is tried again after tryFirst, later more seldom, up to tryMost.
	tryFirst = 15 * time.Second
	tryMost  = 5 * time.Minute
	// laterMost is the longest that a text waits which the clinic's own set-up keeps from arriving.
	laterMost = time.Hour
	// quiet is how long an outage has held up nothing when any text that goes through ends it. It
	// is longer than any row waits, so that what goes one way ends no outage of another.
	quiet = laterMost + 5*time.Minute
	// noteEvery is how often a text that has trouble writes down that the outage goes on.
	noteEvery = 5 * time.Second
)

// shut returns when a row that was held up may be tried again; zero if now. One row tries for all,
// at growing intervals: each try uses up one of the day's segments, and a hundred retries would be
// a hundred refusals.
func (t *Texter) shut(
	ctx context.Context, o handlers.Outgoing, now time.Time,
) (until time.Time, err error) {
	if o.Holds == 0 && o.Errors == 0 {
		return until, nil
	}
	s, err := t.Store.Peek(ctx, handlers.Phone{})
	if err != nil {
		return until, err
	}
	ways := []string{way(o)}
	if o.Errors > 0 {
		ways = append(ways, WayDeliver)
	}
	for _, way := range ways {
		if until = nextTry(s, way, o); until.IsZero() {
			continue
		}
		if !until.After(now) {
			until, err = t.try(ctx, way, o, now)
		}
		if err != nil || !until.IsZero() {
			return until, err
		}
	}
	return time.Time{}, nil
}

// try gives a row the turn to try a closed way, or returns when the next turn is.
func (t *Texter) try(
	ctx context.Context, way string, o handlers.Outgoing, now time.Time,
) (until time.Time, err error) {
	id := fmt.Sprintf("try:%s:%d:%s", way, now.UnixMilli(), o.ID)
	take := func(s handlers.State) (e handlers.Effects, err error) {
		if until = nextTry(s, way, o); !until.IsZero() && !until.After(now) {
			c := *outageOf(s, way, 0)
			tried := *c.Outage
			tried.Last = now
			c.Outage, until = &tried, time.Time{}
			e.Cases = []handlers.Case{c}
		}
		return e, nil
	}
	_, _, err = t.Store.Turn(ctx, id, handlers.Phone{}, take)
	return until, err
}

// nextTry is when a closed way is tried next; zero if it is open, or if the row can't wait until
// then.
func nextTry(s handlers.State, way string, o handlers.Outgoing) time.Time {
	c := outageOf(s, way, 0)
	if c == nil {
		return time.Time{}
	}
	at := c.Outage.Last.Add(min(max(c.Outage.Last.Sub(c.At)/8, tryFirst), tryMost))
	if late(o, at) != "" {
		return time.Time{}
	}
	return at.Add(time.Millisecond - 1).Truncate(time.Millisecond) // as rows fall due
}

// stop is a row refused since a way is closed.
type stop struct {
	// way is the one that a row takes.
	way  string
	row  string
	code int
	why  string // with the code
	mend string
	at   time.Time
}

// met makes a stop of a carrier's refusal.
func met(o handlers.Outgoing, no *handlers.Refusal, now time.Time) stop {
	return stop{way(o), o.ID, no.Code, no.Reason(), no.Mend, now}
}

// out tells the desk that the clinic's own set-up closes a way: one card for everything held up,
// and a note in its thread for each further error code. What the desk knows isn't repeated.
func (t *Texter) out(ctx context.Context, x stop) error {
	s, err := t.Store.Peek(ctx, handlers.Phone{})
	if err != nil {
		return err
	}
	if c := outageOf(s, x.way, x.code); c != nil && slices.Contains(c.Outage.Codes, x.code) &&
		!remembers(c.Outage, x.row) && x.at.Sub(c.Outage.Last) < noteEvery {
		return nil
	}
	news := false
	// tell is what the desk is told of a stop: a card if it is the first, a note in its thread if
	// its error code is new.
	tell := func(s handlers.State) (handlers.Effects, error) {
		e := x.tell(s)
		news = len(e.Posts) > 0
		return e, nil
	}
	_, _, err = t.Store.Turn(ctx, x.event(), handlers.Phone{}, tell)
	if err == nil && news {
		t.Log.Error("the clinic's set-up at the carrier closes a way",
			"way", x.way, "code", x.code, "why", x.why, "mend", x.mend)
	}
	return err
}

// event is the id under which a stop is stored.
func (x stop) event() string {
	return fmt.Sprintf("outage:%s:%d:%d:%s", x.way, x.at.UnixMilli(), x.code, x.row)
}

// tell is what the desk is told of it: a card if it is the first of its kind, a line in the thread
// if its code is.
func (x stop) tell(s handlers.State) (e handlers.Effects) {
	c := handlers.Case{
		ID:      fmt.Sprintf("outage:%s:%d", x.way, x.at.UnixMilli()),
		Channel: handlers.DeskChannel, Kind: kinds.Outage, At: x.at, Open: true,
		Title:  closed(x.way) + " " + x.fault() + " " + waits(x.way),
		Outage: &handlers.Outage{Way: x.way},
	}
	say, ping := closed(x.way)+" See this card for what to do.", "channel"
	open := outageOf(s, x.way, x.code)
	known := open != nil && slices.Contains(open.Outage.Codes, x.code)
	if open != nil {
		c = *open
		say, ping = "Another fault holds texts or calls up as well. "+x.fault(), "here"
	}
	if open != nil && !known {
		c.More++
	}
	c.Outage = holding(c.Outage, x.row, x.code, x.at)
	e.Cases = []handlers.Case{c}
	if !known {
		e.Posts = posts(c.ID, x.event(), say, ping, x.at)
	}
	return e
}

// posts update an outage's card and add a note to its thread.
func posts(id, event, say, ping string, now time.Time) []handlers.Post {
	return []handlers.Post{
		{ID: event + ":card", Case: id, Do: desk.PostCard, Due: now},
		{
			ID: event + ":note", Case: id, Do: desk.PostNote, From: "bot", Text: say, Ping: ping,
			Due: now.Add(time.Millisecond),
		},
	}
}

// closed says which way is closed.
func closed(way string) string {
	switch way {
	case WayCall:
		return "The on-call phone can't be rung."
	case WayDeliver:
		return "Texts leave but don't arrive."
	}
	return "Texts can't leave."
}

// fault says what is wrong with the set-up, and what to do.
func (x stop) fault() string {
	if x.why == "" {
		return x.mend
	}
	return strings.ToUpper(x.why[:1]) + x.why[1:] + ". " + x.mend
}

// waits says what happens to the texts and calls that are held up.
func waits(way string) string {
	if way == WayCall {
		return "Until then nobody is rung: watch the urgent channel."
	}
	return "What is held up waits and is tried again by itself; " +
		"who can't be told in time stands in this thread."
}

// through ends the outage of a way once a row has gone through: one that it held up, or any after a
// quiet period. What went on a channel besides SMS says nothing of SMS, which outages are of.
func (t *Texter) through(
	ctx context.Context, way string, o handlers.Outgoing, now time.Time,
) error {
	if o.Channel != "" || o.Holds == 0 && o.Errors == 0 && !t.look.due(way, now) {
		return nil
	}
	s, err := t.Store.Peek(ctx, handlers.Phone{})
	c := outageOf(s, way, 0)
	if err != nil || c == nil {
		return err
	}
	if !slices.Contains(c.Outage.Rows, o.ID) && now.Sub(c.Outage.Last) <= quiet {
		return nil
	}
	over := func(s handlers.State) (e handlers.Effects, err error) {
		if open := outageOf(s, way, 0); open != nil && open.ID == c.ID {
			done := *open
			done.Open = false
			e.Cases = []handlers.Case{done}
			say := "It is over: this works again. What waits leaves by itself."
			e.Posts = posts(c.ID, "over:"+c.ID, say, "", now)
		}
		return e, nil
	}
	if _, _, err = t.Store.Turn(ctx, "over:"+c.ID, handlers.Phone{}, over); err == nil {
		t.Log.Info("an outage is over", "way", way, "case", c.ID)
	}
	return err
}

// under is the open outage that a failed row was held up by; nil if there is none.
func (t *Texter) under(ctx context.Context, o handlers.Outgoing) (*handlers.Case, error) {
	if o.State != handlers.Failed || o.Holds == 0 && o.Errors == 0 {
		return nil, nil
	}
	s, err := t.Store.Peek(ctx, handlers.Phone{})
	if err != nil {
		return nil, err
	}
	if c := outageOf(s, WaySend, 0); c != nil && o.Holds > 0 {
		return c, nil
	}
	return outageOf(s, WayDeliver, 0), nil
}

// way is the one that a row goes.
func way(o handlers.Outgoing) string {
	if o.Voice {
		return WayCall
	}
	return WaySend
}

// mostHeld is how many rows an outage remembers: any of them that goes through ends it.
const mostHeld = 100

// outageOf is the open case of a way that is closed; nil if the way is open. The state is the
// desk's own, that of the zero Phone. One error code can close several ways: that is the same
// outage, so a case with the code takes precedence.
func outageOf(s handlers.State, way string, code int) *handlers.Case {
	var found *handlers.Case
	for i := range s.Cases {
		c := &s.Cases[i]
		switch {
		case !c.Open || c.Outage == nil:
		case code != 0 && slices.Contains(c.Outage.Codes, code):
			return c
		case c.Outage.Way == way:
			found = c
		}
	}
	return found
}

// remembers says whether an outage would remember a row that it doesn't know yet.
func remembers(o *handlers.Outage, row string) bool {
	return !slices.Contains(o.Rows, row) && len(o.Rows) < mostHeld
}

// holding is an outage once it has held up a row, for a code, at that time.
func holding(o *handlers.Outage, row string, code int, at time.Time) *handlers.Outage {
	n := handlers.Outage{
		Way: o.Way, Codes: slices.Clone(o.Codes), Rows: slices.Clone(o.Rows), Last: at,
	}
	if !slices.Contains(n.Codes, code) {
		n.Codes = append(n.Codes, code)
	}
	if remembers(&n, row) {
		n.Rows = append(n.Rows, row)
	}
	return &n
}

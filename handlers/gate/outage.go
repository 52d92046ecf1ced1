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
	// tryFirst and tryMost are the shortest and the longest pause between two tries of a closed
	// way. In between it is an eighth of the outage's age; see nextTry.
	tryFirst = 15 * time.Second
	tryMost  = 5 * time.Minute
	// laterMost is the longest that a text waits between two tries while the clinic's own set-up
	// keeps texts from arriving.
	laterMost = time.Hour
	// quiet is how long nothing must have been held up until any text that goes through ends the
	// outage. It is longer than any held row waits, so that texts to one country, say, don't end an
	// outage of another country whose rows are all waiting.
	quiet = laterMost + 5*time.Minute
	// noteEvery is the shortest pause between two writes that say no more than that the outage goes
	// on. A row that the outage doesn't remember yet is written at once.
	noteEvery = 5 * time.Second
)

// shut returns when a row that failed before may be tried again; zero if now. While a way is
// closed, one row at a time tries for all, at growing intervals: each try uses up one of the day's
// segments, and a hundred rows that try would be a hundred refusals. A row that hasn't failed yet
// is always tried, since it may go another way (to another country, say).
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
	if o.Errors > 0 { // it may be that it was sent and didn't arrive
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

// try gives a row the turn to try a closed way: it returns zero, and the time of the last try is
// now. If another row was quicker, it returns when the next turn is. The turn is taken in a turn of
// the store, so that one row takes it over all processes.
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

// nextTry returns when a closed way is tried next; zero if it is open, or if the row would come too
// late by then and so tries now.
func nextTry(s handlers.State, way string, o handlers.Outgoing) time.Time {
	c := outageOf(s, way, 0)
	if c == nil {
		return time.Time{}
	}
	at := c.Outage.Last.Add(min(max(c.Outage.Last.Sub(c.At)/8, tryFirst), tryMost))
	if late(o, at) != "" {
		return time.Time{}
	}
	// Rounded up, since rows fall due by the millisecond: a row that is claimed at this time must
	// not find that it is a moment too early.
	return at.Add(time.Millisecond - 1).Truncate(time.Millisecond)
}

// stop is one row that a closed way held up: refused, or sent and not delivered.
type stop struct {
	way  string // WaySend, WayDeliver or WayCall
	row  string // its id
	code int    // the carrier's, 0 if it gave none
	why  string // with the code
	mend string // what the clinic has to do
	at   time.Time
}

// met returns the stop that a carrier's refusal is.
func met(o handlers.Outgoing, no *handlers.Refusal, now time.Time) stop {
	return stop{way(o), o.ID, no.Code, no.Reason(), no.Mend, now}
}

// out tells the desk that the clinic's own set-up closes a way: one card for everything held up,
// and a note in its thread for each further error code. What the desk knows already isn't repeated,
// and not even stored again within noteEvery.
func (t *Texter) out(ctx context.Context, x stop) error {
	s, err := t.Store.Peek(ctx, handlers.Phone{})
	if err != nil {
		return err
	}
	if c := outageOf(s, x.way, x.code); c != nil && slices.Contains(c.Outage.Codes, x.code) &&
		!remembers(c.Outage, x.row) && x.at.Sub(c.Outage.Last) < noteEvery {
		return nil
	}
	news := false // the desk is told something, so the log is too
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

// event returns the id of the event that a stop is. The row is in it: rows that are refused in the
// same millisecond are events of their own.
func (x stop) event() string {
	return fmt.Sprintf("outage:%s:%d:%d:%s", x.way, x.at.UnixMilli(), x.code, x.row)
}

// tell returns what the desk is told of a stop: a card if it opens an outage, a note in the thread
// if the outage doesn't have its error code yet. Either way the case notes the row and the time.
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

// posts returns an update of an outage's card, and a note in its thread a moment later: a thread
// needs its card first.
func posts(id, event, say, ping string, now time.Time) []handlers.Post {
	return []handlers.Post{
		{ID: event + ":card", Case: id, Do: desk.PostCard, Due: now},
		{
			ID: event + ":note", Case: id, Do: desk.PostNote, From: "bot", Text: say, Ping: ping,
			Due: now.Add(time.Millisecond),
		},
	}
}

// closed returns the sentence that says which way is closed.
func closed(way string) string {
	switch way {
	case WayCall:
		return "The on-call phone can't be rung."
	case WayDeliver:
		return "Texts leave but don't arrive."
	}
	return "Texts can't leave."
}

// fault returns the sentences that say what is wrong with the set-up, and what to do.
func (x stop) fault() string {
	if x.why == "" {
		return x.mend
	}
	return strings.ToUpper(x.why[:1]) + x.why[1:] + ". " + x.mend
}

// waits returns the sentence that says what happens to what is held up. A call to the on-call phone
// can't wait, so staff have to watch the urgent channel themselves.
func waits(way string) string {
	if way == WayCall {
		return "Until then nobody is rung: watch the urgent channel."
	}
	return "What is held up waits and is tried again by itself; " +
		"who can't be told in time stands in this thread."
}

// through ends the outage of a way once a row has gone through: one that the outage had held up, or
// any row after a quiet period. A row without earlier trouble looks for an outage only once every
// lookEvery. A row on another channel than SMS ends none, since outages are of SMS alone.
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

// under returns the open outage that held up a failed row; nil if there is none. The row is then a
// note in the outage's thread instead of a card of its own.
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

// way returns the way that a row takes when it is sent.
func way(o handlers.Outgoing) string {
	if o.Voice {
		return WayCall
	}
	return WaySend
}

// mostHeld is how many rows an outage remembers, which bounds the size of its case. Any of them
// that goes through ends the outage.
const mostHeld = 100

// outageOf returns the open case of a way that is closed; nil if the way is open. s is the desk's
// own state, that of the zero Phone. One fault can close several ways (wrong credentials close
// texts and calls), and that is one outage: a case that has the code already wins over one of the
// way. With code 0 only the way counts.
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

// remembers reports whether a row is new to an outage and there is room for it.
func remembers(o *handlers.Outage, row string) bool {
	return !slices.Contains(o.Rows, row) && len(o.Rows) < mostHeld
}

// holding returns an outage as it is once it has held up another row, for a code. It is a copy,
// since the one that was read may be decided from again.
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

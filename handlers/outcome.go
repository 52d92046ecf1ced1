package handlers

import (
	"context"
	"strings"
	"time"
)

// mark shows at the staff message a row came from what became of it.
func (t *Texter) mark(ctx context.Context, o Outgoing, state, why string) error {
	if o.Mark == "" {
		return nil
	}
	id := o.Event("mark:" + state)
	_, _, err := t.Store.Turn(ctx, id, o.To, func(State) (Effects, error) {
		return Effects{Posts: []Post{{ID: id, Case: o.Case, Do: PostMark, Mark: o.Mark, State: state, Why: why, Due: t.Now()}}}, nil
	})
	return err
}

// Received does what a receipt brings, once the row has moved on by it: marks the staff message it came from, opens a case when the text
// didn't arrive and won't be tried again.
func (t *Texter) Received(ctx context.Context, o Outgoing, r Receipt) error {
	if err := t.heed(ctx, o, t.Now(), r.Code, r.NoTexts, r.Why); err != nil {
		return err
	}
	switch o.State {
	case Planned:
		t.Meter.Sent(o.Kind, "retry", 0)
	case Delivered:
		t.Meter.Sent(o.Kind, Delivered, 0)
		return t.mark(ctx, o, Delivered, "")
	case Failed:
		t.Meter.Sent(o.Kind, "undelivered", 0)
		return t.Undelivered(ctx, o)
	}
	return nil
}

// Undelivered tells the desk that a text did not go out or did not arrive: in the thread it came from, or, when it failed by itself, on a
// card of its own, with what staff are to say instead. A reminder that was decided against is no failure, unless staff must say it: the ledger says why.
func (t *Texter) Undelivered(ctx context.Context, o Outgoing) error {
	if o.Mark != "" {
		state := Failed
		if o.State == Skipped {
			state = Refused
		}
		return t.mark(ctx, o, state, o.Why)
	}
	if o.State == Skipped && (o.Unasked && !o.Must || o.Alarm) {
		return nil
	}
	c := Case{
		ID: o.Event("undelivered"), Channel: DeskChannel, Kind: "undelivered", At: t.Now(), Open: true,
		Title: "A text (" + o.Kind + ") did not reach the patient: " + o.Why + ". Call them.",
	}
	if o.State == Failed {
		c.Row = o.ID
	}
	_, _, err := t.Store.Turn(ctx, c.ID, o.To, func(s State) (Effects, error) {
		own, say, told := c, "", []Visit(nil)
		if o.Visit != "" {
			say, told = t.Instead(s, o, c.At)
		}
		if o.State == Skipped && o.Must && say == "" { // there is nothing to say any more
			return Effects{}, nil
		}
		own.Title = strings.TrimSpace(own.Title + " " + say)
		e := OpenCase(s, own)
		e.Visits = told
		return e, nil
	})
	return err
}

// OpenCase brings a matter to the desk: on a card of its own, or as a note in the thread that the number has open in that channel.
func OpenCase(s State, c Case) Effects {
	c.Phone, c.OptOut = s.Phone, s.Consent.Out
	for _, open := range s.Cases {
		if c.Open && open.Channel == c.Channel {
			switch {
			case c.Concern(): // the first one's time stands
				c.Page = time.Time{}
			case open.Concern():
				return overtake(open, c)
			}
			return joinCase(open, c)
		}
	}
	e := Effects{Cases: []Case{c}, Posts: []Post{{ID: c.ID + ":card", Case: c.ID, Do: PostCard, Due: c.At}}}
	return withPage(e, c.ID, c)
}

// withPage has a case that must not be left looked at when it is due, or, if the desk may be out of reach, soon.
func withPage(e Effects, id string, c Case) Effects {
	if c.Page.IsZero() {
		return e
	}
	do, due := PostPage, c.Page
	switch soon := c.At.Add(deskTime); {
	case c.Concern():
		do = PostRead
	case c.Channel == UrgentChannel && soon.Before(due):
		due = soon
	}
	e.Posts = append(e.Posts, Post{ID: c.ID + ":page", Case: id, Do: do, Due: due})
	return e
}

// joinCase adds a matter to an open case: its title and the patient's words become notes of the thread. More words of the patient's on the same
// matter need no title; a matter without words is nothing but its title.
func joinCase(open, c Case) Effects {
	var e Effects
	note := func(from, text string, words bool, ping string) {
		if text != "" {
			e.Posts = append(e.Posts, Post{ID: c.ID + ":" + from, Case: open.ID, Do: PostNote, From: from, Text: text, Words: words, Ping: ping, Due: c.At})
		}
	}
	pings := ""
	if !c.Page.IsZero() {
		pings = "here"
	}
	more := c.Title != "" && (open.Kind != c.Kind || c.Text == "" || pings != "")
	if more {
		note("bot", c.Title, false, pings)
		open.More++
	}
	note("patient", c.Text, true, "")
	sooner := !c.Page.IsZero() && (open.Page.IsZero() || c.Page.Before(open.Page))
	if sooner {
		open.Page, open.Kind = c.Page, c.Kind
		e = withPage(e, open.ID, c)
	}
	if wishes := c.Wish && !open.Wish; open.OptOut != c.OptOut || sooner || wishes || more {
		open.OptOut, open.Wish = c.OptOut, open.Wish || c.Wish
		e.Cases = append(e.Cases, open)
		e.Posts = append(e.Posts, Post{ID: c.ID + ":card", Case: open.ID, Do: PostCard, Due: c.At.Add(time.Millisecond)})
	}
	return e
}

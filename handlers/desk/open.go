package desk

import (
	"slices"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// OpenCase returns the effects that bring a matter to the desk: a card of its own, or notes in the
// thread if the number has an open case of that channel and matter already. c needs ID, Channel,
// Kind, At and Open; its phone and its opt-out are taken from s. A case that isn't Open only tells
// the desk something, and always gets a card of its own.
func OpenCase(s handlers.State, c handlers.Case) handlers.Effects {
	c.Phone, c.OptOut = s.Phone, s.Consent.Out
	if open := joins(s, c); open != nil {
		switch {
		case c.Concern():
			// The time to read the first one stands; more texts must not push it out.
			c.Page = time.Time{}
		case open.Concern():
			return overtake(*open, c)
		}
		return joinCase(*open, c)
	}
	look := begin(&c, c)
	e := handlers.Effects{
		Cases: []handlers.Case{c},
		Posts: []handlers.Post{{ID: c.ID + ":card", Case: c.ID, Do: PostCard, Due: c.At}},
	}
	e.Posts = append(e.Posts, look...)
	return withPage(e, c.ID, c)
}

// joins returns the open case that c joins; nil if it gets a card of its own. What a patient writes
// while a person talks with them in a task's thread stays in that thread.
func joins(s handlers.State, c handlers.Case) *handlers.Case {
	if !c.Open {
		return nil
	}
	var task *handlers.Case
	for i := range s.Cases {
		open := &s.Cases[i]
		switch {
		case !open.Open || open.Channel != c.Channel:
		case open.Matter == c.Matter:
			return open
		case c.Matter == "" && open.ID == s.Conversation.Case && s.Conversation.Person(c.At):
			task = open
		}
	}
	return task
}

// overtake turns an open concern into the alarm that came after it, on the same card. The pause
// until the alarm pages is the one that c asked for.
func overtake(open, c handlers.Case) handlers.Effects {
	open.OptOut = c.OptOut
	open = asks(open, c)
	e := Raised(open, c.ID, c.Kind, c.Title, "bot", c.Title, c.At, c.Page.Sub(c.At))
	e.Posts = append(e.Posts, handlers.Post{
		ID: c.ID + ":patient", Case: open.ID, Do: PostNote, From: "patient", Text: c.Text,
		Words: true, Due: c.At.Add(time.Millisecond),
	})
	return e
}

// joinCase adds a matter to an open case: its title and the patient's words become notes in the
// thread. The title is left out if the words are only more on the same matter. If the matter pages
// sooner than the case does, the case takes over its time and kind. The card is updated only if
// something on it changes.
func joinCase(open, c handlers.Case) handlers.Effects {
	var e handlers.Effects
	note := func(from, text string, words bool, ping string) {
		if text != "" {
			e.Posts = append(e.Posts, handlers.Post{
				ID: c.ID + ":" + from, Case: open.ID, Do: PostNote, From: from, Text: text,
				Words: words, Ping: ping, Due: c.At,
			})
		}
	}
	pings := "" // whom the title pings: a matter that pages is worth a look now
	if !c.Page.IsZero() {
		pings = "here"
	}
	more := c.Title != "" && (open.Kind != c.Kind || c.Text == "" || pings != "")
	if more {
		note("bot", c.Title, false, pings)
		open = asks(open, c)
	}
	note("patient", c.Text, true, "")
	sooner := !c.Page.IsZero() && (open.Page.IsZero() || c.Page.Before(open.Page))
	if sooner {
		open.Page, open.Kind = c.Page, c.Kind
		e = withPage(e, open.ID, c)
	}
	wishes, had := c.Wish && !open.Wish, open.TakenBy
	shows := lasts(&open, c) || open.OptOut != c.OptOut || sooner || wishes || more
	look := begin(&open, c)
	e.Posts = append(e.Posts, look...)
	open.OptOut, open.Wish = c.OptOut, open.Wish || c.Wish
	if shows || len(look) > 0 {
		e.Cases = append(e.Cases, open)
	}
	if shows || open.TakenBy != had {
		e.Posts = append(e.Posts, handlers.Post{
			ID: c.ID + ":card", Case: open.ID, Do: PostCard, Due: c.At.Add(time.Millisecond),
		})
	}
	return e
}

// asks notes on an open case what c asks besides.
func asks(open, c handlers.Case) handlers.Case {
	open.More++
	if c.Title != "" {
		open.Joined = append(slices.Clone(open.Joined), handlers.Request{Title: c.Title, At: c.At})
		open.Joined = open.Joined[max(0, len(open.Joined)-handlers.MostJoined):]
	}
	return open
}

// lasts has an open case last as long as what joins it, and reports whether that is longer: what is
// about no visit doesn't end with the visit of what came before it.
func lasts(open *handlers.Case, c handlers.Case) bool {
	was, until := open.Visit, open.Until
	if open.Visit != c.Visit {
		open.Visit = ""
	}
	if c.Until.IsZero() || c.Until.After(open.Until) && !open.Until.IsZero() {
		open.Until = c.Until
	}
	return open.Visit != was || !open.Until.Equal(until)
}

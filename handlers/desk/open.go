package desk

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// OpenCase returns the effects that bring a matter to the desk: a card of its own, or notes in the
// thread if the number has an open case in that channel already, so that one patient is one thread.
// c needs ID, Channel, Kind, At and Open; its phone and its opt-out are taken from s. A case that
// isn't Open only tells the desk something, and always gets a card of its own.
func OpenCase(s handlers.State, c handlers.Case) handlers.Effects {
	c.Phone, c.OptOut = s.Phone, s.Consent.Out
	for _, open := range s.Cases {
		if c.Open && open.Channel == c.Channel {
			switch {
			case c.Concern():
				// The time to read the first one stands; more texts must not push it out.
				c.Page = time.Time{}
			case open.Concern():
				return overtake(open, c)
			}
			return joinCase(open, c)
		}
	}
	e := handlers.Effects{
		Cases: []handlers.Case{c},
		Posts: []handlers.Post{{ID: c.ID + ":card", Case: c.ID, Do: PostCard, Due: c.At}},
	}
	return withPage(e, c.ID, c)
}

// overtake turns an open concern into the alarm that came after it, on the same card. The pause
// until the alarm pages is the one that c asked for.
func overtake(open, c handlers.Case) handlers.Effects {
	open.OptOut = c.OptOut
	open.More++
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
		e.Posts = append(e.Posts, handlers.Post{
			ID: c.ID + ":card", Case: open.ID, Do: PostCard, Due: c.At.Add(time.Millisecond),
		})
	}
	return e
}

package broadcast

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// asks returns what the card says that asks for a second person.
func (h *Handler) asks(b handlers.Broadcast, plan []Recipient) string {
	not := 0
	for _, r := range plan {
		if r.Why != "" {
			not++
		}
	}
	out := fmt.Sprintf("Shall %s leave to everybody with a visit %s?", texts(len(plan)-not), h.span(b))
	if not > 0 {
		out += fmt.Sprintf(" %d can't be texted: you get a card each, to call them.", not)
	}
	if b.TakeOff {
		out += " The visits are taken off, and their times offered to nobody."
	}
	return out + "\n" + h.quoted(b)
}

// title returns what the card says of a broadcast as it stands.
func (h *Handler) title(b handlers.Broadcast) string {
	of, n := "Text to everybody with a visit "+h.span(b), b.Count
	switch b.State {
	case handlers.BroadcastAgreed:
		return of + ": leaves in a minute.\n" + h.quoted(b)
	case handlers.BroadcastDropped:
		return of + ": taken back, nothing was sent."
	case handlers.BroadcastDone:
		if len(b.Rows) == 0 {
			return of + ": nobody has one any more, nothing was sent."
		}
		return of + ": done. " + progress(n)
	}
	return fmt.Sprintf("%s: %s\n%s", of, progress(n), h.quoted(b))
}

// progress says what has become of the texts.
func progress(n handlers.BroadcastCount) string {
	all := n.Waits + n.Sent + n.Delivered + n.Unreached + n.Changed
	out := []string{fmt.Sprintf("%d of %d delivered", n.Delivered, all)}
	for _, part := range []struct {
		n    int
		what string
	}{
		{n.Waits, "to go"},
		{n.Sent, "sent, no receipt yet"},
		{n.Unreached, "not reached"},
		{n.Changed, "needed none"},
	} {
		if part.n > 0 {
			out = append(out, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	return strings.Join(out, ", ") + "."
}

// ended returns the line in the thread that ends a broadcast.
func (h *Handler) ended(b handlers.Broadcast) string {
	out := "Done: " + progress(b.Count)
	if b.TakeOff {
		out += " The visits are off."
	} else if b.Count.Delivered+b.Count.Sent > 0 {
		out += " Their visits still stand: move them or take them off."
	}
	if b.Count.Unreached > 0 {
		out += " Who wasn't reached has a card each: call them."
	}
	return out
}

// texts counts texts.
func texts(n int) string {
	if n == 1 {
		return "one text"
	}
	return fmt.Sprintf("%d texts", n)
}

// span words the time of the visits that a broadcast is about, as staff read it.
func (h *Handler) span(b handlers.Broadcast) string {
	zone := h.Base.Clinic.Location()
	from, to := b.From.In(zone), b.To.In(zone)
	day := "on " + knowledge.DeskClock(h.Base.Clinic, h.Now()).Date(from, "en")
	if to.Sub(from) > 22*time.Hour { // midnight to midnight, whatever the clocks do
		return day
	}
	return fmt.Sprintf("%s from %s to %s", day, knowledge.Time(from), knowledge.Time(to))
}

// quoted returns what a broadcast says, for a card: a line a language.
func (h *Handler) quoted(b handlers.Broadcast) string {
	return "“" + strings.Join(h.Words(b), "”\n“") + "”"
}

// Words returns what a broadcast says, in each language, without anybody's name or time.
func (h *Handler) Words(b handlers.Broadcast) (out []string) {
	for _, lang := range language.All() {
		words := b.Own[lang]
		if b.Say != "" {
			words, _ = h.Base.Reply(b.Say, lang, knowledge.Fill{"first": "", "when": "…"})
		}
		if words != "" {
			out = append(out, words)
		}
	}
	return out
}

// Compose words the row of a broadcast when it is due, from the number's visits as they then stand.
// It implements a part of gate.Wording.
func (h *Handler) Compose(
	s handlers.State, o handlers.Outgoing, now time.Time,
) handlers.Composed {
	if o.Broadcast == nil {
		return handlers.Composed{Skip: "it isn't known what it says"}
	}
	return h.word(s, *o.Broadcast, handlers.Visit{ID: o.Visit, Start: o.Start}, now)
}

// Instead returns what staff must tell a patient whom a broadcast didn't reach; "" if the visit has
// changed.
func (h *Handler) Instead(s handlers.State, o handlers.Outgoing, now time.Time) string {
	if o.Broadcast == nil {
		return ""
	}
	visit := handlers.Visit{ID: o.Visit, Start: o.Start}
	mine := h.mine(s, *o.Broadcast, visit, now)
	if len(mine) == 0 {
		return ""
	}
	var starts []time.Time
	for _, v := range mine {
		starts = append(starts, v.Start)
	}
	when := knowledge.DeskClock(h.Base.Clinic, now).Whens(knowledge.Once(starts), "en")
	return fmt.Sprintf("Their visit on %s can't take place. What they were to read:\n%s",
		when, h.quoted(*o.Broadcast))
}

// Unreached returns those rows of a broadcast whose patients must be called, with why each text
// didn't reach them.
func (h *Handler) Unreached(
	ctx context.Context, c handlers.Case,
) (out []handlers.Outgoing, err error) {
	if c.Broadcast == nil {
		return nil, nil
	}
	rows, err := h.Rows.RowsOf(ctx, c.Broadcast.Rows)
	for _, o := range rows {
		if !needless(o) && (o.State == handlers.Failed || o.State == handlers.Skipped) {
			out = append(out, o)
		}
	}
	return out, err
}

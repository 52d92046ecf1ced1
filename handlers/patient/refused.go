package patient

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// TellRefused shows at the desk how many texts weren't answered for what an answer would cost, on
// one card for each stretch, which is updated as more come. It pings once, when the stretch begins.
// It is called every few seconds. The error is the store's.
func (h *Handler) TellRefused(ctx context.Context) error {
	x, err := h.Refusals.Refused(ctx)
	now := h.Now()
	if err != nil || !h.shown.due(x, now) {
		return err
	}
	id := fmt.Sprintf("refused:%d", x.From.UnixMilli())
	c := handlers.Case{
		ID: id, Channel: handlers.DeskChannel, Kind: kinds.Refused, Open: true,
		Title: h.refusedWords(x), At: x.From,
	}
	card := handlers.Post{ID: id + ":card", Case: id, Do: desk.PostCard, Due: now}
	open := func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Cases: []handlers.Case{c}, Posts: []handlers.Post{card, {
			ID: id + ":note", Case: id, Do: desk.PostNote, From: "bot", Ping: "here",
			Text: "Texts aren't answered for what answers cost: see this card.",
			Due:  now.Add(time.Millisecond), // a thread needs its card first
		}}}, nil
	}
	_, again, err := h.Store.Turn(ctx, id, handlers.Phone{}, open)
	if err != nil || !again {
		return err
	}
	update := func(s handlers.State) (e handlers.Effects, err error) {
		for _, is := range s.Cases { // staff may have closed it: then they know
			if is.ID == id {
				is.Title = c.Title
				e.Cases, e.Posts = []handlers.Case{is}, []handlers.Post{card}
			}
		}
		return e, nil
	}
	_, _, err = h.Store.Turn(ctx, fmt.Sprintf("%s:%d", id, x.Total()), handlers.Phone{}, update)
	return err
}

// refusedWords returns the title of a stretch's card.
func (h *Handler) refusedWords(x budget.Stretch) string {
	clock := knowledge.DeskClock(h.Base.Clinic, h.Now())
	texts := "1 text wasn't answered"
	if n := x.Total(); n > 1 {
		texts = fmt.Sprintf("%d texts weren't answered", n)
	}
	out := fmt.Sprintf("Since %s %s.", clock.When(x.From, "en"), texts)
	for _, one := range []struct{ why, says string }{
		{budget.RefusedReach, "%d from numbers that we don't text: another country, a satellite, " +
			"a premium rate. Call them."},
		{budget.RefusedStrangers, "%d from numbers that nobody here knows, when they had used up " +
			"what they may: it may be a flood. Patients are answered."},
		{budget.RefusedAll, "%d from patients, on their own cards: all that the bot may answer is " +
			"used up."},
	} {
		if n := x.Count[one.why]; n > 0 {
			out += " " + fmt.Sprintf(one.says, n)
		}
	}
	if len(x.Ends) > 0 {
		out += " The first numbers: …" + strings.Join(x.Ends, ", …") + "."
	}
	return out + " The words are in the carrier's log. What may be danger is in the urgent channel."
}

package patient

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/gate"

	"github.com/beacon-clinic/beacon/knowledge/kinds"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
)

// CatchUp takes a text from the carrier's list, whose webhook came to nothing, under its own id:
// one that was handled before does nothing. What it is answered with leaves through the ledger.
// refused says that this process turned its webhook away, so that a reply which was stored all
// the same has reached nobody. It returns what came of the text, "" if it was handled before.
func (h *Handler) CatchUp(
	ctx context.Context, t handlers.Text, refused bool,
) (what string, err error) {
	began := h.Now()
	t.Fetched = true
	read := h.Base.Read(t.Body, nil)
	rows, err := h.Records(ctx, t.From)
	if err != nil {
		return "", err
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		turn := h.decide(s, t, read, rows)
		turn.e.Reply = h.Gate.Reply(s, turn.e.Reply)
		turn.intoLedger()
		what = turn.became()
		return turn.e, turn.err
	}
	reply, again, err := h.Store.Turn(ctx, t.ID, t.From, decide)
	switch {
	case err != nil:
		return "", err
	case again && refused && !t.Answered && !t.Mute && len(reply.Bodies) > 0:
		return h.undelivered(ctx, t, reply)
	case again:
		return "", nil
	}
	h.Meter.Answered(reply.Kind, h.Now().Sub(began))
	h.Log.Info("text caught up on", "from", t.From, "id", t.ID, "kind", reply.Kind,
		"rule", reply.Rule, "entry", reply.Entry, "what", what, "age", began.Sub(t.At).Round(time.Second))
	return what, nil
}

// Danger says whether a text reads as danger by itself.
func (h *Handler) Danger(t handlers.Text) bool { return danger(h.Base.Read(t.Body, nil).Verdict) }

// undelivered sends a reply that was stored but never reached the patient; one that has become
// stale is a person's to give.
func (h *Handler) undelivered(
	ctx context.Context, t handlers.Text, reply handlers.Reply,
) (what string, err error) {
	id := "undelivered:" + t.ID
	decide := func(s handlers.State) (handlers.Effects, error) {
		turn := &turn{h: h, now: h.Now(), text: t, state: s}
		turn.verdict.Kind = reply.Kind
		if turn.now.Sub(t.At) <= h.Base.Clinic.Stale() || danger(turn.verdict) {
			what = desk.CaughtAnswered
			turn.e.Reply = h.Gate.Reply(s, reply)
			turn.intoLedger()
			return turn.e, nil
		}
		what = desk.CaughtPerson
		return desk.OpenCase(s, handlers.Case{
			ID: id, Channel: handlers.DeskChannel, Kind: kinds.Handoff, Open: true,
			Title: "What they wrote (" + reply.Kind + ") was taken, but the bot's answer didn't reach them. " +
				turn.written(),
			Text: t.Body, Source: t.ID, At: turn.now,
		}), nil
	}
	if _, again, err := h.Store.Turn(ctx, id, t.From, decide); err != nil || again {
		return "", err
	}
	h.Log.Info("text caught up on: it was handled, but its answer lost", "from", t.From, "id", t.ID,
		"what", what)
	return what, nil
}

// intoLedger puts the reply into the ledger: there is no webhook's answer that could take it.
// What the carrier has sent them since isn't said again, and who has just opted out gets nothing.
func (t *turn) intoLedger() {
	bodies := t.e.Reply.Bodies
	t.e.Reply.Bodies = nil
	out := t.state.Consent.Out
	if t.e.Consent != nil {
		out = t.e.Consent.Out
	}
	if out || t.text.Mute { // no webhook is answered: this would be a text that they have ended
		return
	}
	var until time.Time
	if !danger(t.verdict) {
		until = t.text.At.Add(t.h.Base.Clinic.Stale())
	}
	for i, body := range bodies {
		if slices.Contains(t.text.Had, strings.TrimSpace(body)) {
			continue
		}
		t.e.Texts = append(t.e.Texts, handlers.Outgoing{
			ID: fmt.Sprintf("reply:%s:%d", t.text.ID, i), To: t.text.From, Kind: gate.KindReply,
			Body: body, Case: t.waits, Due: t.now.Add(time.Duration(i) * time.Millisecond), Until: until,
		})
	}
}

// became is what has come of a fetched text.
func (t *turn) became() string {
	answer := func(o handlers.Outgoing) bool { return o.Kind == gate.KindReply }
	switch {
	case danger(t.verdict):
		return desk.CaughtDanger
	case t.waits != "":
		return desk.CaughtPerson
	case slices.ContainsFunc(t.e.Texts, answer):
		return desk.CaughtAnswered
	}
	return desk.CaughtDone
}

// TellCaught shows at the desk how many texts of an outage were fetched, and what came of them: one
// line, which changes as more are. count reads them, again if another process tells at the same time.
func (h *Handler) TellCaught(
	ctx context.Context, count func(context.Context) (desk.Caught, error),
) error {
	now := h.Now()
	id := fmt.Sprintf("away:%d", now.UnixNano())
	decide := func(handlers.State) (handlers.Effects, error) {
		c, err := count(ctx)
		one := handlers.Case{
			ID: "away:" + c.Outage, Channel: handlers.DeskChannel, Kind: kinds.Away,
			Title: h.caughtWords(c), At: now,
		}
		return handlers.Effects{
			Cases: []handlers.Case{one},
			Posts: []handlers.Post{{ID: id, Case: one.ID, Do: desk.PostCard, Due: now}},
		}, err
	}
	_, _, err := h.Store.Turn(ctx, id, handlers.Phone{}, decide) // it is no number's
	return err
}

func (h *Handler) caughtWords(c desk.Caught) string {
	zone := h.Base.Clinic.Location()
	from, to := c.Since.In(zone), c.Until.In(zone)
	when := "on " + knowledge.When(from, "en")
	switch {
	case !handlers.SameDay(from, to, zone):
		when = "between " + knowledge.When(from, "en") + " and " + knowledge.When(to, "en")
	case knowledge.Time(from) != knowledge.Time(to):
		when = "between " + knowledge.When(from, "en") + " and " + knowledge.Time(to)
	}
	texts := "1 text that a patient"
	if n := c.Fetched(); n > 1 {
		texts = fmt.Sprintf("%d texts that patients", n)
	}
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{
		{c.Danger, "read as danger: see the urgent channel"},
		{c.Answered, "answered by the bot"},
		{c.Person, "waiting for you, on their own cards"},
		{c.Done, "that need no answer"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	return texts + " wrote " + when + ", while the bot was away, reached it late: " +
		strings.Join(parts, "; ") + "."
}

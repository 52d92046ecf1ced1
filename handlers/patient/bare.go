package patient

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/settings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// texts are the number's rows of the ledger, where the text may be something that only they give a meaning: a YES or NO and nothing else, or
// one that is long enough to bring a text of ours back.
func (h *Handler) texts(ctx context.Context, t handlers.Text, read knowledge.Reading) ([]handlers.Record, error) {
	if read.Bare == "" && read.Keyword != "1" && len(strings.Fields(t.Body)) < mayQuote {
		return nil, nil
	}
	return h.Records(ctx, t.From)
}

// mayQuote is how many words a text has at least that brings one of ours back.
const mayQuote = 4

// sent are the texts that the number got lately, newest first: what comes back of them isn't the patient's.
func (t *turn) sent() []string {
	out := slices.Clone(t.state.Conversation.Said)
	for _, r := range t.rows {
		if r.Body != "" {
			out = append(out, r.Body)
		}
	}
	return out
}

// reminded are the rows that there would be if every reminder of the visits ahead had just gone out.
func (h *Handler) reminded(s handlers.State) (out []handlers.Record) {
	for _, v := range s.Visits {
		for _, step := range h.Base.Clinic.Reminders.Plan {
			row := handlers.Outgoing{ID: v.ID + ":" + step.Kind, Visit: v.ID, Start: v.Start, Kind: step.Kind}
			out = append(out, handlers.Record{Outgoing: row, History: []handlers.Moved{{State: handlers.Sent, At: h.Now()}}})
		}
	}
	return out
}

// answered are the visits that a YES or NO and nothing else can be about: those of which a question is open. It was asked whether they come, and they
// haven't said; or the text that went last, after all that they wrote, reminds of it. When that one was about a free time (slot), none is.
func (t *turn) answered() (out []handlers.Visit, slot bool) {
	last, when := t.state.Conversation.At, map[string]time.Time{}
	for _, r := range t.rows {
		at := left(r)
		if at.IsZero() || t.since(at) { // it can't be what they answer
			continue
		}
		when[r.ID] = at
		for _, told := range strings.Split(r.With, "\n") { // one text tells of all visits of a day
			when[told] = at
		}
		if at.After(last) {
			last = at
		}
	}
	asked, reminded := map[string]bool{}, map[string]bool{}
	for _, r := range t.rows {
		at, step := when[r.ID], t.step(r.Kind)
		latest := at.Equal(last) && at.After(t.state.Conversation.At)
		if latest && r.Slot != "" {
			return nil, true
		}
		for _, v := range t.ahead() {
			if at.IsZero() || r.Visit != v.ID || !r.Start.Equal(v.Start) {
				continue
			}
			asked[v.ID] = asked[v.ID] || step.Only == "unconfirmed" && v.Awaits(t.now)
			reminded[v.ID] = reminded[v.ID] || latest && (step.DaysBefore > 0 || step.HoursBefore > 0)
		}
	}
	for _, v := range t.ahead() {
		if asked[v.ID] || reminded[v.ID] {
			out = append(out, v)
		}
	}
	return out, false
}

// step is that of the clinic's plan of a kind; the zero Step if it has none.
func (t *turn) step(kind string) settings.Step {
	for _, s := range t.h.Base.Clinic.Reminders.Plan {
		if s.Kind == kind {
			return s
		}
	}
	return settings.Step{}
}

// left is when a row left for the patient; zero if it hasn't, or didn't arrive.
func left(r handlers.Record) (at time.Time) {
	for _, m := range r.History {
		switch m.State {
		case handlers.Sent, handlers.Delivered:
			if at.IsZero() {
				at = m.At
			}
		case handlers.Failed:
			at = time.Time{}
		}
	}
	return at
}

// nothingAsked answers a YES or NO that answers no question: it changes nothing. The number settles what was meant; who has been asked back before, or
// has no visit ahead, gets a person.
func (t *turn) nothingAsked() {
	ahead := t.ahead()
	if len(ahead) == 0 || len(t.state.Conversation.Choices) > 0 {
		t.handOff("Writes " + strings.ToUpper(cmp.Or(t.verdict.Bare, t.read.Body)) + ", and no question to them was open. Nothing was changed.")
		return
	}
	v := ahead[0]
	t.talk.Choices = []string{kinds.Confirm + " " + v.ID, kinds.Decline + " " + v.ID}
	t.e.Reply.Kind = kinds.Choices
	t.say(replies.VisitStands, knowledge.Fill{"first": knowledge.Greet(v.Name), "when": t.when(v)})
}

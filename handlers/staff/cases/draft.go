package cases

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// aside matches what begins a message among colleagues: //, note: or nota:, or a name after an @.
var aside = regexp.MustCompile(`^(?:(?:/{2,}|(?i:notes?|nota)\s*:)\s*|@[\pL\pN])`)

// marking matches what of that is only a mark, and isn't sent if the rest is after all.
var marking = regexp.MustCompile(`^(?:/{2,}|(?i:notes?|nota)\s*:)\s*`)

// Inside reports whether a message in a case's thread is meant for colleagues, or may be: one that
// names a colleague further on is looked at again before a patient reads it, but in an alarm.
func Inside(c handlers.Case, r handlers.ThreadReply) bool {
	return among(r) || r.Mentions && c.Channel != handlers.UrgentChannel
}

// among reports whether a message begins as one among colleagues does.
func among(r handlers.ThreadReply) bool { return r.Names || aside.MatchString(r.Text) }

// together is how soon after a colleague's text another may be one that was written without having
// seen it: as long as it takes to write one.
const together = time.Minute

// stays returns the effects of a message that stays inside: a line says so, and a button sends it
// all the same.
func stays(k *act.Kit, c handlers.Case, r handlers.ThreadReply) handlers.Effects {
	say := "Stays inside: not sent to the patient."
	if !among(r) {
		say = "Names a colleague, so it stays inside: not sent to the patient."
	}
	return waits(k, c, r, "", say,
		answer.Button{Text: "Send it to the patient", Do: act.Encode(SendDraft{r.ID, c.ID})})
}

// second returns the effects of a text that comes right after a colleague's: it waits until whoever
// wrote it says that it is to go as well. It is false if there is nothing to wait for; in an alarm
// there never is.
func second(
	k *act.Kit,
	s handlers.State, c handlers.Case, r handlers.ThreadReply,
) (handlers.Effects, bool) {
	talk, now := s.Conversation, k.Now()
	ago := now.Sub(talk.Wrote)
	if c.Channel == handlers.UrgentChannel || talk.Writer == "" || talk.Writer == r.User ||
		ago >= together {
		return handlers.Effects{}, false
	}
	say := fmt.Sprintf(
		"texted the patient %d seconds before this. This isn't sent yet.", max(1, int(ago.Seconds())),
	)
	return waits(k, c, r, talk.Writer, say,
		answer.Button{
			Text: "Send mine too", Do: act.Encode(SendDraft{r.ID, c.ID}), Style: answer.Primary,
		},
		answer.Button{Text: "Don't send it", Do: act.Encode(DropDraft{r.ID, c.ID})}), true
}

// waits returns the effects of a message that isn't sent: it is kept, and a line from somebody says
// why, with what can be done about it.
func waits(
	k *act.Kit,
	c handlers.Case, r handlers.ThreadReply, from, say string, buttons ...answer.Button,
) handlers.Effects {
	d := handlers.Draft{
		ID: r.ID, Phone: c.Phone, Case: c.ID, User: r.User, Note: r.ID + ":waits",
		Text: marking.ReplaceAllString(r.Text, ""),
	}
	return handlers.Effects{
		Drafts: []handlers.Draft{d},
		Posts: []handlers.Post{{
			ID: d.Note, Case: c.ID, Do: desk.PostNote, From: from, Text: say, Buttons: buttons,
			Due: k.Now(),
		}},
	}
}

// SendDraft sends what a colleague, or whoever presses it, wrote in a thread without sending it.
type SendDraft struct {
	Draft string `json:"draft"`
	Case  string `json:"case"` // in whose thread it was written
}

func (SendDraft) Name() string { return "send_draft" }

func (d SendDraft) CaseID() string { return d.Case }

func (d SendDraft) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	return settle(ctx, k, d.Draft, func(
		s handlers.State, c handlers.Case, d handlers.Draft,
	) handlers.Effects {
		e := reply(k, s, c, handlers.ThreadReply{ID: d.ID, User: a.User, Text: d.Text})
		say := "had this sent to the patient."
		if len(e.Texts) == 0 { // the mark says why
			say = "asked for this to be sent."
		}
		e.Posts = append(e.Posts, handlers.Post{
			ID: d.ID + ":settled", Case: c.ID, Do: desk.PostNote, From: a.User, Clear: d.Note,
			Text: say, Due: k.Now(),
		})
		return e
	})
}

// DropDraft leaves what waits unsent for good.
type DropDraft struct {
	Draft string `json:"draft"`
	Case  string `json:"case"`
}

func (DropDraft) Name() string { return "drop_draft" }

func (d DropDraft) CaseID() string { return d.Case }

func (d DropDraft) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	return settle(ctx, k, d.Draft, func(
		_ handlers.State, c handlers.Case, d handlers.Draft,
	) handlers.Effects {
		return handlers.Effects{Posts: []handlers.Post{{
			ID: d.ID + ":settled", Case: c.ID, Do: desk.PostNote, From: a.User, Clear: d.Note,
			Text: "left this unsent.", Due: k.Now(),
		}}}
	})
}

// settle ends a draft, once: of two who press, the second is told that it is settled.
func settle(
	ctx context.Context, k *act.Kit, id string,
	how func(handlers.State, handlers.Case, handlers.Draft) handlers.Effects,
) (answer.Answer, error) {
	d, c, ok, err := draft(ctx, k, id)
	if err != nil || !ok {
		return answer.Say("This is too old to be sent. Write it again."), err
	}
	_, again, err := k.Store.Turn(ctx, "settle:"+d.ID, d.Phone,
		func(s handlers.State) (handlers.Effects, error) { return how(s, c, d), nil })
	if err != nil || !again {
		return answer.Answer{}, err
	}
	return answer.Say("This is settled already: see the thread."), nil
}

// draft reads what wasn't sent, and the case in whose thread it was written.
func draft(
	ctx context.Context, k *act.Kit, id string,
) (d handlers.Draft, c handlers.Case, ok bool, err error) {
	if d, ok, err = k.Cases.Draft(ctx, id); err != nil || !ok {
		return d, c, false, err
	}
	c, ok, err = k.Cases.Case(ctx, d.Case)
	return d, c, ok, err
}

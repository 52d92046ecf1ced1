package cases

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Revise does what the change of a message asks for.
func Revise(ctx context.Context, k *act.Kit, c handlers.Case, r handlers.Revision) error {
	row, err := k.Texts.Row(ctx, r.Message)
	switch {
	case err != nil:
		return err
	case row.ID == "":
		return reviseDraft(ctx, k, r)
	case row.State == handlers.Planned && row.Tries == 0:
		done, err := reviseRow(ctx, k, c, row, r)
		if err != nil || done {
			return err
		}
	}
	old, _, err := k.Cases.Draft(ctx, "revised:"+r.Message)
	if err != nil {
		return err
	}
	d := handlers.Draft{
		ID: "revised:" + r.Message, Phone: c.Phone, Case: c.ID, User: r.User, Text: r.Text,
		Note: r.ID + ":revised",
	}
	say := "changed this after it was sent: the patient has the first version."
	if r.Gone {
		say = "deleted a message that was sent: the patient has it."
	}
	_, _, err = k.Store.Turn(ctx, r.ID, c.Phone, func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{
			Drafts: []handlers.Draft{d},
			Posts: []handlers.Post{{
				ID: d.Note, Case: c.ID, Do: desk.PostNote, From: r.User, Text: say, Clear: old.Note,
				Buttons: []answer.Button{{
					Text: "Send a correction", Do: act.Encode(Correct{d.ID, c.ID, ""}),
				}},
				Due: k.Now(),
			}},
		}, nil
	})
	return err
}

// reviseDraft changes what waits in a thread, or forgets that it waits.
func reviseDraft(ctx context.Context, k *act.Kit, r handlers.Revision) error {
	d, c, ok, err := draft(ctx, k, r.Message)
	if err != nil || !ok {
		return err // it was refused, say: its mark stands
	}
	if r.Gone {
		_, err := DropDraft{d.ID, d.Case}.Do(ctx, k, act.Asked{ID: r.ID, User: r.User})
		return err
	}
	d.Text = marking.ReplaceAllString(r.Text, "")
	_, _, err = k.Store.Turn(ctx, r.ID, c.Phone, func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Drafts: []handlers.Draft{d}}, nil
	})
	return err
}

// reviseRow has a text that waits to be sent leave as it is now, or not at all. done is false if its
// send began meanwhile: the store then leaves the row as it is.
func reviseRow(
	ctx context.Context, k *act.Kit, c handlers.Case, row handlers.Outgoing, r handlers.Revision,
) (done bool, err error) {
	row.Body = knowledge.Plain(r.Text)
	decide := func(handlers.State) (handlers.Effects, error) {
		e := handlers.Effects{Void: handlers.Voids("its writer changed it", row.ID)}
		if r.Gone {
			e.Posts = unsent(k, c, handlers.ThreadReply{ID: r.Message},
				"It was deleted before it left.").Posts
			return e, nil
		}
		e.Texts = []handlers.Outgoing{row}
		return e, nil
	}
	if _, _, err := k.Store.Turn(ctx, r.ID+":unsent", c.Phone, decide); err != nil {
		return false, err
	}
	is, err := k.Texts.Row(ctx, row.ID)
	if r.Gone {
		return is.State == handlers.Void, err
	}
	return is.Body == row.Body, err
}

// Correct texts a patient the newer version of what they were sent, once it was looked over.
type Correct struct {
	Draft string `json:"draft"`
	Case  string `json:"case"`
	Text  string `json:"text,omitempty"` // "": asks for it
}

func (Correct) Name() string { return "correct" }

func (d Correct) CaseID() string { return d.Case }

func (d Correct) Fill(_ *act.Kit, values map[string]string) (act.Act, map[string]string) {
	d.Text = values["text"]
	if d.Text == "" {
		return d, map[string]string{"text": "Write what the patient shall get."}
	}
	return d, nil
}

func (d Correct) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	was, c, ok, err := draft(ctx, k, d.Draft)
	if err != nil || !ok {
		return answer.Say("This is too old to be corrected here. Write it in the thread."), err
	}
	if d.Text == "" {
		return answer.Answer{Form: &answer.Form{
			Title: "Send a correction", Submit: "Send", Do: act.Encode(d),
			Fields: []answer.Field{{
				Name: "text", Label: "What the patient gets", Kind: answer.Area, Value: was.Text,
				Most: mostWritten,
			}},
		}}, nil
	}
	id := "correct:" + a.ID
	did, _, err := k.Store.Turn(ctx, id, was.Phone, func(
		s handlers.State,
	) (handlers.Effects, error) {
		if why := bars(k, s, c); why != "" {
			return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused, Note: why}}, nil
		}
		e := reply(k, s, c, handlers.ThreadReply{ID: id, User: a.User, Text: d.Text})
		e.Texts[0].Mark = "" // there is no message to mark: a card tells if it fails
		e.Posts = append(e.Posts, handlers.Post{
			ID: id + ":note", Case: c.ID, Do: desk.PostNote, From: a.User, Clear: was.Note,
			Text: "sent a correction: " + veil.Veiled(d.Text, "(its words aren't shown here)"),
			Due:  k.Now(),
		})
		return e, nil
	})
	if err != nil || did.Kind != desk.Refused {
		return answer.Answer{}, err
	}
	return answer.Say("%s", did.Note), nil
}

// mostWritten is the most characters that a text by staff has: Twilio's limit. source:
// https://www.twilio.com/docs/api/errors/21617
const mostWritten = 1600

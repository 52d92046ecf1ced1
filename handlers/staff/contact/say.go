package contact

import (
	"context"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Say texts a patient what a member of staff writes, and gives them the conversation: on a card of
// its own, or in the number's open case. The text is asked for by a person, so neither the caps nor
// the window hold it back; an opt-out does, and so does a number that the clinic doesn't text.
type Say struct {
	Who  act.Who `json:"who"`
	Text string  `json:"text"`
}

func (Say) Name() string { return "say" }

func (s Say) About() act.Who { return s.Who }

func parseSay(k *act.Kit, args string) (act.Act, error) {
	who, text := k.Whom(args)
	switch {
	case who == "":
		return nil, act.Usage("Say whom, and what to text.")
	case text == "":
		return nil, act.Usage("Say what to text.")
	}
	return Say{who, text}, nil
}

func (s Say) Do(ctx context.Context, k *act.Kit, a act.Asked) (answer.Answer, error) {
	phone, err := k.One(ctx, s.Who)
	if err != nil {
		return answer.Answer{}, err
	}
	text, err := worded(ctx, k, phone, s.Text)
	if err != nil {
		return answer.Answer{}, err
	}
	if why := k.Gate.Untexted(phone); why != "" {
		return answer.Say("Not sent: %s is %s, which we don't text. Please call.", phone, why), nil
	}
	decide := func(s handlers.State) (handlers.Effects, error) {
		// Read within the turn, so an opt-out that comes at the same moment counts. The refusal is
		// kept as the event's reply: the same command again is told the same.
		if s.Consent.Out {
			return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused}}, nil
		}
		now, talk := k.Now(), s.Conversation
		// The card is taken from the start, so that nobody else answers what comes back.
		e := said(desk.OpenCase(s, handlers.Case{
			ID: "say:" + a.ID, Channel: handlers.DeskChannel, Kind: "staff",
			Title: "Texted by " + a.User + ".", At: now, Open: true, TakenBy: a.User,
		}), a, text, now)
		talk.Taken, talk.By, talk.Case = now.Add(k.Keep()), a.User, e.Posts[0].Case
		talk.Wrote, talk.Writer = now, a.User
		e.Conversation = &talk
		// A command leaves no message to mark, so the row has no Mark: if the text fails, the desk
		// gets a card.
		e.Texts = []handlers.Outgoing{
			{
				ID: "say:" + a.ID, To: phone, Channel: talk.On(now), Kind: "say", Body: knowledge.Plain(text),
				By: a.User, Due: now,
			},
		}
		return e, nil
	}
	did, _, err := k.Store.Turn(ctx, "say:"+a.ID, phone, decide)
	if err != nil {
		return answer.Answer{}, err
	}
	if did.Kind == desk.Refused {
		return answer.Say("Not sent: %s has opted out of texts. Please call.", phone), nil
	}
	out := answer.Say(
		"On its way to %s. The conversation is yours until you hand it back.", phone,
	)
	if text != s.Text { // what a template came to
		out = out.Add(answer.Part{Quote: veil.Veiled(text, s.Text)})
	}
	return out, nil
}

// said adds to the effects of bringing a text to the desk what it says. In a thread that was open
// already its words stand in place of the card's title.
func said(e handlers.Effects, a act.Asked, text string, now time.Time) handlers.Effects {
	words := handlers.Post{
		ID: "say:" + a.ID + ":words", Do: desk.PostNote, From: a.User, Due: now,
		Text: "texted the patient: " + veil.Veiled(text, "(its words aren't shown here)"),
	}
	for i, p := range e.Posts {
		words.Case = p.Case
		if p.Do == desk.PostNote && p.From == handlers.FromBot {
			words.ID = p.ID
			e.Posts[i] = words
			return e
		}
	}
	e.Posts = append(e.Posts, words)
	return e
}

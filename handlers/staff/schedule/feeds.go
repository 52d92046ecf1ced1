package schedule

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Agree returns the effects of a person's word that what a card asks is so: that the visits which a
// feed lacks are off, as whoever follows the feed finds in the case, or that those of an import that
// were in doubt are right.
func Agree(k *act.Kit, c handlers.Case, p handlers.Press) handlers.Effects {
	says := ""
	switch c.Kind {
	case kinds.FeedShrunk:
		says = "agreed: they are taken off within a minute or two."
	case kinds.Doubts:
		says = "agreed to them as they stand above: what is still to be said is texted when it is due. " +
			"What has changed since isn't: it has a card of its own if it is in doubt."
	default:
		return handlers.Effects{}
	}
	now := k.Now()
	c.Open, c.Agreed, c.TakenBy, c.TakenAt = false, true, p.User, now
	return handlers.Effects{
		Cases: []handlers.Case{c},
		Posts: []handlers.Post{
			{ID: p.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
			{
				ID: p.ID + ":note", Case: c.ID, Do: desk.PostNote, From: p.User,
				Text: says, Due: now,
			},
		},
	}
}

// AgreeAll plans what is still to come of the visits that were in doubt. It comes after the turn that
// closes the card, and the same press again does what is left of it.
func AgreeAll(ctx context.Context, k *act.Kit, c handlers.Case, p handlers.Press) error {
	for _, d := range c.Doubtful {
		seen := handlers.Visit{ID: d.Visit, Start: d.Start}
		if _, err := k.Visits.Agree(ctx, p.ID+":"+d.Visit, seen); err != nil {
			return err
		}
	}
	return nil
}

// Link says whom a feed means by a name or a code. One without a number takes the link back.
type Link struct {
	Who    act.Who `json:"who,omitempty"`
	Feed   string  `json:"feed"`
	Code   string  `json:"code"`
	Called string  `json:"name,omitempty"` // "": the code is the patient's
}

func (Link) Name() string { return "link" }

func (l Link) About() act.Who { return l.Who }

// parseLink reads PHONE|none FEED CODE [= NAME].
func parseLink(k *act.Kit, args string) (act.Act, error) {
	var l Link
	rest, none := strings.CutPrefix(args, "none ")
	if !none {
		p, after, err := k.Number(args)
		if err != nil {
			return nil, err
		}
		l.Who, rest = act.Who(p.E164()), after
	}
	feed, code, _ := strings.Cut(strings.TrimSpace(rest), " ")
	code, name, named := strings.Cut(code, "=")
	l.Feed, l.Code = feed, strings.TrimSpace(code)
	l.Called = strings.Join(strings.Fields(name), " ")
	if visits.CodeOf(code) == "" || named && l.Called == "" {
		return nil, act.Usage("Say what the feed calls the patient, and after = their name.")
	}
	return l, nil
}

func (l Link) Do(ctx context.Context, k *act.Kit, a act.Asked) (out answer.Answer, err error) {
	f, known := k.Base.Clinic.Feed(strings.ToLower(l.Feed))
	if !known {
		return out, act.Usage("No feed of clinic.yaml is called %q.", l.Feed)
	}
	link := handlers.Link{
		By: a.User, At: k.Now(), Feed: f.Name, Code: visits.CodeOf(l.Code),
		Name: cmp.Or(l.Called, strings.Join(strings.Fields(l.Code), " ")),
	}
	if l.Who != "" {
		if link.Phone, err = k.One(ctx, l.Who); err != nil {
			return out, err
		}
	}
	if err := k.Feeds.Link(ctx, link); err != nil {
		return out, err
	}
	what := veil.Veiled(fmt.Sprintf("%q", l.Code), "the code")
	if l.Who == "" {
		return answer.Say("%s of the feed %q is nobody's now.", what, f.Name), nil
	}
	return answer.Say("%s of the feed %q is %s: their visits are booked at its next look.",
		what, f.Name, link.Phone), nil
}

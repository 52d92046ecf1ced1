package staff

import (
	"context"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// agree returns the effects of a person's word that what a card asks is so: that the visits which a
// feed lacks are off, as whoever follows the feed finds in the case, or that those of an import that
// were in doubt are right.
func (h *Handler) agree(c handlers.Case, p handlers.Press) handlers.Effects {
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
	now := h.Now()
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

// agreeAll plans what is still to come of the visits that were in doubt. It comes after the turn that
// closes the card, and the same press again does what is left of it.
func (h *Handler) agreeAll(ctx context.Context, c handlers.Case, p handlers.Press) error {
	for _, d := range c.Doubtful {
		seen := handlers.Visit{ID: d.Visit, Start: d.Start}
		if _, err := h.Visits.Agree(ctx, p.ID+":"+d.Visit, seen); err != nil {
			return err
		}
	}
	return nil
}

// link says whom a feed means by a name or a code: PHONE FEED CODE [= NAME]. Without a name the
// code is the patient's. For none in place of the number the link is taken back.
func (h *Handler) link(ctx context.Context, c handlers.Command, args string) (string, error) {
	l := handlers.Link{By: c.User, At: h.Now()}
	rest, none := strings.CutPrefix(args, "none ")
	if !none {
		var err error
		if l.Phone, rest, err = h.phone(args); err != nil {
			return "", err
		}
	}
	feed, code, _ := strings.Cut(strings.TrimSpace(rest), " ")
	f, known := h.Base.Clinic.Feed(strings.ToLower(feed))
	if !known {
		return "", usage("No feed of clinic.yaml is called %q.", feed)
	}
	code, name, named := strings.Cut(code, "=")
	l.Feed, l.Code, l.Name = f.Name, visits.CodeOf(code), strings.Join(strings.Fields(code), " ")
	if name = strings.Join(strings.Fields(name), " "); name != "" {
		l.Name = name
	}
	if l.Code == "" || named && name == "" {
		return "", usage("Say what the feed calls the patient, and after = their name.")
	}
	if err := h.Feeds.Link(ctx, l); err != nil {
		return "", err
	}
	what := veil.Veiled(fmt.Sprintf("%q", strings.TrimSpace(code)), "the code")
	if none {
		return fmt.Sprintf("%s of the feed %q is nobody's now.", what, f.Name), nil
	}
	return fmt.Sprintf("%s of the feed %q is %s: their visits are booked at its next look.",
		what, f.Name, l.Phone), nil
}

package staff

import (
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// judge does what who has read a concern says of it: it is none, and is closed without a ping; or it is danger, and pages. On a card that has
// become an alarm meanwhile neither button does anything: an alarm is cleared, not read.
func (h *Handler) judge(s handlers.State, c handlers.Case, p handlers.Press) handlers.Effects {
	now := h.Now()
	if !c.Concern() {
		return handlers.Effects{}
	}
	if p.Action == desk.ActionDanger {
		return desk.Raised(c, p.ID, kinds.Crisis, "Staff have read this: it is danger. Reach them now.", p.User, "says that this is danger.", now, h.Base.Clinic.PageEvery())
	}
	e := handlers.Effects{}
	if c.TakenBy != "" && c.TakenBy == s.Conversation.By { // they talked here, and it is over
		talk := s.Conversation
		talk.Taken, talk.By = time.Time{}, ""
		e.Conversation = &talk
	}
	c.TakenBy, c.TakenAt, c.Open = p.User, now, false
	e.Cases = []handlers.Case{c}
	e.Posts = []handlers.Post{
		{ID: p.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
		{ID: p.ID + ":note", Case: c.ID, Do: desk.PostNote, From: p.User, Text: "has read this.", Due: now},
	}
	return e
}

package sandbox

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/bot/slack/plain"
	"github.com/beacon-clinic/beacon/handlers"
)

// written returns what staff wrote in a card's thread under an id; nil if there is none.
func (k *card) written(is func(id string) bool) *line {
	for i := range k.Replies {
		if l := &k.Replies[i]; l.ID != "" && is(l.ID) {
			return l
		}
	}
	return nil
}

// at matches a colleague's name after an @ within a sentence; one that a message begins with is read
// by the handler.
var at = regexp.MustCompile(`([\s(])@(\pL[\pL\pN]*)`)

// typed returns what staff wrote as a patient's phone gets it, as by Slack's road, where what was
// typed comes escaped and a colleague's name is a mention.
func typed(text string) plain.Written {
	escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	return plain.Read(at.ReplaceAllString(escaped, "$1<@$2|$2>"), nil, nil)
}

// lines changes a thread and shows it on the pages.
func (s *Sandbox) lines(thread string, change func(*card) error) error {
	s.mu.Lock()
	k := s.byThread(thread)
	if k == nil {
		s.mu.Unlock()
		return notFound(errUnknownThread.Error())
	}
	err := change(k)
	e := k.shown()
	s.mu.Unlock()
	if err == nil {
		s.events.emit("card", e)
	}
	return err
}

// serveReply is POST /sandbox/reply: staff write in a thread. It answers with the message's id. A
// reply that the handler didn't take stays in the thread as failed.
func (s *Sandbox) serveReply(w http.ResponseWriter, r *http.Request) error {
	var in struct{ Thread, Text, User string }
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	reply := handlers.ThreadReply{
		ID: s.id("SR"), Thread: in.Thread, User: user(in.User),
	}
	wrote := typed(in.Text)
	reply.Text, reply.Mentions = wrote.Text, wrote.Among
	if reply.Text == "" {
		return badRequest("text is missing: write what the patient shall get")
	}
	// The line is in the thread before the handler is called, since its mark may come before the
	// handler returns.
	err := s.lines(in.Thread, func(k *card) error {
		k.Replies = append(k.Replies, line{
			From: reply.User, Text: reply.Text, ID: reply.ID, State: pending,
		})
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.cfg.Load().Staff.Reply(r.Context(), reply); err != nil {
		return fmt.Errorf("staff reply: %w", joined(err, s.lines(in.Thread, func(k *card) error {
			if l := k.written(func(id string) bool { return id == reply.ID }); l != nil {
				l.State, l.Why = handlers.Failed, "not taken: try again"
			}
			return nil
		})))
	}
	if err := s.Settle(r.Context()); err != nil {
		return err
	}
	return writeJSON(w, map[string]string{"id": reply.ID})
}

// serveRevise is POST /sandbox/revise: staff change what they wrote in a thread, or, with no text,
// delete it. As in Slack, only whoever wrote it may.
func (s *Sandbox) serveRevise(w http.ResponseWriter, r *http.Request) error {
	var in struct{ Thread, ID, Text, User string }
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	to := handlers.Revision{
		ID: s.id("SE"), Message: in.ID, Thread: in.Thread, User: user(in.User),
		Text: typed(in.Text).Text,
	}
	to.Gone = to.Text == ""
	same := false
	err := s.lines(in.Thread, func(k *card) error {
		at := slices.IndexFunc(k.Replies, func(l line) bool { return l.ID != "" && l.ID == in.ID })
		switch {
		case at < 0:
			return notFound("no such message in that thread: its id stands in GET /sandbox/desk")
		case k.Replies[at].From != to.User:
			return badRequest("user: only whoever wrote a message may change it")
		case to.Gone:
			k.Replies = slices.Delete(k.Replies, at, at+1)
			return nil
		}
		l := &k.Replies[at]
		same = l.Text == to.Text
		l.Text, l.Edited = to.Text, l.Edited || !same
		return nil
	})
	if err != nil {
		return err
	}
	if !same {
		if err := s.cfg.Load().Staff.Revise(r.Context(), to); err != nil {
			return fmt.Errorf("staff revise: %w", err)
		}
	}
	if err := s.Settle(r.Context()); err != nil {
		return err
	}
	return writeJSON(w, map[string]string{"id": in.ID})
}

package sandbox

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// acted is what an act comes to. The page draws the blocks, which are those that Slack would get;
// the text is for who reads JSON.
type acted struct {
	ID     string            `json:"id,omitempty"` // of the press
	Text   string            `json:"text"`
	Blocks []any             `json:"blocks,omitempty"`
	Modal  any               `json:"modal,omitempty"` // a form that is to be filled in
	File   *file             `json:"file,omitempty"`
	Wrong  map[string]string `json:"wrong,omitempty"` // what is wrong with a form's values, by field
}

// file is given to whoever asked.
type file struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// renderer draws for the sandbox, where all words are shown, since they are fictional. A picture's
// id is the picture itself.
func renderer(a answer.Answer) view.Renderer {
	r := view.Renderer{Words: true, Files: map[string]string{}}
	for _, p := range a.Parts {
		if p.Picture != nil {
			r.Files[p.Picture.Name] = "data:image/png;base64," +
				base64.StdEncoding.EncodeToString(p.Picture.PNG)
		}
	}
	return r
}

// blocks returns the blocks of messages, one after another.
func blocks(all ...view.Message) (out []any) {
	for _, m := range all {
		for _, b := range m.Blocks {
			out = append(out, b)
		}
	}
	return out
}

// acted returns an answer as the page draws it.
func (s *Sandbox) acted(a answer.Answer) acted {
	r := renderer(a)
	out := acted{
		Text: a.Text(true, s.zone()), Blocks: blocks(r.Messages(a)...),
	}
	if a.Form != nil {
		out.Modal = r.Modal(*a.Form, a.Form.Do)
	}
	if a.File != nil {
		only := answer.Answer{File: a.File}
		out.File = &file{a.File.Name, only.Text(true, s.zone())}
	}
	return out
}

// settled carries out what an act has made due, and answers with what the act came to.
func (s *Sandbox) settled(ctx context.Context, w http.ResponseWriter, out acted) error {
	if err := s.Settle(ctx); err != nil {
		return err
	}
	s.events.emit("people", struct{}{}) // who has a visit may be another now
	return writeJSON(w, out)
}

// servePress is POST /sandbox/press: staff press a button on a card, by its action's id, or one of
// an answer or of Home, by its value. It answers with the press's id and what came of it.
func (s *Sandbox) servePress(w http.ResponseWriter, r *http.Request) error {
	var in struct{ Thread, Action, Value, User string }
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	press := handlers.Press{
		ID: s.id("SP"), Thread: in.Thread, Action: in.Action, User: user(in.User), FromDesk: true,
	}
	if name, _, encoded := strings.Cut(in.Value, " {"); encoded && name != "" {
		press.Action = in.Value
	} else if err := s.has(in.Thread, in.Action); err != nil {
		return err
	}
	a, err := s.cfg.Load().Staff.Press(r.Context(), press)
	if err != nil {
		return fmt.Errorf("staff press: %w", err)
	}
	out := s.acted(a)
	out.ID = press.ID
	return s.settled(r.Context(), w, out)
}

// has returns a fault if the card of a thread has no such button.
func (s *Sandbox) has(thread, action string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.byThread(thread)
	if k == nil {
		return notFound(errUnknownThread.Error())
	}
	var has []string
	for _, a := range k.Actions {
		has = append(has, a.ID)
	}
	if slices.Contains(has, action) {
		return nil
	}
	return badRequest(
		fmt.Sprintf("action: the card has no such button; it has: %s", strings.Join(has, ", ")),
	)
}

// serveCommand is POST /sandbox/command: a /clinic command, with or without the word "/clinic". It
// always comes from the desk, and answers with what staff would be shown.
func (s *Sandbox) serveCommand(w http.ResponseWriter, r *http.Request) error {
	var in struct{ Text, User string }
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	text := strings.TrimSpace(in.Text)
	if rest, ok := strings.CutPrefix(text, "/clinic"); ok && (rest == "" || rest[0] == ' ') {
		text = strings.TrimSpace(rest) // as people write it
	}
	a, err := s.cfg.Load().Staff.Command(r.Context(), handlers.Command{
		ID: s.id("SC"), User: user(in.User), FromDesk: true, Text: text,
	})
	if err != nil {
		return fmt.Errorf("staff command: %w", err)
	}
	return s.settled(r.Context(), w, s.acted(a))
}

// serveSubmit is POST /sandbox/submit: staff send a form that an answer opened. Values that are
// wrong are answered by field, and nothing is done.
func (s *Sandbox) serveSubmit(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Do, Thread, User string
		Values           map[string]string
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	a, wrong, err := s.cfg.Load().Staff.Submit(r.Context(), handlers.Submission{
		ID: s.id("SF"), User: user(in.User), FromDesk: true, Thread: in.Thread, Do: in.Do,
		Values: in.Values,
	})
	if err != nil {
		return fmt.Errorf("staff form: %w", err)
	}
	out := s.acted(a)
	out.Wrong = wrong
	return s.settled(r.Context(), w, out)
}

// serveHome is GET /sandbox/home?user=: what the app's Home shows somebody at the desk.
func (s *Sandbox) serveHome(w http.ResponseWriter, r *http.Request) error {
	a, err := s.cfg.Load().Home(r.Context(), user(r.URL.Query().Get("user")))
	if err != nil {
		return fmt.Errorf("home: %w", err)
	}
	var all []any
	for _, b := range renderer(a).Home(a).Blocks.BlockSet {
		all = append(all, b)
	}
	return writeJSON(w, acted{Text: a.Text(true, s.zone()), Blocks: all})
}

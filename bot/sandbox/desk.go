package sandbox

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// The states of a staff message that has no mark: it is on its way, or it isn't sent, which a line
// below it explains.
const (
	pending = "pending"
	unsent  = "not sent"
)

// card is a case at the desk, with its thread.
type card struct {
	Thread  string        `json:"thread"`  // "T1", "T2" … in the order of posting
	Channel string        `json:"channel"` // handlers.DeskChannel or handlers.UrgentChannel
	At      time.Time     `json:"at"`      // in whole seconds
	Phone   string        `json:"phone"`   // masked; "" if the case belongs to no number
	Text    string        `json:"text"`    // the title, and below it the patient's words
	Open    bool          `json:"open"`
	TakenBy string        `json:"taken_by,omitempty"`
	Actions []desk.Action `json:"actions"`           // its buttons
	Replies []line        `json:"replies"`           // oldest first
	Earlier int           `json:"earlier,omitempty"` // lines above them, see shown
	Blocks  []any         `json:"blocks"`            // as Slack would get them

	caseID string // "" for a line that belongs to no case
}

// line is one line of a thread: a note, or what staff wrote.
type line struct {
	From string `json:"from"`
	Text string `json:"text"`
	// State is of what staff wrote: pending, not sent, sent, delivered, failed or refused.
	State string `json:"state"`
	Why   string `json:"why,omitempty"`
	ID    string `json:"id,omitempty"` // of what staff wrote, which they may change
	// Edited says that they did.
	Edited bool `json:"edited,omitempty"`
	// Blocks are those that Slack would get; none of what staff wrote.
	Blocks []any `json:"blocks,omitempty"`

	post string // the id of the post that it is
}

// Card shows a case, or updates its card, and returns its thread. Patients' words are always shown,
// since they are fictional. It fails only while Slack is away.
func (s *Sandbox) Card(_ context.Context, c handlers.Case, _ bool) (thread string, err error) {
	fails := s.slackFails()
	s.mu.Lock()
	if fails != nil { // staff don't see it, but whoever lets the clock play is to
		s.alarmed(c.ID, c.Untaken())
		s.mu.Unlock()
		return "", fails
	}
	k := s.cardOf(c)
	if k == nil {
		k = &card{Thread: fmt.Sprintf("T%d", len(s.cards)+1), caseID: c.ID, Replies: []line{}}
		s.cards = append(s.cards, k)
	}
	k.Channel, k.Phone, k.Text, k.Open = c.Channel, "", veil.Shown(c.Title, true), c.Open
	if !c.Phone.IsZero() {
		k.Phone = c.Phone.String()
	}
	k.TakenBy, k.At = c.TakenBy, c.At.In(s.clock.at.Location()).Truncate(time.Second)
	if c.OptOut && c.Open {
		k.Text = "CALL: has opted out of texts. " + k.Text
	}
	if c.Text != "" {
		k.Text += "\n" + c.Text
	}
	for _, r := range c.Joined {
		k.Text += "\n• " + veil.Shown(r.Title, true)
	}
	if n := c.More - len(c.Joined); n > 0 {
		k.Text += fmt.Sprintf("\n(%d more in the thread)", n)
	}
	k.Blocks = blocks(view.Renderer{Words: true}.Card(c))
	s.alarmed(c.ID, c.Untaken())
	if c.Said != "" {
		k.Text += "\nBeacon: " + veil.Shown(c.Said, true)
	}
	// Never nil, which would be null in JSON: the page iterates over it.
	k.Actions = append([]desk.Action{}, desk.Actions(c)...)
	e := k.shown()
	s.mu.Unlock()
	s.events.emit("card", e)
	return e.Thread, nil
}

// Say posts a line that belongs to no case in a channel, as a card without buttons.
func (s *Sandbox) Say(_ context.Context, channel, text string) error {
	if err := s.slackFails(); err != nil {
		return err
	}
	s.mu.Lock()
	k := &card{
		Thread: fmt.Sprintf("T%d", len(s.cards)+1), Channel: channel, Text: "@channel " + text,
		At: s.clock.now().Truncate(time.Second), Actions: []desk.Action{}, Replies: []line{},
		Blocks: blocks(view.Renderer{Words: true}.Messages(answer.Say("@channel %s", text))...),
	}
	s.cards = append(s.cards, k)
	e := k.shown()
	s.mu.Unlock()
	s.events.emit("card", e)
	return nil
}

// Note adds a line to the case's thread and deletes the earlier line that it replaces, if any. A
// post that comes again, after a crash of its sender, is there once. It is an error if the case has
// no card.
func (s *Sandbox) Note(_ context.Context, c handlers.Case, p handlers.Post) error {
	return s.change(c, func(k *card) {
		if !s.noted[p.ID] {
			s.noted[p.ID] = true
			text := veil.Shown(p.Text, true)
			if p.Ping != "" {
				text = "@" + p.Ping + " " + text
			}
			k.Replies = slices.DeleteFunc(k.Replies, func(l line) bool {
				return l.post != "" && l.post == p.Clear
			})
			if l := k.written(func(id string) bool { return p.ID == id+":waits" }); l != nil {
				l.State = unsent
			}
			k.Replies = append(k.Replies, line{
				From: p.From, Text: text, post: p.ID,
				Blocks: blocks(view.Renderer{Words: true}.Note(p)),
			})
		}
	})
}

// Mark shows on a staff message what became of it. Marks may arrive in any order, so a final state
// isn't replaced by Sent. A mark for an unknown message changes nothing.
func (s *Sandbox) Mark(_ context.Context, c handlers.Case, p handlers.Post) error {
	return s.change(c, func(k *card) {
		l := k.written(func(id string) bool { return id == p.Mark })
		followed := []string{pending, unsent, handlers.Sent} // what another state may follow
		if l != nil && slices.Contains(followed, l.State) {
			l.State, l.Why = p.State, p.Why
		}
	})
}

// change updates a case's card and notifies the pages. A missing card is an error, so that the post
// is retried after its card.
func (s *Sandbox) change(c handlers.Case, change func(*card)) error {
	if err := s.slackFails(); err != nil {
		return err
	}
	s.mu.Lock()
	k := s.cardOf(c)
	if k == nil {
		s.mu.Unlock()
		return fmt.Errorf("sandbox desk: case %s has no card", c.ID)
	}
	change(k)
	e := k.shown()
	s.mu.Unlock()
	s.events.emit("card", e)
	return nil
}

// cardOf returns a case's card, by the case's id or its thread; nil if it has none. mu must be
// held.
func (s *Sandbox) cardOf(c handlers.Case) *card {
	for _, k := range s.cards {
		if k.caseID == c.ID || c.Thread != "" && k.Thread == c.Thread {
			return k
		}
	}
	return nil
}

// byThread returns the card of a thread; nil if there is none. mu must be held.
func (s *Sandbox) byThread(thread string) *card {
	for _, k := range s.cards {
		if k.Thread == thread {
			return k
		}
	}
	return nil
}

// copied returns a copy that can be marshalled without mu, since it shares nothing that changes.
func (k *card) copied() card {
	c := *k
	c.Actions = append([]desk.Action{}, k.Actions...)
	c.Replies = append([]line{}, k.Replies...)
	return c
}

// shownLines is how many lines of a thread the page gets at a time: otherwise a thread that each
// text adds to would be sent whole for each of them.
const shownLines = 30

// shown is copied with the newest lines of the thread alone, for the page.
func (k *card) shown() card {
	c := k.copied()
	c.Earlier = max(0, len(c.Replies)-shownLines)
	c.Replies = c.Replies[c.Earlier:]
	return c
}

// serveDesk is GET /sandbox/desk: every card with its thread, oldest first. With done= it is what
// the page shows: those open, and the newest so many that are done, each with its newest lines. With
// thread= it is one card, whole.
func (s *Sandbox) serveDesk(w http.ResponseWriter, r *http.Request) error {
	done, err := newest(r, "done")
	if err != nil {
		return err
	}
	copied, thread := (*card).copied, r.URL.Query().Get("thread")
	if r.URL.Query().Has("done") {
		copied = (*card).shown
	}
	list := []card{}
	s.mu.Lock()
	for _, k := range slices.Backward(s.cards) {
		if thread != "" && k.Thread != thread || !k.Open && done == 0 {
			continue
		}
		if !k.Open {
			done--
		}
		list = append(list, copied(k))
	}
	s.mu.Unlock()
	slices.Reverse(list)
	return writeJSON(w, list)
}

// serveImport is POST /sandbox/import with a file of visits as the body, or with JSON that holds
// one. It answers with what came of it.
func (s *Sandbox) serveImport(w http.ResponseWriter, r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	body := http.MaxBytesReader(w, r.Body, maxImport)
	res, err := s.cfg.Load().Import(r.Context(), body, kind == "application/json")
	if err != nil {
		return badRequest(err.Error())
	}
	if err := s.Settle(r.Context()); err != nil {
		return err
	}
	s.events.emit("people", struct{}{})
	return writeJSON(w, res)
}

// serveImporting is GET /sandbox/importing: how many visits of the import that goes on, or was the
// last one, are done.
func (s *Sandbox) serveImporting(w http.ResponseWriter, _ *http.Request) error {
	done, of := s.cfg.Load().Importing()
	return writeJSON(w, map[string]int64{"done": done, "of": of})
}

// user returns the name of the staff member who acts. The page always gives one; a call by hand
// needn't.
func user(name string) string {
	if name = strings.TrimSpace(name); name != "" {
		return name
	}
	return "staff"
}

package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Numbers that end so behave as such numbers do.
const (
	unreachable = "0197" // switched off
	landline    = "0198"
)

// maxBody is the most characters that a carrier takes in one text.
const maxBody = 1600

// message is a bubble on the phone.
type message struct {
	At        time.Time `json:"at"`
	Direction string    `json:"direction"` // in or out
	Body      string    `json:"body"`
	Kind      string    `json:"kind"`
	Status    string    `json:"status"`
	Why       string    `json:"why"`

	phone handlers.Phone
	sid   string
	row   string // the id of the ledger's row, "" for a reply
}

// messageEvent tells the pages of a new or a changed message.
type messageEvent struct {
	Phone   string  `json:"phone"`
	Message message `json:"message"`
}

// receipt is one that waits to be handed over.
type receipt struct {
	m     *message
	state string
	code  int
}

// Send shows a text on the phone and returns its SID. Its delivery is reported by receipts, as with
// a real carrier.
func (s *Sandbox) Send(_ context.Context, o handlers.Outgoing) (sid string, err error) {
	s.mu.Lock()
	now := s.clock.now()
	m := &message{
		At: now.Truncate(time.Second), Direction: "out", Body: o.Body, Kind: o.Kind,
		Status: handlers.Sent,
		phone:  o.To, sid: s.idLocked("SM"), row: o.ID,
	}
	s.messages = append(s.messages, m)
	end := receipt{m: m, state: "delivered"}
	switch o.To.Last4() {
	case landline:
		end = receipt{m: m, state: "undelivered", code: codeLandline}
	case unreachable:
		end = receipt{m: m, state: "undelivered", code: codeUnreachable}
	}
	s.receipts = append(s.receipts, receipt{m: m, state: "sent"}, end)
	e := messageEvent{o.To.E164(), *m}
	s.mu.Unlock()
	s.events.emit("message", e)
	return m.sid, nil
}

// Call rings a phone: the spoken words appear as a message.
func (s *Sandbox) Call(ctx context.Context, o handlers.Outgoing) (sid string, err error) {
	return s.Send(ctx, o)
}

// Find looks for a text with this body that was sent to the number at since or later, and returns
// its SID, or "" if there is none.
func (s *Sandbox) Find(
	_ context.Context, o handlers.Outgoing, since time.Time,
) (sid string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		// Times are kept to the second, as a carrier's are.
		if m.Direction == "out" && m.phone == o.To && m.Body == o.Body &&
			!m.At.Before(since.Truncate(time.Second)) {
			return m.sid, nil
		}
	}
	return "", nil
}

// tellReceipts hands the waiting receipts over, oldest first. One that isn't taken stays the first.
func (s *Sandbox) tellReceipts(ctx context.Context) (told int, err error) {
	for {
		s.mu.Lock()
		if len(s.receipts) == 0 {
			s.mu.Unlock()
			return told, nil
		}
		r, now := s.receipts[0], s.clock.now()
		s.mu.Unlock()
		err := s.cfg.Receipts.Receipt(ctx, gate.Receipt{
			ID: r.m.row, SID: r.m.sid, State: r.state, At: now,
			Code: r.code, Why: meaning(r.code), Retry: r.code == codeUnreachable,
			NoTexts: r.code == codeLandline,
		})
		if err != nil {
			return told, fmt.Errorf("hand over a receipt: %w", err)
		}
		told++
		s.mu.Lock()
		s.receipts = s.receipts[1:]
		r.m.Status, r.m.Why = r.state, reason(r.code)
		e := messageEvent{r.m.phone.E164(), *r.m}
		s.mu.Unlock()
		s.events.emit("message", e)
	}
}

// The codes of a carrier that the sandbox gives.
const (
	codeUnreachable = 30003
	codeLandline    = 30006
)

// meaning says such a code in words.
func meaning(code int) string {
	switch code {
	case codeLandline:
		return "landline"
	case codeUnreachable:
		return "unreachable"
	}
	return ""
}

// reason is what the page shows of it.
func reason(code int) string {
	if code == 0 {
		return ""
	}
	return fmt.Sprintf("%s (%d)", meaning(code), code)
}

// serveText is POST /sandbox/text: a patient texts.
func (s *Sandbox) serveText(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		From string `json:"from"`
		Body string `json:"body"`
		ID   string `json:"id"` // to repeat a text that was sent before
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	from, err := s.cfg.Phone(in.From)
	switch {
	case err != nil:
		return badRequest("from: " + err.Error())
	case in.Body == "":
		return badRequest("body is missing: write what the patient texts")
	case utf8.RuneCountInString(in.Body) > maxBody:
		return badRequest(
			fmt.Sprintf("body is longer than %d characters: no carrier takes it", maxBody),
		)
	}
	t := s.heard(from, in.Body, in.ID)
	reply, err := s.cfg.Patient.Receive(r.Context(), t)
	if err != nil {
		return fmt.Errorf("receive a text: %w", err)
	}
	s.answered(t, reply)
	if err := s.Settle(r.Context()); err != nil {
		return err
	}
	if reply.Bodies == nil {
		reply.Bodies = []string{}
	}
	if reply.Also == nil {
		reply.Also = []string{}
	}
	return writeJSON(w, reply)
}

// heard remembers a patient's text, once an id.
func (s *Sandbox) heard(from handlers.Phone, body, id string) handlers.Text {
	s.mu.Lock()
	if id == "" {
		id = s.idLocked("SM")
	}
	t := handlers.Text{ID: id, From: from, Body: body, At: s.clock.now()}
	m := &message{
		At: t.At.Truncate(time.Second), Direction: "in", Body: body, Status: "received",
		phone: from, sid: id,
	}
	known := s.bySID(id) != nil
	if !known {
		s.messages = append(s.messages, m)
	}
	e := messageEvent{from.E164(), *m}
	s.mu.Unlock()
	if !known {
		s.events.emit("message", e)
	}
	return t
}

// answered records the reply to a text once: a repeated text gets the same reply, but the phone
// shows it once.
func (s *Sandbox) answered(t handlers.Text, r handlers.Reply) {
	var news []messageEvent
	s.mu.Lock()
	in := s.bySID(t.ID)
	if in != nil && in.Kind == "" {
		in.Kind = r.Kind
		news = append(news, messageEvent{t.From.E164(), *in})
		for _, body := range r.Bodies {
			m := &message{
				At: s.clock.now().Truncate(time.Second), Direction: "out", Body: body, Kind: r.Kind,
				Status: handlers.Delivered,
				phone:  t.From, sid: s.idLocked("SM"),
			}
			s.messages = append(s.messages, m)
			news = append(news, messageEvent{t.From.E164(), *m})
		}
	}
	s.mu.Unlock()
	for _, e := range news {
		s.events.emit("message", e)
	}
}

// bySID is called with mu held.
func (s *Sandbox) bySID(sid string) *message {
	for _, m := range s.messages {
		if m.sid == sid {
			return m
		}
	}
	return nil
}

// serveMessages is GET /sandbox/messages?phone=.
func (s *Sandbox) serveMessages(w http.ResponseWriter, r *http.Request) error {
	number := r.URL.Query().Get("phone")
	if rest, ok := strings.CutPrefix(number, " "); ok {
		number = "+" + rest // a plus that wasn't escaped
	}
	p, err := s.cfg.Phone(number)
	if err != nil {
		return badRequest("phone: " + err.Error())
	}
	list := []message{}
	s.mu.Lock()
	for _, m := range s.messages {
		if m.phone == p {
			list = append(list, *m)
		}
	}
	s.mu.Unlock()
	return writeJSON(w, list)
}

// servePatients is GET /sandbox/patients.
func (s *Sandbox) servePatients(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, append([]Patient{}, s.cfg.Patients...))
}

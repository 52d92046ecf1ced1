package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Texts to numbers with these last four digits aren't delivered, for trying out what follows.
const (
	unreachable = "0197" // a phone that is switched off
	landline    = "0198" // a number that takes no texts
)

// maxBody is the most characters that Twilio takes in one text. source:
// https://www.twilio.com/docs/api/errors/21617
const maxBody = 1600

// message is a bubble on the phone.
type message struct {
	ID        string    `json:"id"`        // its SID
	At        time.Time `json:"at"`        // in whole seconds
	Direction string    `json:"direction"` // in (from the patient) or out
	Body      string    `json:"body"`
	Kind      string    `json:"kind"`         // of an incoming text: what it was taken for
	Status    string    `json:"status"`       // received, or the last receipt's state
	Why       string    `json:"why"`          // why it wasn't delivered, with the carrier's code
	By        string    `json:"by,omitempty"` // the member of staff who wrote it
	// Voice says that it is a call: the body is spoken.
	Voice bool `json:"voice,omitempty"`
	// Because says why an incoming text was answered as it was, in sentences.
	Because []string `json:"because,omitempty"`
	// Rings says that it is a call which rings now: somebody may pick up, see serveKey.
	Rings bool `json:"rings,omitempty"`

	staff handlers.Phone // of a call to a patient: who is connected with it
	phone handlers.Phone // the patient's
	row   string         // the id of the ledger's row; "" for a reply
}

// messageEvent is the data of a message event: a message that is new or has changed.
type messageEvent struct {
	Phone   string  `json:"phone"` // E.164
	Message message `json:"message"`
	New     bool    `json:"new,omitempty"`
}

// receipt is a delivery receipt that waits to be handed over.
type receipt struct {
	m     *message
	state string // the carrier's word: sent, delivered or undelivered
	code  int    // the carrier's error code; 0 for none
}

// Send shows a text on the phone and returns its SID. Its delivery is reported by receipts, as with
// a real carrier.
func (s *Sandbox) Send(_ context.Context, o handlers.Outgoing) (sid string, err error) {
	if err := s.twilioFails(); err != nil {
		return "", err
	}
	s.mu.Lock()
	now := s.clock.now()
	m := &message{
		At: now.Truncate(time.Second), Direction: "out", Body: o.Body, Kind: o.Kind,
		Status: handlers.Sent, By: o.By, Voice: o.Voice,
		phone: o.To, ID: s.idLocked("SM"), row: o.ID,
	}
	s.messages = append(s.messages, m)
	end := receipt{m: m, state: "delivered"}
	switch {
	case s.broken[carrierRejects] && !o.Voice:
		end = receipt{m: m, state: "undelivered", code: codeFiltered}
	case o.To.Last4() == landline:
		end = receipt{m: m, state: "undelivered", code: codeLandline}
	case o.To.Last4() == unreachable:
		end = receipt{m: m, state: "undelivered", code: codeUnreachable}
	}
	// Receipts come after Send has returned, as a carrier's do: the sender must have the SID by
	// then.
	s.receipts = append(s.receipts, receipt{m: m, state: "sent"}, end)
	e := messageEvent{o.To.E164(), *m, true}
	s.mu.Unlock()
	s.events.emit("message", e)
	if s.fails(twilioHangs) {
		return "", errHangs
	}
	return m.ID, nil
}

// Call rings a phone. Nobody can hear it here, so the spoken words appear as a message. A call to a
// member of staff waits for somebody to pick up.
func (s *Sandbox) Call(ctx context.Context, o handlers.Outgoing) (sid string, err error) {
	if err := s.twilioFails(); err != nil {
		return "", err
	}
	if o.Rings() {
		return s.ring(o.To, o.ID, o.Body, handlers.Phone{}), nil
	}
	return s.Send(ctx, o)
}

// Find looks for a text with this body that was sent to the number at since or later, and returns
// its SID, or "" if there is none. Package gate asks before it repeats a send whose result it
// doesn't know.
func (s *Sandbox) Find(
	_ context.Context, o handlers.Outgoing, since time.Time,
) (sid string, err error) {
	if err := s.twilioFails(); err != nil {
		return "", err
	}
	if s.fails(twilioHangs) {
		return "", errHangs
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		// Times are kept to the second, as a carrier's are.
		if m.Direction == "out" && m.phone == o.To && m.Body == o.Body &&
			!m.At.Before(since.Truncate(time.Second)) {
			return m.ID, nil
		}
	}
	return "", nil
}

// tellReceipts hands over the waiting receipts, oldest first, and returns how many were taken. One
// that fails stays first in line for the next call. turning must be held.
func (s *Sandbox) tellReceipts(ctx context.Context) (told int, err error) {
	for {
		s.mu.Lock()
		if len(s.receipts) == 0 {
			s.mu.Unlock()
			return told, nil
		}
		r, now := s.receipts[0], s.clock.now()
		s.mu.Unlock()
		given := gate.Receipt{
			ID: r.m.row, SID: r.m.ID, State: r.state, At: now,
			Code: r.code, Why: meaning(r.code), Retry: r.code == codeUnreachable,
			NoTexts: r.code == codeLandline,
		}
		err := s.cfg.Load().Receipts.Receipt(ctx, given)
		if err == nil && s.fails(webhooksRepeat) {
			err = s.cfg.Load().Receipts.Receipt(ctx, given)
		}
		if err != nil {
			return told, fmt.Errorf("hand over a receipt: %w", err)
		}
		told++
		s.mu.Lock()
		s.receipts = s.receipts[1:]
		r.m.Status, r.m.Why = r.state, reason(r.code)
		e := messageEvent{r.m.phone.E164(), *r.m, false}
		s.mu.Unlock()
		s.events.emit("message", e)
	}
}

// The carrier's error codes that the sandbox gives. source: https://www.twilio.com/docs/api/errors
const (
	codeUnreachable = 30003
	codeLandline    = 30006
	codeFiltered    = 30007
)

// meaning returns what an error code means, in words; "" for an unknown one.
func meaning(code int) string {
	switch code {
	case codeLandline:
		return "landline"
	case codeFiltered:
		return "the carrier filtered the text"
	case codeUnreachable:
		return "unreachable"
	}
	return ""
}

// reason returns what the page shows of an error code; "" for none.
func reason(code int) string {
	if code == 0 {
		return ""
	}
	return fmt.Sprintf("%s (%d)", meaning(code), code)
}

// serveText is POST /sandbox/text: a patient texts. It answers with the reply and how the text was
// taken, after all that the text made due was delivered.
func (s *Sandbox) serveText(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		From string `json:"from"`
		Body string `json:"body"`
		ID   string `json:"id"` // to repeat a text that was sent before
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	from, err := s.cfg.Load().Phone(in.From)
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
	reply, err := s.receive(r.Context(), t)
	if err != nil {
		return err
	}
	s.answered(t, reply)
	if err := s.Settle(r.Context()); err != nil {
		return err
	}
	// The page iterates over both, and null in JSON has no elements to iterate over.
	if reply.Bodies == nil {
		reply.Bodies = []string{}
	}
	if reply.Also == nil {
		reply.Also = []string{}
	}
	return writeJSON(w, reply)
}

// serveMeasure is POST /sandbox/measure: how long a text is as a carrier counts it.
func serveMeasure(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Body string `json:"body"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	encoding := "UCS-2"
	segments, gsm := knowledge.Segments(in.Body)
	if gsm {
		encoding = "GSM-7"
	}
	return writeJSON(w, map[string]any{
		"characters": knowledge.Length(in.Body), "segments": segments, "encoding": encoding,
	})
}

// heard records a patient's text, once per id, and returns it for the handler. A text without an id
// gets a new one.
func (s *Sandbox) heard(from handlers.Phone, body, id string) handlers.Text {
	s.mu.Lock()
	if id == "" {
		id = s.idLocked("SM")
	}
	t := handlers.Text{ID: id, From: from, Body: body, At: s.clock.now()}
	m := &message{
		At: t.At.Truncate(time.Second), Direction: "in", Body: body, Status: "received",
		phone: from, ID: id,
	}
	known := s.bySID(id) != nil
	if !known {
		s.messages = append(s.messages, m)
	}
	e := messageEvent{from.E164(), *m, true}
	s.mu.Unlock()
	if !known {
		s.events.emit("message", e)
	}
	return t
}

// answered records the reply to a text. A repeated text gets the same reply again, but a phone
// shows it once, so a text whose kind is known already is left alone.
func (s *Sandbox) answered(t handlers.Text, r handlers.Reply) {
	var news []messageEvent
	because := s.cfg.Load().Because(t.Body, r)
	s.mu.Lock()
	in := s.bySID(t.ID)
	if in != nil && in.Kind == "" {
		in.Kind, in.Because = r.Kind, because
		news = append(news, messageEvent{t.From.E164(), *in, false})
		for _, body := range r.Bodies {
			m := &message{
				At: s.clock.now().Truncate(time.Second), Direction: "out", Body: body, Kind: r.Kind,
				Status: handlers.Delivered,
				phone:  t.From, ID: s.idLocked("SM"),
			}
			if s.broken[carrierRejects] { // no receipt tells of an answer that went back with a text
				m.Status, m.Why = "undelivered", reason(codeFiltered)
			}
			s.messages = append(s.messages, m)
			news = append(news, messageEvent{t.From.E164(), *m, true})
		}
	}
	s.mu.Unlock()
	for _, e := range news {
		s.events.emit("message", e)
	}
}

// bySID returns the message with a SID; nil if there is none. mu must be held.
func (s *Sandbox) bySID(sid string) *message {
	for _, m := range s.messages {
		if m.ID == sid {
			return m
		}
	}
	return nil
}

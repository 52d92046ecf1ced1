package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Calls handles calls to members of staff, which may be connected with a patient. See the interface
// Staff in package twilio.
type Calls interface {
	CallKey(
		ctx context.Context, row, call, digits string,
	) (say string, dial handlers.Phone, err error)
	CallEnded(ctx context.Context, c handlers.CallEnd) (say string, err error)
}

// The states of a call on the page.
const (
	ringing  = "ringing"
	answered = "answered"
	missed   = "not answered"
)

// talked is how long a patient who picks up talks.
const talked = time.Minute

// calling is the kind of what is heard in a call.
const calling = "call"

// ring has a phone ring: that of a member of staff, or, with staff set, that of the patient whom
// they are connected with. It returns the call's SID.
func (s *Sandbox) ring(to handlers.Phone, row, body string, staff handlers.Phone) string {
	s.mu.Lock()
	m := &message{
		At: s.clock.now().Truncate(time.Second), Direction: "out", Body: body, Kind: calling,
		Status: ringing, Rings: true, phone: to, ID: s.idLocked("CA"), row: row, staff: staff,
	}
	s.messages = append(s.messages, m)
	e := messageEvent{to.E164(), *m, true}
	s.mu.Unlock()
	s.events.emit("message", e)
	return m.ID
}

// hear shows what is said in a call on the phone of a member of staff.
func (s *Sandbox) hear(on handlers.Phone, say string) {
	if say == "" {
		return
	}
	s.mu.Lock()
	m := &message{
		At: s.clock.now().Truncate(time.Second), Direction: "out", Body: say, Kind: calling,
		Status: handlers.Delivered, phone: on, ID: s.idLocked("CA"),
	}
	s.messages = append(s.messages, m)
	e := messageEvent{on.E164(), *m, true}
	s.mu.Unlock()
	s.events.emit("message", e)
}

// pickUp takes the call that rings on a phone, so that it rings no more; false if none does.
func (s *Sandbox) pickUp(on handlers.Phone, keys string) (message, bool) {
	s.mu.Lock()
	i := len(s.messages) - 1
	for i >= 0 && (s.messages[i].phone != on || !s.messages[i].Rings) {
		i--
	}
	if i < 0 {
		s.mu.Unlock()
		return message{}, false
	}
	m := s.messages[i]
	m.Rings, m.Status = false, answered
	if keys == "" {
		m.Status = missed
	}
	taken := *m
	s.mu.Unlock()
	s.events.emit("message", messageEvent{on.E164(), taken, false})
	return taken, true
}

// serveKey is POST /sandbox/key: somebody picks up the phone that rings and presses keys, or,
// without keys, doesn't pick up. It answers with what is said, and whose phone rings now.
func (s *Sandbox) serveKey(w http.ResponseWriter, r *http.Request) error {
	var in struct{ Phone, Keys string }
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	p, err := s.cfg.Load().Phone(in.Phone)
	if err != nil {
		return badRequest("phone: " + err.Error())
	}
	m, ok := s.pickUp(p, in.Keys)
	if !ok {
		return badRequest("no call rings on this phone")
	}
	say, dial, err := s.pressed(r.Context(), m, in.Keys)
	if err != nil {
		return fmt.Errorf("a key: %w", err)
	}
	if err := s.Settle(r.Context()); err != nil {
		return err
	}
	out := map[string]string{"say": say, "rings": ""}
	if !dial.IsZero() {
		out["rings"] = dial.E164()
	}
	return writeJSON(w, out)
}

// pressed hands over what became of a call: keys were pressed, or nobody picked up.
func (s *Sandbox) pressed(
	ctx context.Context, m message, keys string,
) (say string, dial handlers.Phone, err error) {
	e := handlers.CallEnd{Row: m.row, State: "no-answer"}
	if !m.staff.IsZero() { // the patient's part
		e.Patient = true
		if keys != "" {
			e.State, e.For = "completed", talked
		}
		say, err = s.cfg.Load().Calls.CallEnded(ctx, e)
		s.hear(m.staff, say)
		return say, dial, err
	}
	if keys != "" {
		e.State = "completed"
		if say, dial, err = s.cfg.Load().Calls.CallKey(ctx, m.row, m.ID, keys); err != nil {
			return say, dial, err
		}
		s.hear(m.phone, say)
	}
	if !dial.IsZero() {
		s.ring(dial, m.row, "The clinic calls.", m.phone)
		return say, dial, nil
	}
	_, err = s.cfg.Load().Calls.CallEnded(ctx, e)
	return say, dial, err
}

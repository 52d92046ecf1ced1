package staff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// Act is one thing that staff ask for, with all that it needs: a typed line, a button and a form
// come to the same value. Acts are JSON in buttons and forms, which Slack keeps, so none holds a
// patient's number, name or words there: see [Who].
type Act interface {
	// name is the act's name in the table, one word.
	name() string
	// do carries the act out. An errUsage is shown to whoever asked.
	do(ctx context.Context, h *Handler, a Asked) (answer.Answer, error)
}

// about is an act that concerns patients.
type about interface{ who() Who }

// filled is an act that a form completes.
type filled interface {
	// fill returns the act with a form's values, or what is wrong with them, by field.
	fill(h *Handler, values map[string]string) (Act, map[string]string)
}

// Asked is an act, with who asks for it and where.
type Asked struct {
	ID       string // the event's id
	User     string
	FromDesk bool   // in one of the desk's channels, or in a place that only its members have
	Thread   string // of the card that was pressed, if one was
	Once     bool   // as in Effects: it came from the carrier
	Act      Act
}

// row is a row of the table of acts, by which they are parsed, explained and permitted.
type row struct {
	usage string // its name first, as staff type it; only the name if it isn't typed
	help  string // "" if it isn't typed
	desk  bool   // only from the desk, since it shows or reaches patients
	// parse reads what follows the name in a line; nil if the act isn't typed.
	parse  func(h *Handler, args string) (Act, error)
	decode func(data []byte) (Act, error)
}

// as decodes an act of one type.
func as[A Act](data []byte) (Act, error) {
	var a A
	err := json.Unmarshal(data, &a)
	return a, err
}

// bare parses an act that needs nothing; what follows is passed over.
func bare[A Act](*Handler, string) (Act, error) {
	var a A
	return a, nil
}

// name returns the first word of the usage.
func (r row) name() string {
	name, _, _ := strings.Cut(r.usage, " ")
	return name
}

// rowOf returns the row of an act by its name, in any case.
func rowOf(name string) (row, bool) {
	for _, r := range table() {
		if r.name() == strings.ToLower(name) {
			return r, true
		}
	}
	return row{}, false
}

// Encode returns an act as a button's value or a form's metadata carry it.
func Encode(a Act) string {
	data, err := json.Marshal(a)
	if err != nil { // an act holds text, numbers and times
		panic("staff: an act that is no JSON: " + err.Error())
	}
	return a.name() + " " + string(data)
}

// errNoAct is the error of what is no encoded act.
var errNoAct = errors.New("staff: no act that this version knows")

// Decode reads what Encode wrote.
func Decode(s string) (Act, error) {
	name, data, _ := strings.Cut(s, " ")
	r, ok := rowOf(name)
	if !ok || data == "" {
		return nil, errNoAct
	}
	a, err := r.decode([]byte(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", errNoAct, name)
	}
	return a, nil
}

// Do carries an act out and returns what whoever asked is shown. What isn't permitted is answered
// too; an error means that the store or another part failed.
func (h *Handler) Do(ctx context.Context, a Asked) (answer.Answer, error) {
	r, ok := rowOf(a.Act.name())
	if !ok {
		return answer.Answer{}, errNoAct
	}
	if r.desk && !a.FromDesk {
		return answer.Say("`/clinic %s` shows or reaches patients: give it in the desk's channel.",
			r.name()), nil
	}
	switch why, err := h.barred(ctx, a, needs(r, a.Act)...); {
	case err != nil:
		return answer.Answer{}, err
	case why != "":
		return answer.Say("%s", why), h.recordRefused(ctx, a)
	}
	// Without what the act holds: numbers, and words for patients.
	h.Log.Info("act", "name", r.name(), "user", a.User)
	if r.desk { // the others neither show a patient's matters nor act on them
		if err := h.recordAct(ctx, a); err != nil {
			return answer.Answer{}, err
		}
	}
	out, err := a.Act.do(ctx, h, a)
	var wrong errUsage
	var asks errAsk
	var several errSeveral
	switch {
	case errors.As(err, &wrong):
		return h.wrong(r, wrong), nil
	case errors.As(err, &asks):
		return asks.Answer, nil
	case errors.As(err, &several):
		return h.which(ctx, several, a.Act)
	}
	return out, err
}

// wrong answers bad input: what is wrong, and how the act is typed.
func (h *Handler) wrong(r row, err errUsage) answer.Answer {
	if typed, _, more := strings.Cut(r.name(), "_"); more { // waitlist_add is typed as waitlist
		r, _ = rowOf(typed)
	}
	if r.help == "" {
		return answer.Say("%s", err.what)
	}
	return answer.Say("%s\nUsage: `/clinic %s`", err.what, r.usage)
}

// Submit carries out the act that a form completes. Values that are wrong are returned by field, and
// nothing is done.
func (h *Handler) Submit(
	ctx context.Context, s handlers.Submission,
) (out answer.Answer, wrong map[string]string, err error) {
	a, err := Decode(s.Do)
	if err != nil {
		return out, nil, err
	}
	if f, ok := a.(filled); ok {
		if a, wrong = f.fill(h, s.Values); len(wrong) > 0 {
			return out, wrong, nil
		}
	}
	out, err = h.Do(ctx, Asked{
		ID: s.ID, User: s.User, FromDesk: s.FromDesk, Thread: s.Thread, Act: a,
	})
	return out, nil, err
}

package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// rowOf returns the row of an act by its name, in any case.
func rowOf(name string) (act.Row, bool) {
	for _, r := range table() {
		if r.Name() == strings.ToLower(name) {
			return r, true
		}
	}
	return act.Row{}, false
}

// Decode reads what Encode wrote.
func Decode(s string) (act.Act, error) {
	name, data, _ := strings.Cut(s, " ")
	r, ok := rowOf(name)
	if !ok || data == "" {
		return nil, act.ErrUnknown
	}
	a, err := r.Decode([]byte(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", act.ErrUnknown, name)
	}
	return a, nil
}

// Do carries an act out and returns what whoever asked is shown. What isn't permitted is answered
// too; an error means that the store or another part failed.
func (h *Handler) Do(ctx context.Context, a act.Asked) (answer.Answer, error) {
	r, ok := rowOf(a.Act.Name())
	if !ok {
		return answer.Answer{}, act.ErrUnknown
	}
	if r.Desk && !a.FromDesk {
		return answer.Say("`/clinic %s` shows or reaches patients: give it in the desk's channel.",
			r.Name()), nil
	}
	switch why, err := h.barred(ctx, a, needs(r, a.Act)...); {
	case err != nil:
		return answer.Answer{}, err
	case why != "":
		return answer.Say("%s", why), h.recordRefused(ctx, a)
	}
	// Without what the act holds: numbers, and words for patients.
	h.Log.Info("act", "name", r.Name(), "user", a.User)
	if r.Desk { // the others neither show a patient's matters nor act on them
		if err := h.recordAct(ctx, a); err != nil {
			return answer.Answer{}, err
		}
	}
	out, err := a.Act.Do(ctx, &h.Kit, a)
	var wrong act.UsageError
	var asks act.AskError
	var several act.SeveralError
	var instead act.Instead
	switch {
	case errors.As(err, &instead):
		return h.Do(ctx, instead.Asked)
	case errors.As(err, &wrong):
		return h.wrong(r, wrong), nil
	case errors.As(err, &asks):
		return asks.Answer, nil
	case errors.As(err, &several):
		return h.Which(ctx, several, a.Act)
	}
	return out, err
}

// wrong answers bad input: what is wrong, and how the act is typed.
func (h *Handler) wrong(r act.Row, err act.UsageError) answer.Answer {
	if typed, _, more := strings.Cut(r.Name(), "_"); more { // waitlist_add is typed as waitlist
		r, _ = rowOf(typed)
	}
	if r.Help == "" {
		return answer.Say("%s", err.What)
	}
	return answer.Say("%s\nUsage: `/clinic %s`", err.What, r.Usage)
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
	if f, ok := a.(act.Filled); ok {
		if a, wrong = f.Fill(&h.Kit, s.Values); len(wrong) > 0 {
			return out, wrong, nil
		}
	}
	out, err = h.Do(ctx, act.Asked{
		ID: s.ID, User: s.User, FromDesk: s.FromDesk, Thread: s.Thread, Act: a,
	})
	return out, nil, err
}

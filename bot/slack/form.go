package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// submitTime is how long after a form came its acknowledgement waits for what it comes to, which can
// then be shown in it. Slack waits three seconds.
const submitTime = 2 * time.Second

// where is what a modal keeps of where it was opened, in its private metadata: a submission doesn't
// say. Members can't change it, and Slack signs it.
type where struct {
	Do      string `json:"do,omitempty"` // the act that the values complete
	Channel string `json:"channel,omitempty"`
	Thread  string `json:"thread,omitempty"`
	URL     string `json:"url,omitempty"`
}

// where returns the metadata of a modal that whoever asked gets.
func (a asker) where(do string) string {
	w := where{Do: do, Channel: a.channel, Thread: a.thread, URL: a.url}
	data, _ := json.Marshal(w) // strings only: it can't fail
	return string(data)
}

// whereOf reads what where wrote. It is empty for a modal of an older build.
func whereOf(v sdk.View) (w where) {
	_ = json.Unmarshal([]byte(v.PrivateMetadata), &w)
	return w
}

// maxMetadata is how long a modal's metadata may be. source:
// https://docs.slack.dev/reference/views/modal-views
const maxMetadata = 3_000

// openForm opens a form: over the modal that was pressed, if one was. Whoever waited too long for it is
// told: the trigger opens a modal for three seconds.
func (s *Slack) openForm(ctx context.Context, to asker, f answer.Form) error {
	over := to.view != ""
	metadata := to.where(f.Do)
	if len(metadata) > maxMetadata {
		return fmt.Errorf("slack form: its act has %d bytes", len(f.Do))
	}
	modal := s.view.Modal(f, metadata)
	var err error
	if over {
		_, err = s.api.PushViewContext(ctx, to.trigger, modal)
	} else {
		_, err = s.api.OpenViewContext(ctx, to.trigger, modal)
	}
	if err == nil {
		return nil
	}
	if to.channel != "" {
		to.replace = false
		s.tell(ctx, to, tooSlow)
	}
	return fmt.Errorf("slack form: %w", err)
}

// tooSlow answers who asked for a form that couldn't be opened.
const tooSlow = "The form couldn't be opened in time. Please try again, or type it: " +
	"`/clinic help` shows how."

// submission is what a submitted form comes to.
type submission struct {
	a      answer.Answer
	faults map[string]string // by field
	err    error
}

// submitted carries out the act that a form completes. What it returns goes with the
// acknowledgement: faults are shown at their fields, another form or an answer that belongs to no
// channel takes the form's place, and nil closes it. What takes longer than submitTime is shown
// once it is done.
func (s *Slack) submitted(ctx context.Context, c sdk.InteractionCallback, came time.Time) any {
	w := whereOf(c.View)
	to := asker{user: c.User.ID, channel: w.Channel, thread: w.Thread, url: w.URL}
	done := make(chan submission, 1)
	var claimed atomic.Bool // by whoever is first: what is done, or that it takes too long
	s.later(ctx, func(ctx context.Context) {
		r := s.submit(ctx, c, w)
		if !claimed.CompareAndSwap(false, true) {
			s.showLate(ctx, to, c.View, r)
			return
		}
		done <- r
		if !inModal(to, r) {
			s.result(ctx, to, "form", r.a, r.err)
		}
	})
	timer := time.NewTimer(submitTime - time.Since(came))
	defer timer.Stop()
	select {
	case r := <-done:
		return s.response(to, r)
	case <-timer.C:
	}
	if !claimed.CompareAndSwap(false, true) {
		return s.response(to, <-done) // it was done at the same moment
	}
	if to.channel != "" {
		return nil // the answer comes in the channel
	}
	wait := s.view.Read("Beacon", answer.Say("Just a moment …"), to.where(""))
	return sdk.NewUpdateViewSubmissionResponse(&wait)
}

// inModal reports whether a result is shown in the modal.
func inModal(to asker, r submission) bool {
	return r.err == nil && (len(r.faults) > 0 || r.a.Form != nil) || to.channel == ""
}

// response returns the response to a submission that was carried out in time.
func (s *Slack) response(to asker, r submission) any {
	if !inModal(to, r) {
		return sdk.NewClearViewSubmissionResponse()
	}
	if r.err == nil && len(r.faults) > 0 {
		return sdk.NewErrorsViewSubmissionResponse(r.faults)
	}
	if r.err == nil && r.a.Form != nil {
		next := s.view.Modal(*r.a.Form, to.where(r.a.Form.Do))
		return sdk.NewUpdateViewSubmissionResponse(&next)
	}
	if r.err != nil {
		r.a = answer.Say("%s", sorry)
	}
	if len(r.a.Parts) == 0 {
		return sdk.NewClearViewSubmissionResponse()
	}
	read := s.view.Read("Beacon", r.a, to.where(""))
	return sdk.NewUpdateViewSubmissionResponse(&read)
}

// showLate shows a result for which the acknowledgement couldn't wait.
func (s *Slack) showLate(ctx context.Context, to asker, v sdk.View, r submission) {
	if r.err == nil && len(r.faults) > 0 {
		var all []string
		for _, field := range slices.Sorted(maps.Keys(r.faults)) {
			all = append(all, r.faults[field])
		}
		r.a = answer.Say("Nothing was done: %s", strings.Join(all, " "))
	}
	if to.channel == "" {
		to.view = v.ID
	}
	if r.a.Form != nil { // there is no trigger any more
		r.a = answer.Say("%s", tooSlow)
	}
	s.result(ctx, to, "form", r.a, r.err)
}

// submit hands a form's values to Staff. The id has the view's hash, since a form that takes the
// place of another has the same id as that.
func (s *Slack) submit(ctx context.Context, c sdk.InteractionCallback, w where) (r submission) {
	if w.Do == "" {
		r.err = errors.New("slack: a form without an act")
		return r
	}
	thread := ""
	if w.Thread != "" {
		thread = place{w.Channel, w.Thread}.String()
	}
	r.a, r.faults, r.err = s.c.Staff.Submit(ctx, handlers.Submission{
		ID: "view:" + c.View.ID + ":" + cmp.Or(c.View.Hash, "0"), User: c.User.ID,
		FromDesk: s.atDesk(ctx, w.Channel, c.User.ID), Thread: thread, Do: w.Do,
		Values: values(c.View.State),
	})
	for field, fault := range r.faults {
		r.faults[field] = s.view.Bare(fault)
	}
	return r
}

// values returns what was filled in, by field.
func values(state *sdk.ViewState) map[string]string {
	out := map[string]string{}
	if state == nil {
		return out
	}
	for field, elements := range state.Values {
		for _, element := range elements {
			out[field] = strings.TrimSpace(view.Value(element))
		}
	}
	return out
}

package patient

import (
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// danger says the fixed words at once and pages a person. Whatever else the text says isn't acted
// on, but noted for staff.
func danger(b *builder, in intent.Intent) {
	b.talk.Choices = nil // a number that follows mustn't change a visit
	say, title := b.dangerWords(in)
	title += unanswerable(b.text)
	// Of all that the text says besides, only the opt-out is acted on: see keepOptOut.
	for _, k := range in.Said.Also {
		if k == kinds.OptOut || k == kinds.Stop {
			title += " They also opted out of texts: call."
		} else {
			title += " They also said: " + k + " (noted, not acted on)."
		}
	}
	// A slot that was offered to them goes to the next: nobody should wait for their answer now.
	clinic := b.base.Clinic
	b.e.Add(waitlist.Release(in.State, clinic, b.now, "isn't waited for: see the urgent channel."))
	if !hadWords(b.text, in) {
		b.say(say, nil)
	}
	b.page(handlers.UrgentChannel, in.Said.Kind, title, b.now.Add(clinic.PageEvery()))
}

// hadWords reports whether the writer of a fetched text has been sent the fixed words since: the
// carrier's list shows a reply, or an alarm was opened after the text was written.
func hadWords(t handlers.Text, in intent.Intent) bool {
	alarm := in.State.Urgent()
	return t.Fetched && t.Sender == "" &&
		(t.Answered || alarm != nil && !alarm.Began().Before(t.At))
}

// dangerWords returns the name of the fixed words that fit the text, and the title of its card. Who
// is in danger at this moment is sent to the emergency line first, whoever writes of them.
func (b *builder) dangerWords(in intent.Intent) (say, title string) {
	line := b.base.Clinic.Lines.Emergency
	called := "They were told to call " + line + ". "
	if b.text.Mute || in.State.Consent.Out { // no answer reaches them
		called = "Nobody has told them to call " + line + ". "
	}
	switch {
	case in.Said.About == screen.AboutNow:
		return replies.CrisisNow, "May be in danger at this moment. " + called + "Reach them now."
	case in.Said.Kind == kinds.Emergency:
		return replies.Emergency, "Medical emergency. " + called + "Reach them now."
	case in.Said.About == screen.AboutOther:
		return replies.CrisisOther, "Writes of somebody who may be in danger. Reach them now."
	}
	return replies.Crisis, "May be in danger. Reach them now."
}

// unanswerable returns what the desk is told of a sender that is no number (a short code, a name);
// "" for a number. Staff can't answer such a sender in the thread.
func unanswerable(t handlers.Text) string {
	if t.Sender == "" {
		return ""
	}
	got := "they were answered there, and"
	if t.Mute {
		got = "no answer reaches them, and they"
	}
	return fmt.Sprintf(" The sender is no number but %s: %s can't be texted back.",
		veil.Veiled(t.Sender, masked(t.Sender)), got)
}

// masked returns the end of a sender, of a short one, which may be a name, no more than half.
func masked(sender string) string {
	r := []rune(sender)
	return "…" + string(r[len(r)-min(4, len(r)/2):])
}

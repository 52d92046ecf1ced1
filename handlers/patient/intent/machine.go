package intent

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// The same words again and again are an echo: two machines that answer each other never stop.
const (
	answeredSame = 3 // times that the same words of danger are answered
	machineSame  = 5 // times in machineTime that make a machine of their sender
	machineTime  = 10 * time.Minute
)

// counted returns the conversation with the text's words counted: how often they came in a row. The
// count starts anew after machineTime, since somebody may well say "thanks" every day.
func (k known) counted(talk handlers.Conversation) handlers.Conversation {
	sum := sha256.Sum256([]byte(strings.TrimSpace(k.Text.Body)))
	words := hex.EncodeToString(sum[:8]) // no word of the patient's is kept
	if talk.Same != words || k.Now.Sub(talk.SameFrom) > machineTime {
		talk.Same, talk.SameTimes, talk.SameFrom = words, 0, k.Now
	}
	talk.SameTimes++
	return talk
}

// echoes reports whether words that came so many times in a row get no answer any more. What the
// carrier has acted on is never an echo: a STOP must be recorded, however often it comes.
func (k known) echoes(times int) bool {
	danger := times > answeredSame && InDanger(k.Words.Verdict)
	return (times >= machineSame || danger) && k.Text.OptOut == ""
}

// echo returns the intent of a text that came word for word too often. The first of them has opened
// the alarm if it was danger; this one keeps its kind in logs and figures.
func (k known) echo(i Intent) Intent {
	i.Act, i.TellDesk = Echo, i.Talk.SameTimes == machineSame
	if InDanger(k.Words.Verdict) {
		i.Kind = k.Words.Kind
	}
	i.Talk.At, i.Talk.Channel = k.Now, k.Text.Channel
	return i
}

// stranger reads a text whose sender is no number (a short code, a name): a machine most likely,
// but it may be somebody in danger. Nothing is kept of them but their case; what they write while
// it is open joins it.
func (k known) stranger(i Intent) Intent {
	v := k.Words.In(screen.Context{})
	i.Act, i.Lang = Silent, k.language(v)
	switch {
	case InDanger(v):
		i.Act, i.Said, i.Kind = Danger, v, v.Kind
		i.Dated = k.Text.Fetched
	case k.State.Urgent() != nil:
		i.Act, i.Kind = JoinAlarm, kinds.Handoff
	}
	return i
}

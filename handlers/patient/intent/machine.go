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

// counted is the conversation after the text's words were counted: how often they came in a row.
func (k known) counted(talk handlers.Conversation) handlers.Conversation {
	sum := sha256.Sum256([]byte(strings.TrimSpace(k.Text.Body)))
	words := hex.EncodeToString(sum[:8]) // no word of the patient's is kept
	if talk.Same != words || k.Now.Sub(talk.SameFrom) > machineTime {
		talk.Same, talk.SameTimes, talk.SameFrom = words, 0, k.Now
	}
	talk.SameTimes++
	return talk
}

// echoes says whether words that came so many times in a row get no answer any more. What the
// carrier has acted on is never an echo.
func (k known) echoes(times int) bool {
	danger := times > answeredSame && InDanger(k.Words.Verdict)
	return (times >= machineSame || danger) && k.Text.OptOut == ""
}

// echo is a text that came word for word too often. What the first of them said of danger stands.
func (k known) echo(i Intent) Intent {
	i.Act, i.TellDesk = Echo, i.Talk.SameTimes == machineSame
	if InDanger(k.Words.Verdict) {
		i.Kind = k.Words.Kind
	}
	i.Talk.At, i.Talk.Channel = k.Now, k.Text.Channel
	return i
}

// stranger reads a text whose sender is no number: a machine most likely, but it may be somebody
// in danger. There is no number to keep more by than their case; what they write next joins it.
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

package patient

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"

	"github.com/beacon-clinic/beacon/knowledge/kinds"

	"github.com/beacon-clinic/beacon/handlers"
)

// The same words again and again are an echo: two machines that answer each other never stop.
const (
	answeredSame = 3 // times that the same words of danger are answered
	machineSame  = 5 // times in machineTime that make a machine of their sender
	machineTime  = 10 * time.Minute
)

// same counts how often the words of the text have come in a row.
func (t *turn) same() int {
	sum := sha256.Sum256([]byte(strings.TrimSpace(t.text.Body)))
	words := hex.EncodeToString(sum[:8]) // no word of the patient's is kept
	if t.talk.Same != words || t.now.Sub(t.talk.SameFrom) > machineTime {
		t.talk.Same, t.talk.SameTimes, t.talk.SameFrom = words, 0, t.now
	}
	t.talk.SameTimes++
	return t.talk.SameTimes
}

// echo is silent to who texts word for word the same again and again: the desk is told once. What the
// first of them said of danger stands.
func (t *turn) echo(times int) bool {
	if times < machineSame && !(times > answeredSame && danger(t.read.Verdict)) || t.text.OptOut != "" {
		return false
	}
	t.e.Reply = handlers.Reply{Kind: kinds.Machine, Lang: language.Spoken(t.talk.Lang), Confidence: 1}
	if danger(t.read.Verdict) {
		t.e.Reply.Kind = t.read.Kind
	}
	t.talk.At = t.now
	if times == machineSame {
		t.tell(handlers.DeskChannel, kinds.Handoff,
			"Texts word for word the same again and again: a machine, or somebody who needs a person. The bot is silent.", true)
	}
	t.e.Conversation = &t.talk
	return true
}

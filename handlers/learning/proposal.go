package learning

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
)

// The states of a proposal.
const (
	Waiting   = "waiting"   // for a second person
	Published = "published" // the bots answer by it
	Filed     = "filed"     // published, and in the files as well
	Rejected  = "rejected"
	Undone    = "undone" // it was published
)

// Proposal is what a member of staff would have the bot learn, and what became of it.
type Proposal struct {
	ID     string           `json:"id"`
	Lesson knowledge.Lesson `json:"lesson"`
	State  string           `json:"state"`
	Case   string           `json:"case,omitempty"` // the case whose question it answers
	Steps  []Step           `json:"steps"`          // how it came to its state; the first is the proposal

	// Trial is what it would change, and Of what the base knew then; nil until it was tried.
	Trial  *knowledge.Trial `json:"trial,omitempty"`
	Of     string           `json:"of,omitempty"`
	Trying time.Time        `json:"trying,omitzero"` // since when a process tries it

	Version string `json:"-"` // how the store has it; "" if it isn't stored
}

// Step is a change of a proposal's state.
type Step struct {
	State string    `json:"state"`
	By    string    `json:"by"` // who of the staff; "" is the bot, which rejects what nobody decides
	At    time.Time `json:"at"`
}

// Live reports whether the bots answer by it.
func (p Proposal) Live() bool { return p.State == Published || p.State == Filed }

// By returns who proposed it.
func (p Proposal) By() string { return p.Steps[0].By }

// Last returns the last step.
func (p Proposal) Last() Step { return p.Steps[len(p.Steps)-1] }

// Approved returns who published it, "" if nobody has.
func (p Proposal) Approved() string {
	for _, s := range p.Steps {
		if s.State == Published {
			return s.By
		}
	}
	return ""
}

// to returns the proposal with a step more. What it would change is of no use any more.
func (p Proposal) to(step Step) Proposal {
	p.State, p.Steps = step.State, append(p.Steps[:len(p.Steps):len(p.Steps)], step)
	p.Trial, p.Of, p.Trying = nil, "", time.Time{}
	return p
}

// idSize is how many bytes of a hash name a proposal: it stands in buttons, and there are few.
const idSize = 6

// idOf returns the id of the proposal that an event makes: the same event makes the same one.
func idOf(event string) string {
	sum := sha256.Sum256([]byte(event))
	return hex.EncodeToString(sum[:idSize])
}

// lessons returns what is live of some proposals.
func lessons(all []Proposal) (out []knowledge.Lesson) {
	for _, p := range all {
		if p.Live() {
			out = append(out, p.Lesson)
		}
	}
	return out
}

// Package staff does what the clinic's staff ask for from their desk, or by phone.
//
// This room is the door. [Handler.Command] parses a /clinic line, [Handler.Press] reads a button and
// [Handler.Submit] a form, each to one act ([act.Act]) of the rooms below; [Handler.Do] checks who
// may, writes it down, has it done and words what came of it. [Handler.Reply] and [Handler.Revise] do
// so with what staff write in a case's thread, [Handler.OnCall], [Handler.CallKey] and
// [Handler.CallEnded] with calls.
//
// Whoever writes to a patient, or takes their case, has the conversation: the bot stays silent for
// that number until they hand it back or have been silent for a while.
//
// All of it is idempotent by the event's id, since Slack and the carrier repeat what they have had
// no answer to. What is decided about a number is decided within its turn, from the state as it is
// then.
//
// Answers name a patient by the number's last four digits. A first name, the patient's words and
// what they come for are veiled in them ([veil.Veiled]), and shown only where they may be.
package staff

import (
	"context"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/home"
)

// Handler is the door that staff come in by: commands, thread replies, buttons and keys. All fields
// are needed. It holds no state of its own, so its methods may be called concurrently.
type Handler struct {
	act.Kit
	Rights Rights
}

// Home is the day as staff see it when they open Beacon.
func (h *Handler) Home(ctx context.Context) (answer.Answer, error) { return home.Page(ctx, &h.Kit) }

// Package slack is the desk: what staff see of patients, and what staff do about them.
//
// Three things come in, each signed by Slack or through Socket Mode: a /clinic command
// (command.go), a button or a modal (interaction.go, modal.go), a message in a thread (event.go).
// Slack waits three seconds for an acknowledgement. What must not be lost is handed to Staff before
// it; what takes longer goes on after it, and Wait waits for that.
//
// Three things go out (desk.go): the card of a case, a line in its thread, a mark at a staff
// message. How they look is in card.go and note.go. A patient's words are shown only where the
// clinic has said so, and can never ping anybody.
package slack

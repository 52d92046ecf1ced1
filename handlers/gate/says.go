package gate

// KindReply is the kind of a row that answers a text which was fetched from the carrier's list: its
// webhook had failed, so the answer can't go back in the response.
const KindReply = "reply"

// What a text says of a visit, beyond when it is.
const (
	SaysPrepare = "prepare" // how to prepare
	AsksRide    = "ride"    // who drives the patient home?
)

// Said returns a line of Outgoing.Says: what the text says (SaysPrepare, AsksRide), of which visit.
func Said(what, visit string) string { return what + " " + visit }

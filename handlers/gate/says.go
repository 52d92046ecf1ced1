package gate

// KindReply is the kind of a row that answers a text whose webhook failed.
const KindReply = "reply"

// What a text says of a visit, beyond that it stands.
const (
	SaysPrepare = "prepare" // how to prepare
	AsksRide    = "ride"    // who drives the patient home?
)

// Said is a line of Outgoing.Says: what the text says, of which visit.
func Said(what, visit string) string { return what + " " + visit }

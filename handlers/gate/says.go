package gate

// What a text says of a visit, beyond that it stands.
const (
	SaysPrepare = "prepare" // how to prepare
	AsksRide    = "ride"    // who drives the patient home?
)

// Said is a line of Outgoing.Says.
func Said(what, visit string) string { return what + " " + visit }

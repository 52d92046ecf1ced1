package gate

// OptedOut is the carrier's code (Twilio's 21610) for a number that has opted out there.
const OptedOut = 21610

// The ways to a phone that the clinic's own set-up at the carrier can close.
const (
	WaySend    = "send"    // the carrier takes no texts from us
	WayDeliver = "deliver" // it takes them, and they don't arrive
	WayCall    = "call"    // it takes no calls
)

package screen

import "slices"

// Ride reads a text as the answer to who drives the patient home: RideArranged, RideHelp, or "" if
// it is neither. whole says that it is that answer and nothing else. Whoever both has a driver and
// needs help needs help: a patient who is sedated must not be left without one. Call it only while
// the question is open, since "my sister" is an answer to nothing else.
func (s *Screen) Ride(text string) (kind string, whole bool) {
	ws := s.words(text)
	for _, k := range s.exact[joined(ws)] {
		if slices.Contains(rideClasses[:], k.kind) {
			return k.kind, true
		}
	}
	s.replies.find(ws, func(h hit) {
		ru := &s.rules[h.owner]
		if ru.unless != nil && ru.unless.touches(ws, h, true) {
			return
		}
		if kind != RideHelp {
			kind = ru.kind
		}
	})
	return kind, false
}

// The answers that Ride finds.
const (
	RideArranged = "ride_arranged"
	RideHelp     = "ride_help"
)

// rideClasses are the classes that Ride alone reads, while its question is open.
var rideClasses = [...]string{RideArranged, RideHelp}

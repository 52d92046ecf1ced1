package screen

import "slices"

// Ride reads a text as the answer to who drives the patient home: RideArranged, RideHelp, or "" when it is none. whole says that it is that
// answer and nothing besides. Who both has somebody and needs help, needs help.
func (s *Screen) Ride(text string) (kind string, whole bool) {
	ws := s.words(text)
	for _, kind := range s.exact[joined(ws)] {
		if slices.Contains(replies[:], kind) {
			return kind, true
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

// What Ride finds.
const (
	RideArranged = "ride_arranged"
	RideHelp     = "ride_help"
)

// replies are the classes that are read by Ride alone, while the question they answer is open.
var replies = [...]string{RideArranged, RideHelp}

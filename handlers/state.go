package handlers

// State is what is known of a number at one moment.
type State struct {
	Phone        Phone
	Conversation Conversation
	Consent      Consent
	Visits       []Visit // that start after now less a day, soonest first
	Cases        []Case  // open ones
	Texted       bool    // was ever sent an unasked text
	Reach        Reach
	Offers       []Slot // that were offered to the number lately
	Version      string // the store's mark of this state; "" if it wasn't read from there
}

// Urgent is the open case of a number that may be in danger, which locks answers and reminders; nil
// if there is none. A concern is no such case.
func (s State) Urgent() *Case {
	for i := range s.Cases {
		if c := &s.Cases[i]; c.Open && c.Channel == UrgentChannel && !c.Concern() {
			return c
		}
	}
	return nil
}

// Concern is the open case of a number whose texts may be more than they seem; nil if there is
// none.
func (s State) Concern() *Case {
	for i := range s.Cases {
		if c := &s.Cases[i]; c.Open && c.Concern() {
			return c
		}
	}
	return nil
}

package kinds

// CaseAway is the kind of the line that says how many texts an outage held up; it is no number's.
const Away = "away"

// The kinds of a slot's case. It belongs to no number: what staff write in its thread reaches no patient.
const (
	Slot      = "slot"
	SlotTaken = "slot_taken"
	SlotOver  = "slot_over"
)

// CaseOutage is the kind of the case that tells of an outage. It belongs to no number.
const Outage = "outage"

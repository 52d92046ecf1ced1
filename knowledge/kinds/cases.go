package kinds

// The kinds of cases that belong to no number. What staff write in their threads reaches no
// patient.
const (
	Away   = "away"   // the line that says how many texts an outage held up
	Outage = "outage" // an outage

	Slot      = "slot" // a free slot
	SlotTaken = "slot_taken"
	SlotOver  = "slot_over"
)

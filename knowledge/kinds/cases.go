package kinds

// The kinds of cases that belong to no number. What staff write in their threads reaches no
// patient.
const (
	Away   = "away"   // the line that says how many texts an outage held up
	Outage = "outage" // an outage
	// Refused is the card that says how many texts weren't answered for what an answer would cost.
	Refused = "refused"

	Feed         = "feed"          // a feed fails or is stale
	FeedShrunk   = "feed_shrunk"   // a feed lacks visits: are they off?
	Doubts       = "doubts"        // visits of an import that can hardly be right
	FeedUnlinked = "feed_unlinked" // visits of a feed that have no number
	NotWritten   = "not_written"   // what a patient answered couldn't be written to a feed's system

	// Broadcast is a text to everybody who has a visit on a day, and the kind of its rows, too.
	Broadcast = "broadcast"
	NotDone   = "not_done" // what staff had asked for couldn't be done any more: the visit has changed

	Proposal = "proposal" // what staff would have the bot learn: a second person decides
	Digest   = "digest"   // what the bot learnt in a week, and what waits

	Slot      = "slot" // a free slot
	SlotTaken = "slot_taken"
	SlotOver  = "slot_over"
)

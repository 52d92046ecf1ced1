package kinds

// The kinds of text about a visit that the plan treats in a way of their own.
const (
	Prepare    = "prepare"    // says what must be left off before, and asks who drives the patient home
	Ready      = "ready"      // no text: a look by when the patient was told and has answered, or staff get a task of one of the next two kinds
	Ride       = "ride"       // a task: nobody has said who drives the patient home
	Unprepared = "unprepared" // a task, and a look: nobody has told the patient how to prepare; of a visit that came too late for PrepareKind, at once
)

package kinds

// The texts and tasks of a visit that the plan treats in a way of their own.
const (
	Nudge   = "nudge"   // the text of the last hours, to who hasn't said whether they come
	Prepare = "prepare" // the text that says what to leave off and asks who drives the patient home
	// Ready is no text: a check at the time by which the patient was told and has answered. Where
	// that isn't so it becomes a task of one of the next two kinds.
	Ready   = "ready"
	Ride    = "ride"     // a task: nobody has said who drives the patient home
	CheckIn = "check_in" // the text of the day after, to who came
	Missed  = "missed"   // the text to who didn't
	Recall  = "recall"   // the text to whose series has stopped
	// Series is no text: a look at a series of visits after one of them changed. It becomes a task
	// where two are too far apart, or one was missed.
	Series = "series"
	// Unprepared is a task, and a check: nobody has told the patient how to prepare. For a visit
	// booked too late for Prepare it is made at once.
	Unprepared = "unprepared"
)

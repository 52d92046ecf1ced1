package handlers

// Effects are what an event changes; the Store writes them in one atomic step.
type Effects struct {
	Reply        Reply
	Conversation *Conversation
	Consent      *Consent
	Visits       []Visit  // booked, moved or answered
	Gone         []string // visits that aren't this number's any more
	Cases        []Case
	Posts        []Post
	// planned, or (State Skipped) kept to say why they aren't; one whose id was there before is
	// left as it is
	Texts   []Outgoing
	Void    []Voided   // rows that won't leave, if they are still planned
	Retry   []Outgoing // failed rows that staff have sent again
	Dismiss []Outgoing // failed rows that staff have seen to
	By      string     // the one who retries or dismisses
	Reach   *Reach
	// freed, or changed: nothing is written if another has changed one of them since it was read
	Slots  []Slot
	Wishes []Wish // put on the waitlist
	Unwish []Wish // taken off it
}

// Voided is a row of the ledger that won't leave, and why.
type Voided struct{ Row, Why string }

// Voids returns rows that won't leave for one reason.
func Voids(why string, rows ...string) (out []Voided) {
	for _, row := range rows {
		out = append(out, Voided{row, why})
	}
	return out
}

// Add adds what another step of the same event changes. Where only one can stand, the later one
// does.
func (e *Effects) Add(more Effects) {
	if more.Reply.Kind != "" {
		e.Reply = more.Reply
	}
	if more.Conversation != nil {
		e.Conversation = more.Conversation
	}
	if more.Consent != nil {
		e.Consent = more.Consent
	}
	if more.Reach != nil {
		e.Reach = more.Reach
	}
	if more.By != "" {
		e.By = more.By
	}
	e.Visits = append(e.Visits, more.Visits...)
	e.Gone = append(e.Gone, more.Gone...)
	e.Cases = append(e.Cases, more.Cases...)
	e.Posts = append(e.Posts, more.Posts...)
	e.Texts = append(e.Texts, more.Texts...)
	e.Void = append(e.Void, more.Void...)
	e.Retry = append(e.Retry, more.Retry...)
	e.Dismiss = append(e.Dismiss, more.Dismiss...)
	e.Slots = append(e.Slots, more.Slots...)
	e.Wishes = append(e.Wishes, more.Wishes...)
	e.Unwish = append(e.Unwish, more.Unwish...)
}

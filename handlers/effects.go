package handlers

import "github.com/beacon-clinic/beacon/handlers/budget"

// Effects are what an event changes; the Store writes them in one atomic step.
type Effects struct {
	Reply Reply
	// Once says that whoever sees the event pass could show it to us again, long after its reply is
	// forgotten: what the carrier signs has no date. The store remembers its id apart.
	Once         bool
	Conversation *Conversation
	Consent      *Consent
	Visits       []Visit  // booked, moved or answered
	Gone         []string // ids of visits that aren't this number's any more
	Cases        []Case   // opened or changed
	Posts        []Post
	WriteBacks   []WriteBack
	Pending      []Pending // asked for by staff, and not done yet
	Said         []Said    // added to the number's transcript
	Drafts       []Draft   // kept, each in place of what has its id
	// Texts are rows to plan, or rows of State Skipped, which only record why a text isn't planned.
	// A row whose id exists already is left as it is.
	Texts   []Outgoing
	Void    []Voided   // rows that won't be sent, unless a send has begun
	Retry   []Outgoing // failed rows that staff send again
	Dismiss []Outgoing // failed rows that staff take off the list
	By      string     // who retries or dismisses
	Reach   *Reach
	// Slots are freed or changed. Nothing at all is written if one was changed since it was read.
	Slots  []Slot
	Wishes []Wish // put on the waitlist
	Unwish []Wish // taken off it
	// Spend counts what the reply costs. Nothing at all is written if its periods don't hold it.
	Spend *budget.Spend
	// Refused counts a text that isn't answered for what an answer would cost.
	Refused *budget.Refused
	// Questions were asked, or staff wrote what answers them.
	Questions []Question
}

// Voided is a row of the ledger that won't be sent, and why.
type Voided struct{ Row, Why string }

// Voids returns a Voided for each row, all for the same reason.
func Voids(why string, rows ...string) (out []Voided) {
	for _, row := range rows {
		out = append(out, Voided{row, why})
	}
	return out
}

// Add adds the effects of another step of the same event. Where there can be only one value, that
// of more wins.
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
	e.Once = e.Once || more.Once
	if more.By != "" {
		e.By = more.By
	}
	if more.Spend != nil {
		e.Spend = more.Spend
	}
	if more.Refused != nil {
		e.Refused = more.Refused
	}
	e.Visits = append(e.Visits, more.Visits...)
	e.Gone = append(e.Gone, more.Gone...)
	e.Cases = append(e.Cases, more.Cases...)
	e.Posts = append(e.Posts, more.Posts...)
	e.WriteBacks = append(e.WriteBacks, more.WriteBacks...)
	e.Pending = append(e.Pending, more.Pending...)
	e.Said = append(e.Said, more.Said...)
	e.Drafts = append(e.Drafts, more.Drafts...)
	e.Texts = append(e.Texts, more.Texts...)
	e.Void = append(e.Void, more.Void...)
	e.Retry = append(e.Retry, more.Retry...)
	e.Dismiss = append(e.Dismiss, more.Dismiss...)
	e.Slots = append(e.Slots, more.Slots...)
	e.Wishes = append(e.Wishes, more.Wishes...)
	e.Unwish = append(e.Unwish, more.Unwish...)
	e.Questions = append(e.Questions, more.Questions...)
}

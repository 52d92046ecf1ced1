package handlers

import "time"

// The states of a broadcast.
const (
	BroadcastAsked   = "asked"   // waits for a second person
	BroadcastAgreed  = "agreed"  // leaves at Starts, unless somebody takes it back
	BroadcastSending = "sending" // its texts are in the ledger
	BroadcastDone    = "done"    // it is known what became of each
	BroadcastDropped = "dropped" // nothing was sent
)

// Broadcast is a text to everybody who has a visit in a span of time: a storm closes the clinic. It
// is part of a case that belongs to no number.
type Broadcast struct {
	State string    `json:"state"`
	From  time.Time `json:"from"` // of the visits that start in [From, To)
	To    time.Time `json:"to"`
	Say   string    `json:"say,omitempty"` // the sentence of replies/ that it says
	// Own is what it says instead, in staff's own words, by language.
	Own map[string]string `json:"own,omitempty"`
	// TakeOff says that the visits are taken off, once it is known what became of the texts.
	TakeOff bool `json:"take_off,omitempty"`

	By     string    `json:"by"`               // who asked for it
	Until  time.Time `json:"until"`            // nobody can agree to it later
	Agreed string    `json:"agreed,omitempty"` // the second person
	Starts time.Time `json:"starts,omitzero"`  // when its texts go into the ledger

	Rows   []string       `json:"rows,omitempty"`   // ids of its texts, one a number
	Visits []string       `json:"visits,omitempty"` // ids of the visits that they are about
	Count  BroadcastCount `json:"count,omitzero"`
	Ends   time.Time      `json:"ends,omitzero"` // when receipts are waited for no longer
}

// BroadcastCount is what has become of a broadcast's texts.
type BroadcastCount struct {
	Waits     int `json:"waits,omitempty"`
	Sent      int `json:"sent,omitempty"` // without a receipt yet
	Delivered int `json:"delivered,omitempty"`
	Unreached int `json:"unreached,omitempty"` // it failed, or a rule held it back
	Changed   int `json:"changed,omitempty"`   // the visit had changed by then, so it needed none
}

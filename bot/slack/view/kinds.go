package view

import (
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// kindWords returns a case's kind in words for staff. An unknown one is shown with a capital and
// without underscores, so that a new kind needs no change here.
func kindWords(kind string) string {
	switch kind {
	case "crisis":
		return "CRISIS"
	case "emergency":
		return "EMERGENCY"
	case "concern":
		return "Please read"
	case "clinical":
		return "Clinical question"
	case "handoff", "choices", "answer":
		return "Question"
	case "confirm":
		return "Visit confirmed"
	case "decline":
		return "Can't come"
	case "reschedule":
		return "Wants another day"
	case "late":
		return "Running late"
	case "optout", "stop":
		return "Opted out of texts"
	case kinds.Slot:
		return "A time is free"
	case kinds.SlotTaken:
		return "Free time taken"
	case kinds.SlotOver:
		return "Free time, not taken"
	case "ride", "ride_arranged", "ride_help":
		return "Ride home"
	case kinds.Series:
		return "Series of visits"
	case "unprepared":
		return "To be told how to prepare"
	case "undelivered":
		return "Text not delivered"
	case kinds.Outage:
		return "Texts or calls can't go out"
	case kinds.Broadcast:
		return "Text to all of a day"
	case kinds.Refused:
		return "Texts that weren't answered"
	case kinds.Away:
		return "Texts that came late"
	case kinds.Feed:
		return "A feed of visits isn't read"
	case kinds.FeedShrunk:
		return "A feed lacks visits: agree?"
	case kinds.Doubts:
		return "Visits that can hardly be right"
	case kinds.FeedUnlinked:
		return "Visits without a number"
	case kinds.NotDone:
		return "Not done"
	case kinds.NotWritten:
		return "Not in the other system"
	case "":
		return "Case"
	default:
		return strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "_", " ")
	}
}

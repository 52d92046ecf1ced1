package desk

import (
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// KindWords returns a case's kind in words for staff. An unknown one is shown with a capital and
// without underscores, so that a new kind needs no change here.
func KindWords(kind string) string {
	if words, known := kindNames()[kind]; known {
		return words
	}
	return strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "_", " ")
}

// kindNames are the kinds that have words of their own.
func kindNames() map[string]string {
	return map[string]string{
		"crisis":           "CRISIS",
		"emergency":        "EMERGENCY",
		"concern":          "Please read",
		"clinical":         "Clinical question",
		"handoff":          "Question",
		"choices":          "Question",
		"answer":           "Question",
		"confirm":          "Visit confirmed",
		"decline":          "Can't come",
		"reschedule":       "Wants another day",
		"late":             "Running late",
		"optout":           "Opted out of texts",
		"stop":             "Opted out of texts",
		kinds.Slot:         "A time is free",
		kinds.SlotTaken:    "Free time taken",
		kinds.SlotOver:     "Free time, not taken",
		"ride":             "Ride home",
		"ride_arranged":    "Ride home",
		"ride_help":        "Ride home",
		kinds.Series:       "Series of visits",
		"unprepared":       "To be told how to prepare",
		"undelivered":      "Text not delivered",
		kinds.Outage:       "Texts or calls can't go out",
		kinds.Broadcast:    "Text to all of a day",
		kinds.Refused:      "Texts that weren't answered",
		kinds.Away:         "Texts that came late",
		kinds.Feed:         "A feed of visits isn't read",
		kinds.FeedShrunk:   "A feed lacks visits: agree?",
		kinds.Doubts:       "Visits that can hardly be right",
		kinds.FeedUnlinked: "Visits without a number",
		kinds.NotDone:      "Not done",
		kinds.NotWritten:   "Not in the other system",
		"":                 "Case",
	}
}

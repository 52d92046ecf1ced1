package knowledge

import (
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// reply is a sentence of replies/, with where it stands.
type reply struct {
	words    language.Words
	promises *bool // that it promises a person, if the file says; see [Base.Promises]
	review   Review
	file     string
	line     int

	promising func() bool
}

// replyNames are the sentences of replies/, each of which must be there. A sentence that isn't here
// is a fault too: nothing would say it.
var replyNames = [...]string{
	replies.Crisis, replies.CrisisOther, replies.CrisisNow, replies.Emergency, replies.Stands,
	replies.StandsTold, replies.ConcernLine, replies.Clinical, replies.Resource,
	replies.OptedOut, replies.OptedIn, replies.Basic, replies.Detail, replies.Help,
	replies.Hello, replies.Confirmed, replies.Declined, replies.Reschedule,
	replies.Late, replies.Arrived,
	replies.WhichVisit, replies.NoVisit, replies.VisitStands, replies.Handoff, replies.HandoffShut,
	replies.Holding, replies.HoldingWhen, replies.Choices, replies.Picture,
	replies.HandoffAgain, replies.ByOpen, replies.ByShut,
	replies.RemindPrefix + "booked", replies.RemindPrefix + "moved",
	replies.RemindPrefix + "confirm", replies.RemindPrefix + "prepare",
	replies.RemindPrefix + "nudge", replies.RemindPrefix + "basic",
	replies.RemindPrefix + "basic_ask",
	replies.RemindPrefix + "booked" + visitsSuffix, replies.RemindPrefix + "confirm" + visitsSuffix,
	replies.RemindPrefix + kinds.Prepare + visitsSuffix,
	replies.RemindPrefix + "nudge" + visitsSuffix,
	replies.NudgeAhead, replies.NudgeAhead + visitsSuffix,
	replies.RemindPrefix + kinds.CheckIn, replies.RemindPrefix + kinds.Missed,
	replies.RemindPrefix + kinds.Recall, replies.RemindDays, replies.DaysFirst, replies.Nth,
	replies.NextVisit, replies.AllVisits, replies.NoneAhead, replies.NextWords, replies.VisitWords,
	replies.AskRide, replies.AskRideShort, replies.RideArranged, replies.RideHelp,
	replies.Solids, replies.Liquids, replies.Nasal, replies.Ride, replies.StopLine,
	replies.Offer, replies.OfferBasic, replies.OfferGone, replies.OfferLapsed, replies.OfferTaken,
	replies.OfferSwapped, replies.OfferLate, replies.OfferLeft, replies.OfferAsk,
	replies.OfferWhich, replies.ThisOffer, replies.ThisVisit,
	replies.BroadcastWeather, replies.BroadcastClosed,
	replies.RemindPrefix + "booked" + familySuffix, replies.RemindPrefix + "confirm" + familySuffix,
	replies.RemindPrefix + "nudge" + familySuffix,
	replies.RemindPrefix + kinds.Prepare + familySuffix, replies.AskRideOf,
	replies.OfPatient, replies.ConfirmedOf, replies.DeclinedOf, replies.And,
	replies.WhichPatient, replies.WhichRide,
	replies.WhichRideHelp, replies.Both, replies.AllOfThem, replies.MixedUp,
	replies.Glad, replies.Sorry, replies.Explain, replies.Owed, replies.Kept, replies.TextsKept,
	replies.AskPrefix + kinds.Confirm, replies.AskPrefix + kinds.Decline,
	replies.AskPrefix + kinds.Reschedule, replies.AskPrefix + kinds.Late,
	replies.AskPrefix + kinds.OptOut,
	replies.OnCallText, replies.OnCallVoice, replies.OnCallTextMany, replies.OnCallVoiceMany,
	replies.OnCallDesk, replies.OnCallTaken, replies.OnCallLate,
	replies.CallStaff, replies.CallUnreached, replies.CallOver,
	replies.OwnPhone, replies.OwnPhoneKnown, replies.OwnPhoneWrong,
}

// visitsSuffix ends the name of a reminder for several visits on a day.
const visitsSuffix = "_visits"

// unasked tells whether a sentence is sent without being asked for. Such a text fits MostUnasked
// segments and holds nothing indiscreet.
func unasked(name string) bool {
	return strings.HasPrefix(name, replies.RemindPrefix) ||
		slices.Contains([]string{
			replies.Offer, replies.OfferBasic, replies.OfferGone,
			replies.OfferLapsed, replies.BroadcastWeather, replies.BroadcastClosed,
		}, name)
}

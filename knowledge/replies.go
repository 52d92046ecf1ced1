package knowledge

import "strings"

// The sentences of replies/ by name. Load refuses a base that lacks one.
const (
	SayCrisis       = "crisis"
	SayCrisisOther  = "crisis_other" // a relative or friend writes
	SayCrisisNow    = "crisis_now"   // 911 comes first
	SayEmergency    = "emergency"
	SayStands       = "alarm_stands" // to who writes on while an alarm stands
	SayStandsTold   = "alarm_stands_told"
	SayConcernLine  = "concern_line" // added to the answer of a concern
	SayClinical     = "clinical"
	SayResource     = "resource"
	SayOptedOut     = "opted_out"
	SayBasic        = "basic"
	SayDetail       = "detail"
	SayOptedIn      = "opted_in"
	SayHelp         = "help"
	SayHello        = "hello"
	SayConfirmed    = "confirmed"
	SayDeclined     = "declined"
	SayReschedule   = "reschedule"
	SayLate         = "late"
	SayArrived      = "arrived"
	SayWhichVisit   = "which_visit"
	SayNoVisit      = "no_visit"
	SayVisitStands  = "visit_stands"
	SayHandoff      = "handoff"
	SayHandoffShut  = "handoff_shut"
	SayHolding      = "holding"
	SayHoldingWhen  = "holding_when"
	SayChoices      = "choices"
	SayPicture      = "picture"
	SayHandoffAgain = "handoff_again"
	SayByOpen       = "by_open"
	SayGlad         = "glad"
	SaySorry        = "sorry"
	SayExplain      = "explain"
	SayOwed         = "owed"

	// AskPrefix comes before an act that is asked back before it is done.
	AskPrefix    = "ask_back_"
	SayKept      = "kept"
	SayTextsKept = "texts_kept"
	SayByShut    = "by_shut"

	// RemindPrefix comes before a reminder's kind ("booked"), one sentence a kind of the plan.
	RemindPrefix = "remind_"
	SaySolids    = "prepare_solids"
	SayLiquids   = "prepare_liquids"
	SayNasal     = "prepare_nasal"
	SayRide      = "prepare_ride"
	SayStopLine  = "stop_line"

	// A freed slot is offered, and what is said of it. The first four are unasked.
	SayOffer        = "offer"
	SayOfferBasic   = "offer_basic"
	SayOfferGone    = "offer_gone"
	SayOfferLapsed  = "offer_lapsed"
	SayOfferTaken   = "offer_taken"
	SayOfferSwapped = "offer_swapped"
	SayOfferLate    = "offer_late"
	SayOfferLeft    = "offer_left"
	SayOfferAsk     = "offer_ask"
	SayOfferWhich   = "offer_which"
	SayThisOffer    = "this_offer"
	SayThisVisit    = "this_visit"

	// The ride home: the question, within the text that says how to prepare, and the answers.
	SayAskRide      = "ask_ride"
	SayAskRideShort = "ask_ride_short"
	SayRideArranged = "ride_arranged"
	SayRideHelp     = "ride_help"

	// What the clinic's on-call phone is told.
	SayOnCallText      = "oncall_text"
	SayOnCallVoice     = "oncall_voice"
	SayOnCallTextMany  = "oncall_text_many"
	SayOnCallVoiceMany = "oncall_voice_many"
	SayOnCallDesk      = "oncall_desk"
	SayOnCallTaken     = "oncall_taken"
	SayOnCallLate      = "oncall_late"
)

var replyNames = [...]string{
	SayCrisis, SayCrisisOther, SayCrisisNow, SayEmergency, SayStands, SayStandsTold, SayConcernLine, SayClinical, SayResource, SayOptedOut, SayOptedIn, SayBasic, SayDetail, SayHelp, SayHello, SayConfirmed, SayDeclined, SayReschedule, SayLate, SayArrived,
	SayWhichVisit, SayNoVisit, SayVisitStands, SayHandoff, SayHandoffShut, SayHolding, SayHoldingWhen, SayChoices, SayPicture, SayHandoffAgain, SayByOpen, SayByShut,
	RemindPrefix + "booked", RemindPrefix + "moved", RemindPrefix + "confirm", RemindPrefix + "prepare", RemindPrefix + "nudge", RemindPrefix + "basic", RemindPrefix + "basic_ask",
	RemindPrefix + "booked" + visitsSuffix, RemindPrefix + "confirm" + visitsSuffix, RemindPrefix + PrepareKind + visitsSuffix, RemindPrefix + "nudge" + visitsSuffix,
	SayAskRide, SayAskRideShort, SayRideArranged, SayRideHelp,
	SaySolids, SayLiquids, SayNasal, SayRide, SayStopLine,
	SayOffer, SayOfferBasic, SayOfferGone, SayOfferLapsed, SayOfferTaken, SayOfferSwapped, SayOfferLate, SayOfferLeft, SayOfferAsk, SayOfferWhich, SayThisOffer, SayThisVisit,
	SayGlad, SaySorry, SayExplain, SayOwed, SayKept, SayTextsKept,
	AskPrefix + Confirm, AskPrefix + Decline, AskPrefix + Reschedule, AskPrefix + Late, AskPrefix + OptOut,
	SayOnCallText, SayOnCallVoice, SayOnCallTextMany, SayOnCallVoiceMany, SayOnCallDesk, SayOnCallTaken, SayOnCallLate,
}

// unasked says whether a sentence goes out without being asked for.
func unasked(name string) bool {
	return strings.HasPrefix(name, RemindPrefix) || contains([]string{SayOffer, SayOfferBasic, SayOfferGone, SayOfferLapsed}, name)
}

// Replies are the names of the sentences of replies/.
func (b *Base) Replies() []string { return replyNames[:] }

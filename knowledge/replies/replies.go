// Package replies names the sentences that stand in the YAML files beside it.
package replies

// The sentences of replies/ by name. Load refuses a base that lacks one, so a new name needs a
// sentence in YAML, a place in knowledge's replyNames, and a value for each placeholder in
// knowledge's longest.
const (
	Crisis      = "crisis"
	CrisisOther = "crisis_other" // a relative or friend writes
	CrisisNow   = "crisis_now"   // 911 comes first
	Emergency   = "emergency"
	Stands      = "alarm_stands" // to who writes on while an alarm stands
	StandsTold  = "alarm_stands_told"
	ConcernLine = "concern_line" // added to the answer of a concern
	Clinical    = "clinical"
	// Resource is the line with 988 that is added where suicide is only the topic.
	Resource = "resource"
	// Consent and how discreet reminders are.
	OptedOut = "opted_out"
	Basic    = "basic"
	Detail   = "detail"
	OptedIn  = "opted_in"
	Help     = "help"
	Hello    = "hello"
	// What a visit has become, or which one is meant.
	Confirmed   = "confirmed"
	Declined    = "declined"
	Reschedule  = "reschedule"
	Late        = "late"
	Arrived     = "arrived"
	WhichVisit  = "which_visit"
	NoVisit     = "no_visit"
	VisitStands = "visit_stands"
	// The visits ahead, and the words that ask for the next one or for all.
	NextVisit  = "next_visit"
	AllVisits  = "all_visits"
	NoneAhead  = "none_ahead"
	NextWords  = "next_words"
	VisitWords = "visit_words"
	// Of several patients with one phone: whose visit it is, and whose is meant.
	OfPatient     = "of_patient"
	AskRideOf     = "ask_ride_of"
	ConfirmedOf   = "confirmed_family"
	DeclinedOf    = "declined_family"
	And           = "list_and"
	WhichPatient  = "which_patient"
	WhichRide     = "which_ride"
	WhichRideHelp = "which_ride_help"
	Both          = "both"
	AllOfThem     = "all_of_them"
	MixedUp       = "mixed_up"
	// A person takes over; the shut one says when the clinic opens. Holding promises somebody by a
	// time, HoldingWhen adds the time to an answer that promised. ByOpen and ByShut are that time.
	Handoff      = "handoff"
	HandoffShut  = "handoff_shut"
	Holding      = "holding"
	HoldingWhen  = "holding_when"
	Choices      = "choices"
	Picture      = "picture"
	HandoffAgain = "handoff_again"
	ByOpen       = "by_open"
	Glad         = "glad"
	Sorry        = "sorry"
	Explain      = "explain"
	Owed         = "owed"

	// AskPrefix comes before an act that is asked back before it is done: "ask_back_decline". Kept
	// and TextsKept answer a no to that.
	AskPrefix = "ask_back_"
	Kept      = "kept"
	TextsKept = "texts_kept"
	ByShut    = "by_shut"

	// RemindPrefix comes before a reminder's kind ("booked"), one sentence a kind of the plan.
	RemindPrefix = "remind_"
	RemindDays   = "remind_days"        // of the visits of a series
	DaysFirst    = "remind_days_first"  // the same with the first dates, and how to get the others
	Nth          = "nth"                // a visit's place in its series
	NudgeAhead   = "remind_nudge_ahead" // of one that leaves before the day of the visit
	Solids       = "prepare_solids"
	Liquids      = "prepare_liquids"
	Nasal        = "prepare_nasal"
	Ride         = "prepare_ride"
	StopLine     = "stop_line"

	// What everybody with a visit is told while the clinic is closed; see package broadcast.
	BroadcastWeather = "broadcast_weather"
	BroadcastClosed  = "broadcast_closed"

	// A freed slot is offered, and what is said of it. The first four are unasked.
	Offer        = "offer"
	OfferBasic   = "offer_basic"
	OfferGone    = "offer_gone"
	OfferLapsed  = "offer_lapsed"
	OfferTaken   = "offer_taken"
	OfferSwapped = "offer_swapped"
	OfferLate    = "offer_late"
	OfferLeft    = "offer_left"
	OfferAsk     = "offer_ask"
	OfferWhich   = "offer_which"
	ThisOffer    = "this_offer"
	ThisVisit    = "this_visit"

	// The ride home: the question, within the text that says how to prepare, and the answers.
	AskRide      = "ask_ride"
	AskRideShort = "ask_ride_short"
	RideArranged = "ride_arranged"
	RideHelp     = "ride_help"

	// What the clinic's on-call phone is told.
	OnCallText      = "oncall_text"
	OnCallVoice     = "oncall_voice"
	OnCallTextMany  = "oncall_text_many"
	OnCallVoiceMany = "oncall_voice_many"
	OnCallDesk      = "oncall_desk"
	OnCallTaken     = "oncall_taken"
	OnCallLate      = "oncall_late"

	// What is said on the phone of a member of staff who calls a patient, or says which is theirs.
	CallStaff     = "call_staff"
	CallUnreached = "call_unreached"
	CallOver      = "call_over"
	OwnPhone      = "own_phone"
	OwnPhoneKnown = "own_phone_known"
	OwnPhoneWrong = "own_phone_wrong"
)

// Safety are the sentences that people in danger get, or who may be.
func Safety() []string {
	return []string{
		Crisis, CrisisOther, CrisisNow, Emergency, Stands, StandsTold, ConcernLine, Resource, Clinical,
	}
}

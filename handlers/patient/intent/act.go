package intent

// Act is what is to be done about a text. Package patient carries out exactly one for each text.
type Act string

// What a text calls for. A comment names the fields of Intent that the act uses.
const (
	// Nothing is said.
	Silent Act = "silent" // nothing of it is the patient's, or its sender is a machine
	Echo   Act = "echo"   // word for word the same again and again; TellDesk: the desk is told

	// Danger, consent and clinical need come first.
	Danger    Act = "danger"
	JoinAlarm Act = "join alarm" // it joins the open alarm, and nothing is said
	OptOut    Act = "opt out"    // Visits are confirmed besides
	OptIn     Act = "opt in"
	Basic     Act = "basic"  // reminders are to say less
	Detail    Act = "detail" // reminders are to say more again
	Clinical  Act = "clinical"
	Paused    Act = "paused" // an alarm is open: the bot gives no answers of its own

	// A person has the conversation, or must have it.
	Unreachable   Act = "unreachable"     // they opted out: a person must call
	ToPerson      Act = "to person"       // a person talks with them
	JoinConcern   Act = "join concern"    // that person talks in the thread of a concern
	OfferToPerson Act = "offer to person" // it may answer an offer, or the person
	ForPerson     Act = "for person"      // it comes too late for an answer
	LatePick      Act = "late pick"       // it picks Picked by Number, too late
	LateOffer     Act = "late offer"      // it may answer an offer, too late
	AskPerson     Act = "ask person"      // they ask for a person
	StillOwed     Act = "still owed"      // they ask whether anybody is there

	// Answers to what the bot asked.
	PickEntry   Act = "pick entry"   // Picked is the entry
	PickUnclear Act = "pick unclear" // a yes to several choices
	KeepTexts   Act = "keep texts"   // they go on getting texts
	KeepVisit   Act = "keep visit"   // Visits[0] stays as it is
	Ride        Act = "ride"         // RideHome

	// Answers to the offer of a free slot: Slots.
	OfferTake  Act = "offer take"
	OfferLeave Act = "offer leave"
	OfferOver  Act = "offer over"  // a yes to an offer that has ended
	OfferAsk   Act = "offer ask"   // whether they take it is asked back
	OfferWhich Act = "offer which" // whether Slots or Visits are meant is asked back
	OfferElse  Act = "offer else"  // they want another time than the one offered

	// Visits: Change is the kind of the change, Visits are those that it is about.
	ChangeVisit  Act = "change visit"
	WhichVisit   Act = "which visit"   // which of Visits is meant is asked back
	AskBack      Act = "ask back"      // whether Change is meant, of Visits[0], is asked back
	NoneMeant    Act = "none meant"    // so it would be, but no visit is meant for sure
	NoVisit      Act = "no visit"      // they have none
	LateForNone  Act = "late for none" // they have none soon
	WhichRide    Act = "which ride"    // whose ride home Change tells of, of Visits, is asked back
	Mixed        Act = "mixed"         // of a phone's patients, who does what isn't plain
	VisitStands  Act = "visit stands"  // a YES or NO to nothing, asked back of Visits[0]
	NothingAsked Act = "nothing asked" // a YES or NO to nothing, a person's
	Regrets      Act = "regrets"       // a yes after Visits[0] was given up

	NextVisit Act = "next visit" // NEXT: when Visits are, the next one of each patient
	AllVisits Act = "all visits" // VISITS: when Visits are, all that are ahead

	// Small talk.
	Help     Act = "help"
	Hello    Act = "hello"
	Courtesy Act = "courtesy"
	Chat     Act = "chat"
	Glad     Act = "glad"
	Angry    Act = "angry"
	Lost     Act = "lost" // they don't understand us
	Picture  Act = "picture"

	// Questions: Question.
	Repeat Act = "repeat" // Last is to be said again; where it may not be, Ask follows
	Ask    Act = "ask"
)

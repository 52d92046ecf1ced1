package handlers

import "time"

// Text is what a patient texted, by SMS or on another channel.
type Text struct {
	ID   string // the carrier's id of it (MessageSid); the event's id
	From Phone  // zero of a sender that is no number
	// the channel of From, as in Address, if texts can be sent there
	Channel string
	Sender  string // such a sender as the carrier names it: a short code, a name, a Messenger id
	Mute    bool   // of Sender: no answer would reach it
	Body    string
	OptOut  string // STOP, START or HELP when the carrier itself has answered one (OptOutType)
	Media   int    // pictures that came with it
	At      time.Time

	// Fetched says that it is from the carrier's list: its webhook came to nothing, so no reply can
	// go in the webhook's answer.
	Fetched bool
	// of Fetched: the carrier has a reply of ours to it; the store may have no record
	Answered bool
	Had      []string // of Fetched: what else its writer has been sent since, by the carrier's list
}

// Reply is what a text was answered with: nothing, one body, or more.
type Reply struct {
	Bodies  []string `json:"replies"`
	Kind    string   `json:"kind"`
	Also    []string `json:"also"`
	Entry   string   `json:"entry"`
	Entries []string `json:"entries,omitempty"` // all that are answered, or offered
	// the act that is asked back before it is done: decline, optout …
	Asks       string  `json:"asks,omitempty"`
	Confidence float64 `json:"confidence"`
	Lang       string  `json:"lang"`
	// of the screen: what raised Kind: a pattern, a keyword, or the words that were learnt
	Rule string `json:"rule,omitempty"`
	Note string `json:"note,omitempty"` // what staff should know of it, never sent
}

// Conversation is what is remembered between the texts of one number; it fades after Keep.
type Conversation struct {
	Same      string    `json:"same,omitempty"`       // a fingerprint of the words that came last
	SameTimes int       `json:"same_times,omitempty"` // how often they came in a row
	SameFrom  time.Time `json:"same_from,omitzero"`   // when they came first

	Lang      string    `json:"lang,omitempty"`
	Last      string    `json:"last,omitempty"`    // the entry answered last, for a follow-up
	Choices   []string  `json:"choices,omitempty"` // the entries offered by number
	Misses    int       `json:"misses,omitempty"`  // questions in a row that found no answer
	HoursSaid bool      `json:"hours_said,omitempty"`
	Taken     time.Time `json:"taken,omitzero"`    // a person talks until then
	By        string    `json:"by,omitempty"`      // who
	At        time.Time `json:"at,omitzero"`       // of the last text
	Channel   string    `json:"channel,omitempty"` // of the last text, as in Address
	Said      []string  `json:"said,omitempty"`    // what the bot replied lately, newest first
	// what was just written, read together with what follows at once
	Burst      []string  `json:"burst,omitempty"`
	HandedOver bool      `json:"handed_over,omitempty"` // the burst has been handed to a person
	Hour       time.Time `json:"hour,omitzero"`         // since when Replies counts
	Replies    int       `json:"replies,omitempty"`     // of ours in that hour
	// while an alarm stands: when they were last answered, by the fixed words or a person
	Stood time.Time `json:"stood,omitzero"`
}

// answerable is how long after a patient's text WhatsApp takes an answer in free words: 24 hours,
// less what a send may take and clocks may differ. RCS has no such limit, but is held to the same
// one: after a day an SMS is never wrong. source: twilio.com/docs/api/errors/63016
const answerable = 24*time.Hour - 5*time.Minute

// On is the channel that an answer goes out on: that of the patient's last text, as long as it
// takes one, then SMS. What nobody asked for is always an SMS.
func (c Conversation) On(now time.Time) string {
	if now.Sub(c.At) < answerable {
		return c.Channel
	}
	return ""
}

// Reach says of a number that no SMS reaches it, a landline say; the zero Reach is that of any
// other number. It says nothing of another channel: one is used only where the patient writes.
type Reach struct {
	NoTexts bool      `json:"no_texts"`
	Why     string    `json:"why,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// Person says whether a person talks with the patient now, so that the bot stays silent.
func (c Conversation) Person(now time.Time) bool { return now.Before(c.Taken) }

// Consent is whether a number may be texted. The zero Consent is that of a number which never said
// anything. There is one for all channels: an opt-out on any of them, in whatever way it is made,
// holds for every one, so that nobody has to opt out twice. That is the safest reading of 47 CFR
// 64.1200(a)(10), by which consent is revoked by "any reasonable method".
type Consent struct {
	Out   bool      `json:"out"`
	At    time.Time `json:"at,omitzero"`
	Way   string    `json:"way,omitempty"`   // text, carrier, staff
	Words string    `json:"words,omitempty"` // the words it was said in
	Basic bool      `json:"basic,omitempty"` // wants reminders as discreet as can be
}

package handlers

import (
	"strings"
	"time"
)

// Text is a message from a patient.
type Text struct {
	ID   string // the carrier's id (Twilio's MessageSid), which is the event's id too
	From Phone  // zero if the sender is no number
	// Channel is that of From, as in Address, if texts can be sent there.
	Channel string
	Sender  string // such a sender in the carrier's form: a short code, a name, a Messenger id
	Mute    bool   // no answer would reach Sender
	Body    string
	OptOut  string // STOP, START or HELP if the carrier answered one itself (Twilio's OptOutType)
	Media   int    // how many pictures came with it
	At      time.Time

	// Fetched says that the text is from the carrier's list. Its webhook failed, so no reply can go
	// in the webhook's response.
	Fetched bool
	// Answered says of a fetched text that the carrier's list holds a reply of ours to it, of which
	// the store may have no record.
	Answered bool
	// Had holds the texts that the sender of a fetched text was sent since, from the carrier's
	// list.
	Had []string
}

// Reply is the answer to a text: any number of bodies, and how the text was understood.
type Reply struct {
	Bodies  []string `json:"replies"`
	Kind    string   `json:"kind"`
	Also    []string `json:"also"`
	Entry   string   `json:"entry"`
	Entries []string `json:"entries,omitempty"` // all entries that are answered, or offered
	// Asks is the act that the reply asks back before it is done: decline, optout …
	Asks       string  `json:"asks,omitempty"`
	Confidence float64 `json:"confidence"` // 0 to 1
	Lang       string  `json:"lang"`
	// Rule is what in the screen led to Kind: a pattern, a keyword, or the learnt model.
	Rule string `json:"rule,omitempty"`
	Note string `json:"note,omitempty"` // what staff should know of the text; never sent
}

// Pattern returns Rule without the words of the text that spoke for it, which the log must not
// have.
func (r Reply) Pattern() string {
	pattern, _, _ := strings.Cut(r.Rule, ":")
	return pattern
}

// Conversation is what is remembered between the texts of one number. The store forgets it a day
// after the last one.
type Conversation struct {
	Same      string    `json:"same,omitempty"`       // a fingerprint of the words that came last
	SameTimes int       `json:"same_times,omitempty"` // how often they came in a row
	SameFrom  time.Time `json:"same_from,omitzero"`   // when they came first

	Lang      string    `json:"lang,omitempty"`
	Last      string    `json:"last,omitempty"`    // the last entry answered, for a follow-up
	Choices   []string  `json:"choices,omitempty"` // the entries offered by number
	Before    string    `json:"before,omitempty"`  // the text for which Choices were offered
	Misses    int       `json:"misses,omitempty"`  // questions in a row that found no answer
	HoursSaid bool      `json:"hours_said,omitempty"`
	Taken     time.Time `json:"taken,omitzero"`    // until when a person talks with them
	By        string    `json:"by,omitempty"`      // that person
	Case      string    `json:"case,omitempty"`    // the case in whose thread they wrote last
	At        time.Time `json:"at,omitzero"`       // when the last text came
	Channel   string    `json:"channel,omitempty"` // that the last text came on, as in Address
	Said      []string  `json:"said,omitempty"`    // what the bot replied lately, newest first
	// Burst holds what was just written: it is read together with a text that follows at once.
	Burst      []string  `json:"burst,omitempty"`
	HandedOver bool      `json:"handed_over,omitempty"` // the burst has been handed to a person
	Hour       time.Time `json:"hour,omitzero"`         // since when Replies counts
	Replies    int       `json:"replies,omitempty"`     // how many we sent since Hour
	Asked      string    `json:"asked,omitempty"`       // the last question that a person was to see
	Wrote      time.Time `json:"wrote,omitzero"`        // when staff last texted them
	Writer     string    `json:"writer,omitempty"`      // who that was
	// Stood is when they last got an answer, from the bot or a person, while an alarm was open.
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

// Reach says whether SMS reach a number: a landline, say, takes none. The zero Reach is that of a
// number which nothing is known against. It is about SMS alone, since another channel is used only
// to answer on.
type Reach struct {
	NoTexts bool      `json:"no_texts"`
	Why     string    `json:"why,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// Person reports whether a person talks with the patient now, so that the bot stays silent.
func (c Conversation) Person(now time.Time) bool { return now.Before(c.Taken) }

// Consent is whether a number may be texted. The zero Consent is that of a number which never said
// anything. There is one for all channels: an opt-out on any of them, in whatever way it is made,
// holds for every one, so that nobody has to opt out twice. That is the safest reading of 47 CFR
// 64.1200(a)(10), by which consent is revoked by "any reasonable method".
type Consent struct {
	Out   bool      `json:"out"` // it has opted out
	At    time.Time `json:"at,omitzero"`
	Way   string    `json:"way,omitempty"`   // how it came: text, carrier, import or intake
	Words string    `json:"words,omitempty"` // the patient's own words
	Basic bool      `json:"basic,omitempty"` // reminders must be as discreet as possible
	// Given is when the patient's consent to be texted was recorded: by their own text, by an
	// import, or at intake. Zero if it wasn't, or was taken back since. Without it the caps of the
	// health-care exemption hold: see [settings.Reminders].
	Given time.Time `json:"given,omitzero"`
}

// The ways in which staff's own records bring a consent, as in [Consent].
const (
	WayImport = "import" // a visit's row says so
	WayIntake = "intake" // staff noted it
)

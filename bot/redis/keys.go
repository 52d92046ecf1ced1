package redis

import (
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Every key of a clinic carries the hash tag {beacon}, so that on a Cluster all of them share a slot and a script may touch any.
const tag = "{beacon}:"

// The lifetimes.
const (
	keepDone    = 72 * time.Hour       // an event's id: Twilio retries for minutes, Slack for an hour
	keepTurn    = 48 * time.Hour       // a number's version: longer than any turn takes
	keepCase    = 30 * 24 * time.Hour  // since its last change
	keepVisit   = 90 * 24 * time.Hour  // after its start
	keepSlot    = 30 * 24 * time.Hour  // since its last change
	keepFreed   = 7 * 24 * time.Hour   // so long after it became free it is told of every slot who was offered it
	keepOffer   = 72 * time.Hour       // since it was made: so long a late answer to it is understood
	keepText    = 90 * 24 * time.Hour  // since it was settled
	keepWords   = 72 * time.Hour       // of an asked text, until it has arrived: if it doesn't it may be tried again
	keepPost    = 7 * 24 * time.Hour   // a post, since it was last tried
	keepPace    = 48 * time.Hour       // longer than the day that it counts
	keepUnasked = 400 * 24 * time.Hour // a number that had nothing for so long is told anew how to opt out
	keepDoubt   = 24 * time.Hour       // after the server was found started anew: so long a text may be one that it has forgotten
	doubtStep   = time.Second          // how exactly it is known when the server was last seen
	keepProbe   = time.Minute          // the write that shows whether Redis takes one
	lookBack    = 24 * time.Hour       // how long a visit past is still part of a number's state
)

func keyDone(id string) string        { return tag + "done:" + id }        // string: JSON Reply; keepDone
func keyTurn(phone string) string     { return tag + "turn:" + phone }     // string: version of the number's state, or with "slot:" and its id of a slot's; keepTurn
func keyTalk(phone string) string     { return tag + "talk:" + phone }     // string: JSON Conversation; handlers.ConversationKeep
func keyConsent(phone string) string  { return tag + "consent:" + phone }  // string: JSON Consent as it stands; for ever
func keyConsents(phone string) string { return tag + "consents:" + phone } // list: JSON Consent, newest last; for ever
func keyReach(phone string) string    { return tag + "reach:" + phone }    // string: JSON Reach; for ever
func keyVisit(id string) string       { return tag + "visit:" + id }       // string: JSON Visit; keepVisit
func keyVisitsOf(phone string) string { return tag + "visits:" + phone }   // sorted set: visit ids by start, Unix s
func keyCase(id string) string        { return tag + "case:" + id }        // hash: case (JSON Case), thread, held (until which ms posts wait for the retry of another), holder (its id); keepCase
func keyCasesOf(phone string) string  { return tag + "cases:" + phone }    // set: ids of the number's open cases; keepCase
func keyUnasked(phone string) string  { return tag + "unasked:" + phone }  // sorted set: ids of unasked texts by ms they were begun; keepUnasked
func keyTextsOf(phone string) string  { return tag + "texts:of:" + phone } // sorted set: ids of the number's rows by the ms they were planned for; keepText after the last
func keySlot(id string) string        { return tag + "slot:" + id }        // string: JSON Slot; keepSlot
func keyOffersOf(phone string) string { return tag + "offers:" + phone }   // sorted set: ids of the slots that the number was offered by ms; keepOffer
func keyLast4(last4 string) string    { return tag + "last4:" + last4 }    // set: numbers that end so; for ever, as consent is
func keyThread(thread string) string  { return tag + "thread:" + thread }  // string: case id; keepCase
func keyWords(id string) string       { return tag + "words:" + id }       // string: the body of an asked text; keepWords
func keyPost(id string) string        { return tag + "post:" + id }        // hash: row (JSON Post), token, claims; keepPost

// keySegments counts the segments of a day ("2006-01-02"). A day has a key of its own, so that a
// process whose clock is wrong doesn't begin everybody's count anew.
// string: the count; keepPace after the last
func keySegments(day string) string { return tag + "pace:" + day }

// keyCasesOf "" is of the open cases that belong to no number and no slot.

// keyText is a row of the ledger of texts; keepText once settled.
// hash: row (JSON Outgoing), body, state, tries, errors, round, first, sid, was (SIDs of earlier rounds), why, at, token, claims, to (the
// number), queue (the key of its queue), by and due (of a row that another's text tells: that row, and when it was due itself), with (of
// that other row: ids, one a line), log (its history: a line a step, "ms<tab>state<tab>why")
func keyText(id string) string { return tag + "text:" + id }

// queue is where a row waits: alarms come before what somebody waits for, and that before what nobody asked for.
func queue(o handlers.Outgoing) string {
	switch {
	case o.Alarm:
		return keyTextsAlarm
	case o.Unasked:
		return keyTextsDue
	}
	return keyTextsFirst
}

const (
	keyVisits     = tag + "visits"       // sorted set: ids of all visits by start, Unix s
	keyCases      = tag + "cases"        // sorted set: ids of open cases by time, Unix ms
	keyTextsAlarm = tag + "texts:alarm"  // sorted set: ids of alarms that wait, by the ms they fall due or their lease ends
	keyTextsFirst = tag + "texts:first"  // sorted set: the same of other asked rows
	keyTextsDue   = tag + "texts:due"    // sorted set: the same of unasked rows
	keyFailed     = tag + "texts:failed" // sorted set: ids of failed rows that staff haven't seen to, by the ms they failed
	keyPace       = tag + "pace:next"    // string: the µs from which a segment is free; keepPace
	keySlotsDue   = tag + "slots:due"    // sorted set: ids of the slots on offer by the ms they are looked at again
	keySlots      = tag + "slots"        // sorted set: ids of slots by the ms they became free; keepFreed
	keyWaitlist   = tag + "waitlist"     // hash: JSON Wish by number and type; for ever
	keyTaught     = tag + "taught"       // hash: JSON Taught by its wording; for ever
	keyPostsDue   = tag + "posts:due"    // sorted set: the same of posts
	keyPostsFirst = tag + "posts:first"  // sorted set: the same of urgent posts
	keyUntaken    = tag + "cases:urgent" // sorted set: ids of alarms that nobody has by time, Unix ms
	keyRing       = tag + "ring"         // string: ms at which the on-call phone is told next, or was last; keepDone
	keyRang       = tag + "rang:"        // and a kind. hash: id of the row that told the on-call phone last, at ms; keepDone
	keyProbe      = tag + "probe"        // string: ms of the last write that was a test; keepProbe
	keyBots       = tag + "bots"         // sorted set: "bot<tab>words" by ms of its lease's end; for ever
	keyCaught     = tag + "caught"       // hash: to (ms: how far texts are fetched), of the last outage: outage, since, until, at (ms), counts; for ever
	keyServer     = tag + "server"       // hash: run (the server's run id), seen (ms of a claim, at most doubtStep old), from, to (ms: what was sent between may be forgotten); for ever
)

// ConversationKeep is how long a conversation is remembered after its last text.
const conversationKeep = 24 * time.Hour

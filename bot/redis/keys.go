package redis

import "time"

// Every key of a clinic carries the hash tag {beacon}, so that on a Cluster all of them share a slot and a script may touch any.
const tag = "{beacon}:"

// The lifetimes.
const (
	keepDone    = 72 * time.Hour       // an event's id: Twilio retries for minutes, Slack for an hour
	keepTurn    = 48 * time.Hour       // a number's version: longer than any turn takes
	keepCase    = 30 * 24 * time.Hour  // since its last change
	keepVisit   = 90 * 24 * time.Hour  // after its start
	keepText    = 90 * 24 * time.Hour  // since it was settled
	keepPost    = 7 * 24 * time.Hour   // a post that never found its way
	keepUnasked = 400 * 24 * time.Hour // a number that had nothing for so long is told anew how to opt out
	keepDoubt   = 24 * time.Hour       // after the server was found started anew: so long a text may be one that it has forgotten
	doubtStep   = time.Second          // how exactly it is known when the server was last seen
	lookBack    = 24 * time.Hour       // how long a visit past is still part of a number's state
)

func keyDone(id string) string        { return tag + "done:" + id }        // string: JSON Reply; keepDone
func keyTurn(phone string) string     { return tag + "turn:" + phone }     // string: version of the number's state; keepTurn
func keyTalk(phone string) string     { return tag + "talk:" + phone }     // string: JSON Conversation; handlers.ConversationKeep
func keyConsent(phone string) string  { return tag + "consent:" + phone }  // string: JSON Consent as it stands; for ever
func keyConsents(phone string) string { return tag + "consents:" + phone } // list: JSON Consent, newest last; for ever
func keyVisit(id string) string       { return tag + "visit:" + id }       // string: JSON Visit; keepVisit
func keyVisitsOf(phone string) string { return tag + "visits:" + phone }   // sorted set: visit ids by start, Unix s
func keyCase(id string) string        { return tag + "case:" + id }        // hash: case (JSON Case), thread; keepCase
func keyCasesOf(phone string) string  { return tag + "cases:" + phone }    // set: ids of the number's open cases
func keyUnasked(phone string) string  { return tag + "unasked:" + phone }  // sorted set: ids of unasked texts by ms they were begun; keepUnasked
func keyLast4(last4 string) string    { return tag + "last4:" + last4 }    // set: numbers that end so; for ever, as consent is
func keyThread(thread string) string  { return tag + "thread:" + thread }  // string: case id; keepCase
func keyText(id string) string        { return tag + "text:" + id }        // hash: row (JSON Outgoing), state, tries, first, sid, why, at, token, claims; keepText once settled
func keyPost(id string) string        { return tag + "post:" + id }        // hash: row (JSON Post), token, claims; keepPost

const (
	keyVisits   = tag + "visits"    // sorted set: ids of all visits by start, Unix s
	keyCases    = tag + "cases"     // sorted set: ids of open cases by time, Unix ms
	keyTextsDue = tag + "texts:due" // sorted set: ids of rows that wait, by the ms they fall due or their lease ends
	keyTaught   = tag + "taught"    // hash: JSON Taught by its wording; for ever
	keyPostsDue = tag + "posts:due" // sorted set: the same of posts
	keyServer   = tag + "server"    // hash: run (the server's run id), seen (ms of a claim, at most doubtStep old), from, to (ms: what was sent between may be forgotten); for ever
)

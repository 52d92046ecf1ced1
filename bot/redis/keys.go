package redis

import (
	"errors"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// The lifetimes that are no choice of the clinic's: see Keep for the others.
const (
	// The version of a number or of a slot: longer than any turn takes.
	keepTurn = 48 * time.Hour
	keepSlot = 30 * day // since its last change, or its start
	// How long after a slot became free staff can list it.
	keepFreed = 7 * day
	// An offer, since it was made: a late answer to it is understood for so long.
	keepOffer = 72 * time.Hour
	// The body of an asked text, until it is delivered: if it isn't, it may be sent again.
	keepWords = 72 * time.Hour
	keepPost  = 7 * day        // since it was last tried
	keepPace  = 48 * time.Hour // longer than the day that it counts
	keepRing  = 72 * time.Hour
	// A number that had no unasked text for so long is told anew how to opt out.
	keepUnasked = 400 * day
	// How long after a restart of the server a text may be one that it has forgotten.
	keepDoubt = 24 * time.Hour
	keepProbe = time.Minute
)

const (
	doubtStep    = time.Second    // how exactly it is known when the server was last seen
	lookBack     = 24 * time.Hour // how long a past visit is still part of a number's state
	keepConsents = 100            // how many changes of consent a number's history holds
)

// defaultClinic is the hash tag of a clinic that has none of its own.
const defaultClinic = "beacon"

// keys builds every key of one clinic. All begin with the clinic's hash tag, so that on a Cluster
// they share a slot and a script may touch any of them. Each method says of its key what Redis
// type it has, what it holds, and for how long.
type keys struct {
	prefix string
	texts  []string // see textQueues
}

// newKeys makes the keys of a clinic; "" is the default one.
func newKeys(clinic string) (keys, error) {
	if clinic == "" {
		clinic = defaultClinic
	}
	if strings.ContainsAny(clinic, "{}: \t\r\n*?[]\\") {
		return keys{}, errors.New(
			"redis: a clinic's name has no spaces, colons, braces, brackets or wildcards")
	}
	k := keys{prefix: "{" + clinic + "}:"}
	k.texts = []string{k.prefix + "texts:alarm", k.prefix + "texts:first", k.prefix + "texts:due"}
	return k, nil
}

// stems are the keys, and the beginnings of keys, that Lua names, without the prefix: see expand.
var stems = func(k keys) map[string]string {
	return map[string]string{
		"CASE":      k.caseOf(""),
		"CASES":     k.casesOf(""),
		"CONSENT":   k.consent(""),
		"FAILED":    k.failed(),
		"OUT":       k.out(""),
		"OFFERS":    k.offersOf(""),
		"REACH":     k.reach(""),
		"SLOT":      k.slot(""),
		"SLOT_TURN": k.slotTurn(""),
		"TALK":      k.talk(""),
		"TEXT":      k.text(""),
		"TURN":      k.turn(""),
		"UNASKED":   k.unasked(""),
		"VISIT":     k.visit(""),
		"VISITS":    k.visitsOf(""),
		"WORDS":     k.words(""),
	}
}(keys{})

// Keys of a number; "" is the desk's own.

// string: version of the number's state; keepTurn
func (k keys) turn(n who) string { return k.prefix + "turn:" + string(n) }

// string: JSON Conversation; Keep.Talk
func (k keys) talk(n who) string { return k.prefix + "talk:" + string(n) }

// string: JSON Consent as it stands; Keep.Consent
func (k keys) consent(n who) string { return k.prefix + "consent:" + string(n) }

// string: the ms at which the number opted out; for ever, so that whoever opted out and was
// forgotten since isn't texted again when their visit comes in an import
func (k keys) out(n who) string { return k.prefix + "out:" + string(n) }

// list: JSON Consent, the last keepConsents of them, newest last; Keep.Consent
func (k keys) consents(n who) string { return k.prefix + "consents:" + string(n) }

// string: JSON Reach; Keep.Number
func (k keys) reach(n who) string { return k.prefix + "reach:" + string(n) }

// sorted set: visit ids by start, Unix s; Keep.Visit after the last start
func (k keys) visitsOf(n who) string { return k.prefix + "visits:" + string(n) }

// set: ids of the open cases of the number, or of those that belong to no number and no slot;
// Keep.Case
func (k keys) casesOf(n who) string { return k.prefix + "cases:" + string(n) }

// sorted set: ids of unasked texts of the last keepUnasked, by the ms they were begun; keepUnasked
func (k keys) unasked(n who) string { return k.prefix + "unasked:" + string(n) }

// sorted set: ids of the number's rows by the ms they were planned for; Keep.Text after the last
func (k keys) textsOf(n who) string { return k.prefix + "texts:of:" + string(n) }

// sorted set: ids of the slots that the number was offered, by ms; keepOffer
func (k keys) offersOf(n who) string { return k.prefix + "offers:" + string(n) }

// sorted set: what no other set lists of the number (events, cases, posts, slots), as keys without
// the prefix, by the ms each expires; until the last does
func (k keys) of(n who) string { return k.prefix + "of:" + string(n) }

// string: the number itself, for whoever looks for its last four digits; Keep.Number or Keep.Stranger
func (k keys) phone(n who) string { return k.prefix + "phone:" + string(n) }

// ofNumber are the keys that are named by a number. What these list by id belongs to it as well:
// see Redis.Keys.
func (k keys) ofNumber(n who) []string {
	return []string{
		k.turn(n), k.talk(n), k.consent(n), k.consents(n), k.reach(n),
		k.visitsOf(n), k.casesOf(n), k.unasked(n), k.textsOf(n), k.offersOf(n),
		k.of(n), k.phone(n), k.out(n),
	}
}

// Keys of an id.

// string: JSON Reply; Keep.Reply
func (k keys) done(event string) string { return k.prefix + "done:" + event }

// string: JSON Visit; Keep.Visit
func (k keys) visit(id string) string { return k.prefix + "visit:" + id }

// hash: case (JSON Case), thread, held (ms until which posts wait for the retry of another),
// holder (that post's id); Keep.Case
func (k keys) caseOf(id string) string { return k.prefix + "case:" + id }

// isCase says whether a key is a case's.
func (k keys) isCase(key string) bool { return strings.HasPrefix(key, k.caseOf("")) }

// string: case id; Keep.Case
func (k keys) thread(thread string) string { return k.prefix + "thread:" + thread }

// string: JSON Slot; keepSlot
func (k keys) slot(id string) string { return k.prefix + "slot:" + id }

// string: version of a slot; keepTurn
func (k keys) slotTurn(id string) string { return k.prefix + "turn:slot:" + id }

// text is a row of the ledger of texts.
//
// hash: row (JSON Outgoing), body, state, tries, errors, round, first, sid, was (SIDs of earlier
// rounds), why, at, token, claims, to (the number), queue (the key of its queue), says, with (ids
// of the rows that its text tells as well, one a line), by and due (of a row that another's text
// tells: that row, and when it was due itself), log (a line a step, "ms<tab>state<tab>why");
// Keep.Text once settled
func (k keys) text(id string) string { return k.prefix + "text:" + id }

// string: the body of an asked text; keepWords
func (k keys) words(id string) string { return k.prefix + "words:" + id }

// hash: row (JSON Post), token, claims; keepPost
func (k keys) post(id string) string { return k.prefix + "post:" + id }

// Queues: sorted sets of ids by the ms they fall due, or their lease ends.

// textQueues are the classes of texts, in the order in which they are claimed: alarms, what
// somebody waits for, and what nobody asked for.
func (k keys) textQueues() []string { return k.texts }

// textQueue is where a row waits.
func (k keys) textQueue(o handlers.Outgoing) string {
	queues := k.textQueues()
	switch {
	case o.Alarm:
		return queues[0]
	case o.Unasked:
		return queues[2]
	}
	return queues[1]
}

// postQueue is the queue of urgent posts, or of the others.
func (k keys) postQueue(urgent bool) string {
	if urgent {
		return k.prefix + "posts:first"
	}
	return k.prefix + "posts:due"
}

// sorted set: ids of the slots on offer by the ms they are looked at again
func (k keys) slotsDue() string { return k.prefix + "slots:due" }

// Keys of the clinic.

// sorted set: ids of all visits by start, Unix s
func (k keys) visits() string { return k.prefix + "visits" }

// sorted set: ids of open cases by time, Unix ms
func (k keys) cases() string { return k.prefix + "cases" }

// sorted set: ids of alarms that nobody has taken, by time, Unix ms
func (k keys) untaken() string { return k.prefix + "cases:urgent" }

// sorted set: ids of failed rows that staff haven't dismissed, by the ms they failed
func (k keys) failed() string { return k.prefix + "texts:failed" }

// string: the µs from which a segment is free; keepPace
func (k keys) pace() string { return k.prefix + "pace:next" }

// segments counts the segments of a day ("2006-01-02"). A day has a key of its own, so that a
// process whose clock is wrong doesn't reset everybody's count.
//
// string: the count; keepPace after the last
func (k keys) segments(day string) string { return k.prefix + "pace:" + day }

// sorted set: ids of slots by the ms they became free; keepFreed
func (k keys) slots() string { return k.prefix + "slots" }

// hash: JSON Wish by number and type; Keep.Wish each
func (k keys) waitlist() string { return k.prefix + "waitlist" }

// list: JSON Acted of a day ("2006-01-02", UTC), in order; Keep.Audit
func (k keys) audit(day string) string { return k.prefix + "audit:" + day }

// string: JSON Head of the audit's last entry; for ever
func (k keys) auditHead() string { return k.prefix + "audit-head" }

// string: JSON Head of the last entry that has outlived its time, and until which day; for ever
func (k keys) auditAnchor() string { return k.prefix + "audit-anchor" }

// string: "1" once an event is written down in the audit; Keep.Reply
func (k keys) acted(event string) string { return k.prefix + "acted:" + event }

// hash: JSON Taught by its wording; for ever
func (k keys) taught() string { return k.prefix + "taught" }

// sorted set: the numbers that end in these digits, as keys name them, by the ms each expires;
// until the last does
func (k keys) last4(digits string) string { return k.prefix + "last4:" + digits }

// string: the secret of the names, see names; for ever
func (k keys) names() string { return k.prefix + "names" }

// string: ms at which the on-call phone is told next, or was last; keepRing
func (k keys) ring() string { return k.prefix + "ring" }

// hash, for texts and for calls: id of the row that told the on-call phone last, at ms; keepRing
func (k keys) rang(kind string) string { return k.prefix + "rang:" + kind }

// string: ms of the last write that was a test; keepProbe
func (k keys) probe() string { return k.prefix + "probe" }

// sorted set: "bot<tab>words" by the ms its lease ends; for ever
func (k keys) bots() string { return k.prefix + "bots" }

// hash: to (ms up to which texts are fetched), and of the last outage: outage, since, until and at
// (ms), counts; for ever
func (k keys) caught() string { return k.prefix + "caught" }

// hash: run (the server's run id), seen (ms of a claim, at most doubtStep old), from and to (ms:
// what was sent between may be forgotten); for ever
func (k keys) server() string { return k.prefix + "server" }

package redis

import (
	"errors"
	"strings"
	"time"
)

const (
	doubtStep    = time.Second    // how exactly it is known when the server was last seen
	recent       = 24 * time.Hour // how long a past visit is among a number's visits, not its past
	keepConsents = 20             // how many changes of consent a number's history holds
)

// layout numbers what the keys and the values of this build mean. Raise it when one changes its
// name or its meaning, and say here how: a build with a lower number then does nothing more on a
// Redis that one with this number has begun to write (see fence), instead of passing over what it
// can't find. A key or a field that is only new needs no other number, if a build without it does
// no harm.
//
//	1: numbers stand in keys as keyed hashes, see names. The number itself wasn't stored.
//	2: the number is stored; bots are listed with their start, their layout and their build.
//	3: a visit may be in doubt, and then nothing is texted about it. A build without that would
//	   drop the doubt when it next stores the visit.
//	4: a number may have several open cases in a channel, one a matter. A build without that would
//	   join what is no part of it.
//
// The keys layout, bots and current are read by builds of every layout. They keep their names and
// their types for good, and the fields that they have.
const (
	layout = 4
	oldest = 1 // the oldest layout that this build can go on with
)

// defaultClinic is the hash tag of a clinic that has no name of its own.
const defaultClinic = "beacon"

// keys builds every key of one clinic. All begin with the clinic's hash tag, so that on a Cluster
// they share a slot and a script may touch any of them. Each method says of its key what Redis
// type it has, what it holds, and for how long. "For ever" is a key that doesn't expire; if
// its members are dropped, the comment says when.
type keys struct {
	prefix string   // "{beacon}:"
	texts  []string // see textQueues
}

// newKeys makes the keys of a clinic; "" is the default one. A name that would break the hash tag
// or a key into other parts, or that a pattern reads as a wildcard, is refused.
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

// stems holds the keys, and the beginnings of keys, that Lua may name, without the prefix. Lua
// writes their names in capitals; see expand.
var stems = func(k keys) map[string]string {
	return map[string]string{
		"CASE":      k.caseOf(""),
		"CASES":     k.casesOf(""),
		"CONSENT":   k.consent(""),
		"FAILED":    k.failed(),
		"LAYOUT":    k.layout(),
		"OUT":       k.out(""),
		"OFFERS":    k.offersOf(""),
		"REACH":     k.reach(""),
		"SLOT":      k.slot(""),
		"SLOT_TURN": k.slotTurn(""),
		"SPENT":     k.spent(),
		"TALK":      k.talk(""),
		"TEXT":      k.text(""),
		"TEXTS":     k.textsOf(""),
		"TURN":      k.turn(""),
		"UNASKED":   k.unasked(""),
		"VISIT":     k.visit(""),
		"VISITS":    k.visitsOf(""),
		"WORDS":     k.words(""),
	}
}(keys{})

// Keys of a number, by its keyed hash (see names); "" is the desk's own.

// string: version of the number's state, which every turn raises by one; keepTurn
func (k keys) turn(n who) string { return k.prefix + "turn:" + string(n) }

// string: JSON talk; Keep.Talk
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

// sorted set: ids of visits by start, Unix s; Keep.Visit after the last start
func (k keys) visitsOf(n who) string { return k.prefix + "visits:" + string(n) }

// set: ids of the open cases of the number, or of those that belong to no number and no slot;
// Keep.Case after one was last written
func (k keys) casesOf(n who) string { return k.prefix + "cases:" + string(n) }

// sorted set: ids of unasked texts of the last keepUnasked, by the ms at which their send began;
// keepUnasked after the last
func (k keys) unasked(n who) string { return k.prefix + "unasked:" + string(n) }

// sorted set: ids of the number's rows by the ms they were planned for; Keep.Text after the last of
// these
func (k keys) textsOf(n who) string { return k.prefix + "texts:of:" + string(n) }

// sorted set: ids of the slots that the number was offered in the last keepOffer, by the ms of the
// offer; keepOffer after one was last written
func (k keys) offersOf(n who) string { return k.prefix + "offers:" + string(n) }

// sorted set: JSON Said, what was said by either side, by the ms of it; Keep.Said after the last
func (k keys) said(n who) string { return k.prefix + "said:" + string(n) }

// sorted set, the number's index: the keys that no other set lists of the number (events, cases,
// posts, slots), without the prefix, by the ms at which each expires; until slack after the last
func (k keys) of(n who) string { return k.prefix + "of:" + string(n) }

// string: the number itself, for whoever looks for its last four digits; Keep.Number or
// Keep.Stranger
func (k keys) phone(n who) string { return k.prefix + "phone:" + string(n) }

// ofNumber returns the keys that are named by a number, whether they exist or not. What these list
// by id belongs to the number as well: see Redis.Keys.
func (k keys) ofNumber(n who) []string {
	return []string{
		k.turn(n), k.talk(n), k.consent(n), k.consents(n), k.reach(n),
		k.visitsOf(n), k.casesOf(n), k.unasked(n), k.textsOf(n), k.offersOf(n), k.said(n),
		k.of(n), k.phone(n), k.out(n),
	}
}

// Keys of an id.

// string: JSON Reply, the answer if the number's event is repeated; Keep.Reply. No index lists it:
// texts are many and erasures few, so these look through all keys for it.
func (k keys) done(n who, event string) string { return k.prefix + "done:" + string(n) + ":" + event }

// string: "", of an event that can be shown to us again: that it happened; keepHandled, whatever
// becomes of its number
func (k keys) handled(event string) string { return k.prefix + "handled:" + event }

// string: JSON Visit; Keep.Visit after its start, an hour at least
func (k keys) visit(id string) string { return k.prefix + "visit:" + id }

// hash: case (JSON Case without its thread), thread, held (ms until which posts wait for the retry
// of another), holder (that post's id); Keep.Case
func (k keys) caseOf(id string) string { return k.prefix + "case:" + id }

// isCase reports whether a key is a case's.
func (k keys) isCase(key string) bool { return strings.HasPrefix(key, k.caseOf("")) }

// string: id of the case whose card is above the thread; Keep.Case
func (k keys) thread(thread string) string { return k.prefix + "thread:" + thread }

// string: JSON Slot; keepSlot
func (k keys) slot(id string) string { return k.prefix + "slot:" + id }

// string: version of a slot, which every change raises by one; keepTurn
func (k keys) slotTurn(id string) string { return k.prefix + "turn:slot:" + id }

// text is a row of the ledger of texts.
//
// hash: row (JSON Outgoing without what has a field here), body, state, tries, errors, round, first
// (ms), sid, was (SIDs of earlier rounds, a space after each), why, at (ms), token, claims (of an
// alarm), to (the number), queue (the key of its queue), says, with (ids of the rows that its text
// tells as well, one a line), by and due (of a row that another's text tells: the id of that row,
// and the ms at which this one was due itself), log (a line a step, "ms<tab>state<tab>why");
// for ever until it is settled, Keep.Text from then on
func (k keys) text(id string) string { return k.prefix + "text:" + id }

// string: the body of an asked text that was sent or has failed, until it is delivered; keepWords
func (k keys) words(id string) string { return k.prefix + "words:" + id }

// string: JSON Draft; Keep.Talk
func (k keys) draft(id string) string { return k.prefix + "draft:" + id }

// hash: row (JSON Post), token, claims (how often it was claimed); keepPost
func (k keys) post(id string) string { return k.prefix + "post:" + id }

// hash: row (JSON WriteBack), token, claims (how often it was claimed); keepPost
func (k keys) back(id string) string { return k.prefix + "back:" + id }

// hash: row (JSON Pending), token, claims (how often it was claimed), back ("1" once it was taken
// back, without the row); keepPending
func (k keys) act(id string) string { return k.prefix + "act:" + id }

// hash: by (who posts the first card of the case with this id, or did last), till (ms); keepHeld
func (k keys) held(id string) string { return k.prefix + "held:" + id }

// Queues hold ids by the ms at which they fall due, or their lease ends. They last for ever; an id
// leaves its queue when nothing is left to do, or when a claim finds that its hash has expired.

// textQueues returns a queue for each class of texts, in the order in which they are claimed:
// alarms, what somebody waits for, and what nobody asked for.
//
// sorted sets: ids of rows; for ever
func (k keys) textQueues() []string { return k.texts }

// postQueue returns the queue of urgent posts, or of the others.
//
// sorted set: ids of posts; for ever
func (k keys) postQueue(urgent bool) string {
	if urgent {
		return k.prefix + "posts:first"
	}
	return k.prefix + "posts:due"
}

// sorted set: ids of what is to be written to other systems; for ever
func (k keys) backs() string { return k.prefix + "backs" }

// sorted set: ids of the acts of staff that are to be done; for ever
func (k keys) acts() string { return k.prefix + "acts" }

// sorted set: ids of the slots on offer by the ms at which they are looked at again; for ever, an
// id until its slot needs no further look or has expired
func (k keys) slotsDue() string { return k.prefix + "slots:due" }

// Keys of the clinic.

// sorted set: ids of all visits by start, Unix s; for ever, an id Keep.Visit after the start
func (k keys) visits() string { return k.prefix + "visits" }

// sorted set: ids of open cases by the ms at which they came; for ever, an id until its case is
// closed or was opened Keep.Case ago
func (k keys) cases() string { return k.prefix + "cases" }

// sorted set: ids of alarms that nobody has taken, by the ms at which they began; for ever, an id
// until its case is taken or closed
func (k keys) untaken() string { return k.prefix + "cases:urgent" }

// sorted set: ids of failed rows that staff have neither dismissed nor sent again, by the ms at
// which they failed; for ever, an id for Keep.Text
func (k keys) failed() string { return k.prefix + "texts:failed" }

// string: the µs from which the next segment is free, by the server's clock if ours is wrong;
// keepPace
func (k keys) pace() string { return k.prefix + "pace:next" }

// segments counts the segments of a day ("2006-01-02"). A day has a key of its own, so that a
// process whose clock is wrong doesn't reset everybody's count.
//
// string: the count; keepPace after the last segment
func (k keys) segments(day string) string { return k.prefix + "pace:" + day }

// string: of each period (minute, hour, day) its name, when it began (ms), and how many segments of
// it answers took, all and those to strangers, a space between; keepSpent
func (k keys) spent() string { return k.prefix + "spent" }

// hash: the last stretch in which texts weren't answered for what an answer would cost: from and to
// (ms), how many texts for each why ("why:…"), and the first numbers ("of:…", as keys name them);
// keepRefused
func (k keys) refused() string { return k.prefix + "refused" }

// sorted set: ids of slots by the ms at which they became free; keepFreed after the last
func (k keys) slots() string { return k.prefix + "slots" }

// hash: JSON Wish by "number type", see wishField; for ever, a wish for Keep.Wish
func (k keys) waitlist() string { return k.prefix + "waitlist" }

// list: JSON Acted of a day ("2006-01-02", UTC), in order; Keep.Audit
func (k keys) audit(day string) string { return k.prefix + "audit:" + day }

// string: JSON Head of the audit's last entry; for ever
func (k keys) auditHead() string { return k.prefix + "audit-head" }

// string: JSON Head of the last entry that has outlived its time, and until which day; for ever
func (k keys) auditAnchor() string { return k.prefix + "audit-anchor" }

// string: "1" once an event is written down in the audit; Keep.Reply
func (k keys) acted(event string) string { return k.prefix + "acted:" + event }

// hash: of a day ("2006-01-02", by the clinic's clock) how many there were of each name of package
// figures; keepFigures after the last was counted
func (k keys) figures(day string) string { return k.prefix + "figures:" + day }

// string: a count that rises with every event that changes a visit or a case; for ever
func (k keys) changed() string { return k.prefix + "changed" }

// sorted set: the numbers that end in these four digits, as keys name them, by the ms at which each
// expires; until slack after the last
func (k keys) last4(digits string) string { return k.prefix + "last4:" + digits }

// string: the secret of the names, see names; for ever
func (k keys) names() string { return k.prefix + "names" }

// string: ms at which the on-call phone is told next, or was told last if that is past; keepRing
func (k keys) ring() string { return k.prefix + "ring" }

// hash, one for texts and one for calls: id (of the ring that told the on-call phone last), at
// (ms), of (ids of the cases that it told of, one a line), sent ("1" of one that has no row once it
// has left); keepRing
func (k keys) rang(kind string) string { return k.prefix + "rang:" + kind }

// string: ms of the last write that Writable made, or "held" if replicas were waited for since;
// keepProbe
func (k keys) probe() string { return k.prefix + "probe" }

// sorted set: "bot<tab>layout<tab>start in ms<tab>words<tab>build" by the ms at which its lease
// ends; for ever, a member until any bot is announced after that
func (k keys) bots() string { return k.prefix + "bots" }

// hash, of the words of the newest start: words (their fingerprint), since (ms at which they became
// current), newest (ms of the newest start on them), build (of that); for ever
func (k keys) current() string { return k.prefix + "current" }

// string: the highest layout of the builds that have written here; for ever
func (k keys) layout() string { return k.prefix + "layout" }

// hash: to (ms up to which texts are fetched), and of the last outage: outage (its name), since and
// until (ms of its first and last text), at (ms of the last fetch), a count each of desk.Caught;
// for ever
func (k keys) caught() string { return k.prefix + "caught" }

// hash: run (the server's run id), seen (ms of the last claim, at most doubtStep before it), from
// and to (ms: what was sent between them may be forgotten), see recall; for ever
func (k keys) server() string { return k.prefix + "server" }

// hash: record (JSON Feed), by (who looks at the feed, or did last), till (ms); keepFeed
func (k keys) feed(name string) string { return k.prefix + "feed:" + name }

// hash: JSON Link by "number feed code", the number and the code as keyed hashes, see linkField;
// for ever, a link for Keep.Number after it was made
func (k keys) links() string { return k.prefix + "links" }

// string: JSON OwnPhone, by the id of the member of staff; keepOwn
func (k keys) own(user string) string { return k.prefix + "own:" + user }

package redis

import (
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// commands returns effects as writeTurn takes them: of each command how many words it has, and its
// words. They are decided here and not in Lua, so that the script needs to know no noun. whose is
// the number's hash and s the state that they were decided from; id is the event's, "" if they are
// of no event, as when a slot changes by itself.
func (r *Redis) commands(
	known names, whose who, id string, s handlers.State, e handlers.Effects,
) ([]string, error) {
	w := writer{
		keys: r.keys, seals: r.seals, names: known, keep: r.keep, now: r.now(), count: r.count,
		whose: whose, list: make([]string, 0, commonWords),
	}
	if id != "" {
		w.event(id, e)
	}
	w.phone(s, e)
	w.number(e)
	w.visits(e)
	for _, c := range e.Cases {
		w.theCase(c)
	}
	for _, post := range e.Posts {
		post.Urgent = desk.Urgent(post.Case, e.Cases, s.Cases)
		w.post(post)
	}
	for _, back := range e.WriteBacks {
		w.writeBack(back)
	}
	for _, p := range e.Pending {
		w.pending(p)
	}
	w.said(e.Said)
	for _, d := range e.Drafts {
		w.set(w.keys.draft(d.ID), inDraft, d, w.keep.Talk)
		w.belongs(w.whose, w.keys.draft(d.ID), w.keep.Talk)
	}
	w.rows(e)
	w.slots(e.Slots)
	w.wishes(e)
	w.questions(e.Questions)
	w.refuse(e.Refused)
	w.tally(s, e)
	w.indexes()
	return w.commands()
}

// commonWords is how many words the commands of most turns have.
const commonWords = 64

// commands returns what was gathered, as writeTurn takes it.
func (w *writer) commands() ([]string, error) { return w.list, w.err }

// writer gathers the commands of a turn. It keeps the first error; no caller needs to check for it
// before the end.
type writer struct {
	keys  keys
	seals seals
	names names
	keep  Keep
	count Counter
	now   time.Time
	whose who               // whose turn it is; "" is nobody's
	until time.Time         // until when its number is listed, see phone
	list  []string          // of each command how many words it has, and its words
	index map[who]belonging // what is to be entered in the index of each number
	err   error
}

// add adds a command: one of Redis, or of those that writeTurn has besides.
func (w *writer) add(words ...string) {
	w.list = append(append(w.list, strconv.Itoa(len(words))), words...)
}

// encode encodes a noun and keeps the error.
func (w *writer) encode(in place, v any) string {
	s, err := w.seals.encode(in, v)
	if err != nil && w.err == nil {
		w.err = err
	}
	return s
}

// set stores a noun, which expires after keep.
func (w *writer) set(key string, in place, v any, keep time.Duration) {
	w.add("SET", key, w.encode(in, v), "EX", num(seconds(keep)))
}

// extend makes a key that gathers ids live as long as the longest-lived of them: it is never made to
// expire sooner. EXPIRE takes only one condition at a time, and GT alone doesn't set a first
// lifetime.
func (w *writer) extend(key string, d time.Duration) {
	w.add("EXPIRE", key, num(seconds(d)), "NX")
	w.add("EXPIRE", key, num(seconds(d)), "GT")
}

// prune drops what is older than a time from a sorted set. The time is in the unit of its scores.
func (w *writer) prune(key string, before int64) {
	w.add("ZREMRANGEBYSCORE", key, "-inf", num(before))
}

// event stores the reply under the event's id, so that the event doesn't happen twice. Of one that
// can be shown to us for longer, it is kept besides that it happened: no number, no word.
func (w *writer) event(id string, e handlers.Effects) {
	w.set(w.keys.done(w.whose, id), inDone, e.Reply, w.keep.Reply)
	if e.Once {
		w.add("SET", w.keys.handled(id), "", "EX", num(seconds(keepHandled)))
	}
}

// belonging is what is to be entered in a number's index: keys that aren't named by the number.
type belonging struct {
	names []string // without the prefix, each after the ms at which it expires
	keep  time.Duration
}

// belongs has a key entered in a number's index, so that Keys finds it. A key of no number isn't.
func (w *writer) belongs(n who, key string, keep time.Duration) {
	if n == "" {
		return
	}
	if w.index == nil {
		w.index = map[who]belonging{}
	}
	b := w.index[n]
	b.names = append(b.names, num(ms(w.now.Add(keep))), strings.TrimPrefix(key, w.keys.prefix))
	b.keep = max(b.keep, keep)
	w.index[n] = b
}

// indexes adds one command for the entries of each number.
func (w *writer) indexes() {
	for n, b := range w.index {
		words := []string{
			"INDEX", w.keys.of(n), num(b.keep.Milliseconds()), num(slack.Milliseconds()),
		}
		w.add(append(words, b.names...)...)
	}
}

// slack is how much longer an index lives than it must, and how much sooner than it could a number
// is no longer listed. So most turns needn't extend either.
const slack = time.Hour

// phone lists the number of a turn by its last digits, so that staff find it, unless that was done
// less than slack ago. One of which neither a visit nor a consent is known is listed for a shorter
// time.
func (w *writer) phone(s handlers.State, e handlers.Effects) {
	if s.Phone.IsZero() {
		return
	}
	keep := w.keep.Stranger
	if s.Consent != (handlers.Consent{}) || e.Consent != nil || len(s.Visits)+len(e.Visits) > 0 {
		keep = w.keep.Number
	}
	if w.until = s.Listed; w.until.After(w.now.Add(keep - slack)) {
		return
	}
	w.until = w.now.Add(keep)
	w.add("SET", w.keys.phone(w.whose), w.seals.seal(inPhone, s.Phone.E164()),
		"EX", num(seconds(keep)))
	w.add("INDEX", w.keys.last4(w.names.digits(s.Phone.Last4())), num(keep.Milliseconds()),
		num(slack.Milliseconds()), num(ms(w.until)), string(w.whose))
}

// number writes what is stored under the number itself.
func (w *writer) number(e handlers.Effects) {
	if e.Conversation != nil {
		w.set(w.keys.talk(w.whose), inTalk, talk{*e.Conversation, ms(w.until)}, w.keep.Talk)
	}
	if e.Consent != nil {
		w.consent(*e.Consent)
	}
	if e.Reach != nil {
		w.set(w.keys.reach(w.whose), inReach, e.Reach, w.keep.Number)
	}
}

// consent writes a number's consent as it now stands, and adds it to the history. An opt-out is
// stored a second time, without words and for ever.
func (w *writer) consent(c handlers.Consent) {
	history := w.keys.consents(w.whose)
	w.set(w.keys.consent(w.whose), inConsent, c, w.keep.Consent)
	w.add("RPUSH", history, w.encode(inConsents, c))
	w.add("LTRIM", history, num(-keepConsents), "-1")
	w.add("EXPIRE", history, num(seconds(w.keep.Consent)))
	if c.Out {
		w.add("SET", w.keys.out(w.whose), num(ms(c.At)))
	} else {
		w.add("DEL", w.keys.out(w.whose))
	}
}

// visits writes visits, and takes those that are gone off the number's list. The visits themselves
// stay stored: they may be another number's now.
func (w *writer) visits(e handlers.Effects) {
	of, old := w.keys.visitsOf(w.whose), w.now.Add(-w.keep.Visit).Unix()
	if len(e.Visits) > 0 {
		w.prune(w.keys.visits(), old)
		w.prune(of, old)
	}
	for _, v := range e.Visits {
		// A past visit may be imported late. SET refuses a lifetime that isn't positive.
		keep := max(v.Start.Add(w.keep.Visit).Sub(w.now), time.Hour)
		w.set(w.keys.visit(v.ID), inVisit, v, keep)
		w.add("ZADD", w.keys.visits(), num(v.Start.Unix()), v.ID)
		w.add("ZADD", of, num(v.Start.Unix()), v.ID)
		w.extend(of, keep)
	}
	for _, id := range e.Gone {
		w.add("ZREM", of, id)
	}
}

// theCase writes a case without its thread. Only settlePost writes that: a turn that has read the
// case before its card was posted would otherwise erase it.
func (w *writer) theCase(c handlers.Case) {
	c.Thread = ""
	key, whose := w.keys.caseOf(c.ID), w.names.who(c.Phone)
	w.add("HSET", key, "case", w.encode(inCase, c))
	w.add("EXPIRE", key, num(seconds(w.keep.Case)))
	w.belongs(whose, key, w.keep.Case)
	w.member(w.keys.cases(), c.ID, c.At, c.Open)
	w.member(w.keys.untaken(), c.ID, c.Began(), c.Untaken())
	of := w.keys.casesOf(whose)
	switch {
	case c.Slot(): // it is found by its slot's id, and belongs to no number
	case c.Open:
		w.add("PRUNE", of)
		w.add("SADD", of, c.ID)
		w.add("EXPIRE", of, num(seconds(w.keep.Case)))
	default:
		w.add("SREM", of, c.ID)
	}
}

// member adds an id to a sorted set, scored by a time in ms, or removes it.
func (w *writer) member(set, id string, at time.Time, in bool) {
	if in {
		w.add("ZADD", set, num(ms(at)), id)
	} else {
		w.add("ZREM", set, id)
	}
}

// post stores a post and puts it in its queue.
func (w *writer) post(p handlers.Post) {
	key := w.keys.post(p.ID)
	w.add("HSET", key, "row", w.encode(inPost, p))
	w.add("EXPIRE", key, num(seconds(keepPost)))
	w.belongs(w.whose, key, keepPost)
	w.add("ZADD", w.keys.postQueue(p.Urgent), num(ms(p.Due)), p.ID)
}

// rows plans and moves rows of the ledger of texts. Rows are voided before others are planned, so
// that one event can plan the same id anew.
func (w *writer) rows(e handlers.Effects) {
	for _, v := range e.Void {
		w.add("VOID", w.keys.text(v.Row), v.Row, num(seconds(w.keep.Text)), oneLine(v.Why))
	}
	for _, o := range e.Texts {
		w.plan(o)
	}
	for _, o := range e.Retry {
		w.add("RETRY", w.keys.text(o.ID), o.ID, "sent again by "+oneLine(e.By))
	}
	for _, o := range e.Dismiss {
		w.add("DISMISS", w.keys.text(o.ID), o.ID, oneLine(e.By))
	}
}

// plan adds a row, which waits in its queue or, if it is skipped from the start, only records why.
func (w *writer) plan(o handlers.Outgoing) {
	state, whose := handlers.Planned, w.names.who(o.To)
	if o.State == handlers.Skipped {
		state = o.State
	}
	row, err := w.seals.encodeRow(o)
	if err != nil && w.err == nil {
		w.err = err
	}
	of, keep := w.keys.textsOf(whose), max(o.Due.Sub(w.now), 0)+w.keep.Text
	w.prune(of, ms(w.now.Add(-w.keep.Text)))
	w.prune(w.keys.unasked(whose), ms(w.now.Add(-keepUnasked)))
	w.add("PLAN", w.keys.text(o.ID), o.ID, num(ms(o.Due)), row, w.seals.seal(inText, o.Body),
		string(whose), w.keys.textQueue(o), of, state, oneLine(o.Why), num(seconds(keep)))
	w.extend(of, keep)
}

// slots writes slots. One without a version is new: if a slot of its id exists, that is left as it
// is. The versions of the others are checked before anything is written; see slotVersions.
func (w *writer) slots(slots []handlers.Slot) {
	for _, s := range slots {
		key, keep := w.keys.slot(s.ID), max(s.Start.Sub(w.now), 0)+keepSlot
		set := []string{"SET", key, w.encode(inSlot, s), "EX", num(seconds(keep))}
		switch {
		case s.Version == "":
			w.add(append(set, "NX")...)
			w.add("ZADD", w.keys.slotsDue(), "NX", num(ms(s.Next)), s.ID)
			w.prune(w.keys.slots(), ms(w.now.Add(-keepFreed)))
			w.add("ZADD", w.keys.slots(), "NX", num(ms(s.At)), s.ID)
			w.add("EXPIRE", w.keys.slots(), num(seconds(keepFreed)))
		default:
			w.add(set...)
			w.member(w.keys.slotsDue(), s.ID, s.Next, !s.Next.IsZero())
		}
		w.belongs(w.names.who(s.From), key, keep)
		for _, o := range s.Offers {
			of := w.keys.offersOf(w.names.who(o.To))
			w.add("ZADD", of, num(ms(o.At)), s.ID)
			w.prune(of, ms(w.now.Add(-keepOffer)))
			w.add("EXPIRE", of, num(seconds(keepOffer)))
			w.belongs(w.names.who(o.To), key, keep)
		}
	}
}

// wishes puts wishes on the waitlist and takes others off it. One of the same number and visit type
// replaces the one before.
func (w *writer) wishes(e handlers.Effects) {
	for _, one := range e.Wishes {
		w.add("HSET", w.keys.waitlist(), w.names.wishField(one), w.encode(inWaitlist, one))
	}
	for _, one := range e.Unwish {
		w.add("HDEL", w.keys.waitlist(), w.names.wishField(one))
	}
}

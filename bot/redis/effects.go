package redis

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"

	"github.com/beacon-clinic/beacon/handlers"
)

// commands are the effects of a turn as writeTurn takes them: Redis' own commands and PLAN, VOID.
func (r *Redis) commands(id string, s handlers.State, e handlers.Effects) (string, error) {
	w, p := writer{}, s.Phone
	n := p.E164()
	if id != "" { // a slot changes by itself, in no event
		w.set(keyDone(id), e.Reply, keepDone)
	}
	if !p.IsZero() {
		w.add("SADD", keyLast4(p.Last4()), n)
	}
	if e.Conversation != nil {
		w.set(keyTalk(n), e.Conversation, conversationKeep)
	}
	if e.Consent != nil {
		one := w.json(e.Consent)
		w.add("SET", keyConsent(n), one)
		w.add("RPUSH", keyConsents(n), one)
	}
	if len(e.Visits) > 0 {
		w.add("ZREMRANGEBYSCORE", keyVisits, "-inf", num(r.now().Add(-keepVisit).Unix()))
	}
	for _, v := range e.Visits {
		w.visit(n, v, r.now())
	}
	for _, v := range e.Gone {
		w.add("ZREM", keyVisitsOf(n), v)
	}
	for _, c := range e.Cases {
		w.theCase(c)
	}
	for _, post := range e.Posts {
		post.Urgent = desk.Urgent(post.Case, e.Cases, s.Cases)
		w.post(post)
	}
	if e.Reach != nil {
		w.add("SET", keyReach(n), w.json(e.Reach))
	}
	w.rows(e, r.now())
	w.waitlist(e, r.now())
	b, err := json.Marshal(w.list)
	if err != nil {
		w.err = err
	}
	return string(b), w.err
}

// writer gathers commands; the first error stays.
type writer struct {
	list [][]string
	err  error
}

func (w *writer) add(words ...string) { w.list = append(w.list, words) }

func (w *writer) json(v any) string {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("redis: %T: %w", v, err)
	}
	return string(b)
}

func (w *writer) set(key string, v any, keep time.Duration) {
	w.add("SET", key, w.json(v), "EX", num(seconds(keep)))
}

func (w *writer) visit(phone string, v handlers.Visit, now time.Time) {
	keep := max(v.Start.Add(keepVisit).Sub(now), time.Hour)
	w.set(keyVisit(v.ID), v, keep)
	w.add("ZADD", keyVisits, num(v.Start.Unix()), v.ID)
	w.add("ZREMRANGEBYSCORE", keyVisitsOf(phone), "-inf", num(now.Add(-keepVisit).Unix()))
	w.add("ZADD", keyVisitsOf(phone), num(v.Start.Unix()), v.ID)
	w.add("EXPIRE", keyVisitsOf(phone), num(seconds(keep)), "NX")
	w.add("EXPIRE", keyVisitsOf(phone), num(seconds(keep)), "GT")
}

// theCase writes the case but for its thread, which only a post that was carried out may write.
func (w *writer) theCase(c handlers.Case) {
	c.Thread = ""
	w.add("HSET", keyCase(c.ID), "case", w.json(c))
	w.add("EXPIRE", keyCase(c.ID), num(seconds(keepCase)))
	if c.Open {
		w.add("ZADD", keyCases, num(ms(c.At)), c.ID)
	} else {
		w.add("ZREM", keyCases, c.ID)
	}
	if c.Untaken() {
		w.add("ZADD", keyUntaken, num(ms(c.Began())), c.ID)
	} else {
		w.add("ZREM", keyUntaken, c.ID)
	}
	switch {
	case c.Slot(): // it is read with its slot
	case c.Open:
		of := keyCasesOf(c.Phone.E164())
		w.add("CASES", of)
		w.add("SADD", of, c.ID)
		w.add("EXPIRE", of, num(seconds(keepCase)))
	default:
		w.add("SREM", keyCasesOf(c.Phone.E164()), c.ID)
	}
}

func (w *writer) post(p handlers.Post) {
	w.add("HSET", keyPost(p.ID), "row", w.json(p))
	w.add("EXPIRE", keyPost(p.ID), num(seconds(keepPost)))
	w.add("ZADD", postsDue(p.Urgent), num(ms(p.Due)), p.ID)
}

// rows moves the rows of the ledger of texts.
func (w *writer) rows(e handlers.Effects, now time.Time) {
	for _, v := range e.Void {
		w.add("VOID", keyText(v.Row), v.Row, num(seconds(keepText)), plain(v.Why))
	}
	for _, o := range e.Texts {
		state := handlers.Planned
		if o.State == handlers.Skipped {
			state = o.State
		}
		of, keep := keyTextsOf(o.To.E164()), num(seconds(max(o.Due.Sub(now), 0)+keepText))
		w.add("ZREMRANGEBYSCORE", of, "-inf", num(ms(now.Add(-keepText))))
		w.add("PLAN", keyText(o.ID), o.ID, num(ms(o.Due)), w.rowOf(o), o.Body, o.To.E164(), queue(o), of, state, plain(o.Why), keep)
		w.add("EXPIRE", of, keep, "NX")
		w.add("EXPIRE", of, keep, "GT")
	}
	for _, o := range e.Retry {
		w.add("RETRY", keyText(o.ID), o.ID, "sent again by "+plain(e.By))
	}
	for _, o := range e.Dismiss {
		w.add("DISMISS", keyText(o.ID), o.ID, plain(e.By))
	}
}

func num(n int64) string { return fmt.Sprint(n) }

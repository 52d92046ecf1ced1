package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/handlers"
)

// Known is all that the store holds of a number. What it holds of other numbers besides, in a slot
// that was offered to several say, is left out.
type Known struct {
	Number       string                `json:"number"` // all of it: whoever exports it asked for that
	Consent      handlers.Consent      `json:"consent"`
	Consents     []handlers.Consent    `json:"consents"` // the history, oldest first
	Reach        handlers.Reach        `json:"reach"`
	Conversation handlers.Conversation `json:"conversation"`
	Visits       []handlers.Visit      `json:"visits"`
	Texts        []handlers.Record     `json:"texts"`   // what we sent, or plan to
	Replies      []handlers.Reply      `json:"replies"` // to what they texted lately
	Cases        []handlers.Case       `json:"cases"`
	Said         []handlers.Said       `json:"said"`        // by either side, oldest first
	Drafts       []handlers.Draft      `json:"drafts"`      // of staff, that were never sent
	Posts        []handlers.Post       `json:"posts"`       // that the desk is yet to be shown
	WriteBacks   []handlers.WriteBack  `json:"write_backs"` // that other systems are yet to be told
	Pending      []handlers.Pending    `json:"pending"`     // what staff are about to do
	Wishes       []handlers.Wish       `json:"wishes"`
	Slots        []handlers.Slot       `json:"slots"`     // that they gave up, or were offered
	Links        []handlers.Link       `json:"links"`     // what feeds call them
	Questions    []handlers.Question   `json:"questions"` // that they asked, without what names them
	Own          []handlers.OwnPhone   `json:"own"`       // the members of staff whose phone it is
}

// Nothing says whether nothing is known of the number.
func (k Known) Nothing() bool {
	return k.Consent == (handlers.Consent{}) && k.Reach == (handlers.Reach{}) &&
		k.Conversation.At.IsZero() && len(k.Consents)+len(k.Visits)+len(k.Texts)+len(k.Replies)+
		len(k.Cases)+len(k.Posts)+len(k.WriteBacks)+len(k.Pending)+
		len(k.Wishes)+len(k.Slots)+len(k.Links)+len(k.Questions)+
		len(k.Said)+len(k.Drafts)+len(k.Own) == 0
}

// Known reads all that the store holds of a number.
func (r *Redis) Known(ctx context.Context, p handlers.Phone) (Known, error) {
	own, err := r.Keys(ctx, p)
	if err != nil {
		return Known{Number: p.E164()}, err
	}
	return r.known(ctx, p, own.Keys)
}

// known reads what the store holds of a number whose keys are given.
func (r *Redis) known(ctx context.Context, p handlers.Phone, own []string) (Known, error) {
	out := Known{Number: p.E164()}
	s, err := r.Peek(ctx, p)
	if err != nil {
		return out, err
	}
	out.Consent, out.Reach, out.Conversation = s.Consent, s.Reach, s.Conversation
	if out.Consents, err = r.Consents(ctx, p); err != nil {
		return out, err
	}
	if out.Said, err = r.Transcript(ctx, p); err != nil {
		return out, err
	}
	for _, key := range own {
		if err := r.learn(ctx, &out, p, key); err != nil {
			return out, wrap("read what is known of a number", err)
		}
	}
	wishes, err := r.Wishes(ctx)
	for _, w := range wishes {
		if w.Phone == p {
			out.Wishes = append(out.Wishes, w)
		}
	}
	if err != nil {
		return out, err
	}
	links, err := r.allLinks(ctx)
	for _, l := range links {
		if l.Phone == p {
			out.Links = append(out.Links, l)
		}
	}
	slices.SortFunc(out.Visits, func(a, b handlers.Visit) int { return a.Start.Compare(b.Start) })
	slices.SortFunc(out.Texts, func(a, b handlers.Record) int { return a.Due.Compare(b.Due) })
	slices.SortFunc(out.Cases, func(a, b handlers.Case) int { return a.At.Compare(b.At) })
	return out, err
}

// learn adds what a key holds. What isn't known by its id is read with the number's state.
func (r *Redis) learn(ctx context.Context, out *Known, p handlers.Phone, key string) error {
	stem, id, _ := strings.Cut(strings.TrimPrefix(key, r.keys.prefix), ":")
	switch stem {
	case "visit":
		v, ok, err := r.Visit(ctx, id)
		if ok {
			out.Visits = append(out.Visits, v)
		}
		return err
	case "case":
		c, ok, err := r.Case(ctx, id)
		if ok {
			out.Cases = append(out.Cases, c)
		}
		return err
	case "draft":
		d, ok, err := r.Draft(ctx, id)
		if ok {
			out.Drafts = append(out.Drafts, d)
		}
		return err
	case "text":
		records, err := r.records(ctx, []string{id})
		out.Texts = append(out.Texts, records...)
		return err
	case "words":
		return r.learnWords(ctx, out, id)
	case "slot":
		s, ok, err := r.Slot(ctx, id)
		if ok {
			out.Slots = append(out.Slots, only(s, p))
		}
		return err
	case "question":
		q, ok, err := r.question(ctx, id)
		if ok {
			out.Questions = append(out.Questions, q)
		}
		return err
	case "own":
		o, err := r.ownAt(ctx, key)
		if o.User != "" {
			out.Own = append(out.Own, o)
		}
		return err
	case "done":
		return r.learnReply(ctx, out, key)
	case "post", "back":
		return r.learnQueued(ctx, out, stem, key)
	case "act":
		p, ok, err := r.Pending(ctx, id)
		if ok {
			out.Pending = append(out.Pending, p)
		}
		return err
	}
	return nil
}

// learnWords puts the body of a settled text, which is kept apart, into its row. The row's key
// comes first, since keys are sorted.
func (r *Redis) learnWords(ctx context.Context, out *Known, id string) error {
	stored, err := r.db.Get(ctx, r.keys.words(id)).Result()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		return err
	}
	body, err := r.seals.open(inText, stored)
	for i := range out.Texts {
		if out.Texts[i].ID == id && out.Texts[i].Body == "" {
			out.Texts[i].Body = body
		}
	}
	return err
}

// learnQueued adds what waits to be shown at the desk, or to be written to another system.
func (r *Redis) learnQueued(ctx context.Context, out *Known, stem, key string) error {
	f, err := r.db.HGetAll(ctx, key).Result()
	if err != nil || len(f) == 0 {
		return err
	}
	if stem == "post" {
		post, err := r.seals.decodePost(f)
		out.Posts = append(out.Posts, post)
		return err
	}
	back, err := r.seals.decodeWriteBack(f)
	out.WriteBacks = append(out.WriteBacks, back)
	return err
}

func (r *Redis) learnReply(ctx context.Context, out *Known, key string) error {
	stored, err := r.db.Get(ctx, key).Result()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		return err
	}
	var reply handlers.Reply
	if err := r.seals.decode(inDone, stored, &reply); err != nil {
		return err
	}
	if reply.Kind != "" || len(reply.Bodies) > 0 {
		out.Replies = append(out.Replies, reply)
	}
	return nil
}

// only is a slot as it concerns one number.
func only(s handlers.Slot, p handlers.Phone) handlers.Slot {
	s.Offers = slices.DeleteFunc(slices.Clone(s.Offers), func(o handlers.Offer) bool {
		return o.To != p
	})
	if s.From != p {
		s.From, s.Why = handlers.Phone{}, ""
	}
	return s
}

// without is a slot as it concerns all others.
func without(s handlers.Slot, p handlers.Phone) handlers.Slot {
	s.Offers = slices.DeleteFunc(slices.Clone(s.Offers), func(o handlers.Offer) bool {
		return o.To == p
	})
	if s.From == p {
		s.From, s.Why = handlers.Phone{}, "a visit was called off"
	}
	return s
}

// ErrAlarm is the error of erasing a patient who may be in danger just now.
var ErrAlarm = errors.New("an alarm of this number is open: clear it at the desk first")

// Erase removes all that the store holds of a number, in one step, and says how many keys that
// were. It keeps that the number has opted out, under its keyed hash, and which texts were handled,
// without their number or what was answered: else the carrier's list would bring them back. The
// bots may run meanwhile. The error is [ErrAlarm] if an alarm of the number is open.
func (r *Redis) Erase(ctx context.Context, p handlers.Phone) (int, error) {
	known, err := r.names(ctx)
	if err != nil {
		return 0, err
	}
	for range turnTries {
		s, _, _, err := r.read(ctx, known.who(p), "", p, 0)
		if err != nil {
			return 0, err
		}
		if s.Urgent() != nil {
			return 0, ErrAlarm
		}
		own, err := r.Keys(ctx, p)
		if err != nil {
			return 0, err
		}
		guards := []version{{r.keys.turn(known.who(p)), s.Version}}
		w := writer{keys: r.keys, seals: r.seals, names: known, keep: r.keep, now: r.now()}
		slots, n, err := r.erase(ctx, &w, p, own)
		if err != nil {
			return 0, wrap("erase", err)
		}
		if len(w.list) == 0 { // nothing is known of it
			return 0, nil
		}
		commands, err := w.commands()
		if err != nil {
			return 0, err
		}
		ok, err := r.write(ctx, append(guards, r.slotVersions(slots)...), "", commands)
		if ok || err != nil {
			return n, wrap("erase", err)
		}
	}
	return 0, handlers.ErrConflict
}

// erase has a writer remove some keys, and the ids that other sets list of them. It returns the
// slots that it changes, which belong to others as well, and how many keys and members go.
func (r *Redis) erase(
	ctx context.Context, w *writer, p handlers.Phone, own Owned,
) (slots []handlers.Slot, n int, err error) {
	for _, key := range own.Keys {
		stem, id, _ := strings.Cut(strings.TrimPrefix(key, r.keys.prefix), ":")
		switch stem {
		case "turn", "out":
			continue
		case "slot":
			s, ok, err := r.Slot(ctx, id)
			if err != nil {
				return nil, 0, err
			}
			if ok {
				slots = append(slots, without(s, p))
			}
			continue
		}
		w.add("UNLINK", key)
		w.delist(stem, id)
		n++
	}
	w.slots(slots)
	for key, members := range own.Members {
		remove := "ZREM"
		if key == r.keys.waitlist() || key == r.keys.links() {
			remove = "HDEL"
		}
		w.add(append([]string{remove, key}, members...)...)
		n += len(members)
	}
	return slots, n, nil
}

// delist takes an id off the sets of the clinic that list its kind.
func (w *writer) delist(stem, id string) {
	sets := map[string][]string{
		"visit":    {w.keys.visits()},
		"case":     {w.keys.cases(), w.keys.untaken()},
		"text":     append([]string{w.keys.failed()}, w.keys.textQueues()...),
		"act":      {w.keys.acts()},
		"back":     {w.keys.backs()},
		"question": {w.keys.questions()},
		"post":     {w.keys.postQueue(true), w.keys.postQueue(false)},
	}[stem]
	for _, set := range sets {
		w.add("ZREM", set, id)
	}
}

// Count says of a number how much of each kind is known, in plain words.
func (k Known) Count() (out []string) {
	for _, one := range []struct {
		n    int
		what string
	}{
		{len(k.Visits), "visits"},
		{len(k.Texts), "texts to them"},
		{len(k.Replies), "replies to them"},
		{len(k.Said), "lines of conversation"},
		{len(k.Drafts), "notes of staff that weren't sent"},
		{len(k.Cases), "cases at the desk"},
		{len(k.Consents), "changes of consent"},
		{len(k.Wishes), "places on the waitlist"},
		{len(k.Slots), "freed times that they gave up or were offered"},
		{len(k.Questions), "questions that they asked"},
		{len(k.Links), "names or codes that feeds have for them"},
		{len(k.Own), "members of staff who call from it"},
	} {
		if one.n > 0 {
			out = append(out, fmt.Sprintf("%d %s", one.n, one.what))
		}
	}
	return out
}

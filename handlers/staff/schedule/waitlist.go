package schedule

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// parseWaitlist reads the line's verbs: add, list, remove. Without one it lists.
func parseWaitlist(k *act.Kit, args string) (act.Act, error) {
	verb, rest, _ := strings.Cut(args, " ")
	switch strings.ToLower(verb) {
	case "add":
		who, rest := k.Whom(rest)
		f := strings.Fields(rest)
		if len(f) == 0 {
			return nil, act.Usage("Say the type of visit: %s.",
				strings.Join(k.Base.Clinic.Types(), ", "))
		}
		from, notice, err := limits(k, f[1:])
		return WaitlistAdd{who, f[0], from, notice}, err
	case "list", "":
		return WaitlistList{}, nil
	case "remove":
		who, kind := k.Whom(rest)
		return WaitlistRemove{who, kind}, nil
	}
	return nil, act.Usage("There is no waitlist %q.", verb)
}

// WaitlistAdd puts a number on the waitlist for a visit type. If it has a visit of that type ahead,
// the answer says that a slot must come before that visit and takes its place.
type WaitlistAdd struct {
	Who    act.Who       `json:"who"`
	Type   string        `json:"type"`
	From   time.Time     `json:"from,omitzero"` // the earliest slot
	Notice time.Duration `json:"notice,omitempty"`
}

func (WaitlistAdd) Name() string { return "waitlist_add" }

func (w WaitlistAdd) About() act.Who { return w.Who }

func (w WaitlistAdd) For(who act.Who) act.Act { w.Who = who; return w }

func (w WaitlistAdd) Do(ctx context.Context, k *act.Kit, a act.Asked) (out answer.Answer, err error) {
	phone, err := k.One(ctx, w.Who)
	if err != nil {
		return out, err
	}
	if why := k.Gate.Untexted(phone); why != "" {
		return answer.Say(
			"Not put on the waitlist: %s is %s, which we don't text.", phone, why,
		), nil
	}
	if _, ok := k.Base.Clinic.VisitTypes[w.Type]; !ok {
		return out, noType(k, w.Type)
	}
	before, err := k.Waitlist.Add(ctx, "waitlist:"+a.ID, handlers.Wish{
		Phone: phone, Type: w.Type, From: w.From, Notice: w.Notice, By: a.User,
	})
	if errors.Is(err, waitlist.ErrOptedOut) {
		return answer.Say(
			"Not put on the waitlist: %s has opted out of texts, so no offer would reach them.",
			phone,
		), nil
	}
	if err != nil {
		return out, err
	}
	off := "" // a place on the list is kept while offers are off
	if !k.Base.Clinic.Waitlist.On {
		off = " But offers are off: waitlist.on in clinic.yaml."
	}
	of := veil.Veiled(" for "+w.Type, "")
	return answer.Say("%s is on the waitlist%s%s.%s", phone, of, before, off), nil
}

// limits reads the words after the type, in any order: "from 2026-12-05 notice 24h". from is the
// start of that day by the clinic's clock, notice the time that the patient needs before a slot;
// both are zero if they aren't given.
func limits(k *act.Kit, f []string) (from time.Time, notice time.Duration, err error) {
	for i := 0; i < len(f); i += 2 { // a word and its value
		if i+1 == len(f) {
			return from, notice, act.Usage("What of %q?", f[i])
		}
		switch value := f[i+1]; strings.ToLower(f[i]) {
		case "from":
			m, ok := k.Reader().Day(value)
			if !ok || !m.Sure() || m.Rest != "" {
				return from, notice, act.Usage("from %q: want a day like fri or 12/5.", value)
			}
			from = m.At[0]
		case "notice":
			if notice, err = span(value); err != nil {
				return from, notice, act.Usage("notice %q: want hours or days like 24h or 2d.", value)
			}
		default:
			return from, notice, act.Usage("%q: want from DATE or notice 24h.", f[i])
		}
	}
	return from, notice, nil
}

// span reads a length of time like "24h" or "2d". It must be more than nothing and 30 days at most:
// a notice that is longer is a slip, and keeps the patient from ever being offered a slot.
func span(s string) (time.Duration, error) {
	// ParseDuration doesn't know days: they are read as hours, times 24. That they aren't calendar
	// days doesn't matter here, where an hour more or less is none.
	days, ok := strings.CutSuffix(s, "d")
	if ok {
		s = days + "h"
	}
	d, err := time.ParseDuration(s)
	if ok {
		d *= 24
	}
	if err == nil && (d <= 0 || d > 30*24*time.Hour) {
		err = fmt.Errorf("want more than nothing and no more than 30 days")
	}
	return d, err
}

// WaitlistList lists who waits, in the order in which they are asked.
type WaitlistList struct{}

func (WaitlistList) Name() string { return "waitlist" }

func (WaitlistList) Do(ctx context.Context, k *act.Kit, _ act.Asked) (out answer.Answer, err error) {
	places, err := k.Waitlist.List(ctx)
	if err != nil {
		return out, err
	}
	zone := k.Base.Clinic.Location()
	var rows [][]string
	for _, p := range places {
		from, notice, before := "-", "-", "-"
		if !p.From.IsZero() {
			from = p.From.In(zone).Format(time.DateOnly)
		}
		if p.Notice > 0 {
			notice = fmt.Sprintf("%gh", p.Notice.Hours())
		}
		if !p.Before.IsZero() {
			before = k.Clock(p.Before)
		}
		rows = append(rows, []string{
			p.Phone.String(), k.Named(p.Name), veil.Veiled(p.Type, ""),
			p.At.In(zone).Format(time.DateOnly), from, notice, before, p.By,
		})
	}
	if len(rows) == 0 {
		return answer.Say("Nobody is on the waitlist."), nil
	}
	return answer.Rows([]string{
		"NUMBER", "NAME", veil.Veiled("TYPE", ""), "SINCE", "FROM", "NOTICE",
		"BEFORE", "BY",
	}, rows), nil
}

// WaitlistRemove takes a number off the waitlist, for one type or for all. An offer that was made
// stands, since the patient may be answering it.
type WaitlistRemove struct {
	Who  act.Who `json:"who"`
	Type string  `json:"type,omitempty"` // "" for all
}

func (WaitlistRemove) Name() string { return "waitlist_remove" }

func (w WaitlistRemove) About() act.Who { return w.Who }

func (w WaitlistRemove) For(who act.Who) act.Act { w.Who = who; return w }

func (w WaitlistRemove) Do(
	ctx context.Context, k *act.Kit, a act.Asked,
) (out answer.Answer, err error) {
	phone, err := k.One(ctx, w.Who)
	if err != nil {
		return out, err
	}
	removed, err := k.Waitlist.Remove(ctx, "waitlist:"+a.ID, phone, w.Type)
	if err != nil {
		return out, err
	}
	if !removed {
		return answer.Say("%s isn't on the waitlist.", phone), nil
	}
	return answer.Say(
		"%s is off the waitlist. An offer that was made to them stands until it ends.", phone,
	), nil
}

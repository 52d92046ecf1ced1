package staff

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/waitlist"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// waitlist takes add, list, remove.
func (h *Handler) waitlist(ctx context.Context, c handlers.Command, args string) (string, error) {
	verb, rest, _ := strings.Cut(args, " ")
	switch strings.ToLower(verb) {
	case "add":
		return h.waitlistAdd(ctx, c, rest)
	case "list", "":
		return h.waitlistList(ctx)
	case "remove":
		return h.waitlistRemove(ctx, c, rest)
	}
	return "", errUsage{fmt.Sprintf("There is no waitlist %q.", verb)}
}

// who is the one number that a command begins with: whole, or its last four digits.
func (h *Handler) who(ctx context.Context, args string) (handlers.Phone, string, error) {
	first, rest, _ := strings.Cut(strings.TrimSpace(args), " ")
	if len(first) != 4 || strings.Trim(first, "0123456789") != "" {
		return h.phone(args)
	}
	if p, rest, err := h.phone(args); err == nil { // "2125 550101"
		return p, rest, nil
	}
	phones, err := h.numbers(ctx, first)
	if err == nil && len(phones) > 1 {
		err = errUsage{fmt.Sprintf("%d numbers end in %s: give the whole one.", len(phones), first)}
	}
	if err != nil {
		return handlers.Phone{}, "", err
	}
	return phones[0], strings.TrimSpace(rest), nil
}

func (h *Handler) waitlistAdd(ctx context.Context, c handlers.Command, args string) (string, error) {
	phone, rest, err := h.who(ctx, args)
	if err != nil {
		return "", err
	}
	f := strings.Fields(rest)
	if len(f) == 0 {
		return "", errUsage{"Say the type of visit: " + strings.Join(h.Base.Clinic.Types(), ", ") + "."}
	}
	if _, ok := h.Base.Clinic.VisitTypes[f[0]]; !ok {
		return "", errUsage{fmt.Sprintf("There is no visit type %q. There are %s.", f[0], strings.Join(h.Base.Clinic.Types(), ", "))}
	}
	from, notice, err := h.limits(f[1:])
	if err != nil {
		return "", err
	}
	did, _, err := h.Store.Turn(ctx, "waitlist:"+c.ID, phone, func(s handlers.State) (handlers.Effects, error) {
		if s.Consent.Out { // kept as the reply, so that the same command again is told the same
			return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused}}, nil
		}
		w := waitlist.NewWish(s, f[0], c.User, h.Now())
		w.From, w.Notice = from, notice
		return handlers.Effects{Wishes: []handlers.Wish{w}, Reply: handlers.Reply{Note: h.before(s, w)}}, nil
	})
	if err != nil {
		return "", err
	}
	if did.Kind == desk.Refused {
		return fmt.Sprintf("Not put on the waitlist: %s has opted out of texts, so no offer would reach them.", phone), nil
	}
	off := ""
	if !h.Base.Clinic.Waitlist.On {
		off = " But offers are off: waitlist.on in clinic.yaml."
	}
	return fmt.Sprintf("%s is on the waitlist for %s%s.%s", phone, f[0], did.Note, off), nil
}

// before says which visit a wish is to come before.
func (h *Handler) before(s handlers.State, w handlers.Wish) string {
	if v, ok := w.Replaces(s); ok {
		return ", to come before the visit of " + h.clock(v.Start) + ", which it then takes the place of"
	}
	return ""
}

// limits reads "from 2026-12-05 notice 24h".
func (h *Handler) limits(f []string) (from time.Time, notice time.Duration, err error) {
	for i := 0; i < len(f); i += 2 {
		if i+1 == len(f) {
			return from, notice, errUsage{fmt.Sprintf("What of %q?", f[i])}
		}
		switch value := f[i+1]; strings.ToLower(f[i]) {
		case "from":
			if from, err = time.ParseInLocation(time.DateOnly, value, h.Base.Clinic.Location()); err != nil {
				return from, notice, errUsage{fmt.Sprintf("from %q: want a date like 2026-12-05.", value)}
			}
		case "notice":
			if notice, err = span(value); err != nil {
				return from, notice, errUsage{fmt.Sprintf("notice %q: want hours or days like 24h or 2d.", value)}
			}
		default:
			return from, notice, errUsage{fmt.Sprintf("%q: want from DATE or notice 24h.", f[i])}
		}
	}
	return from, notice, nil
}

// span reads "24h" or "2d".
func span(s string) (time.Duration, error) {
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

func (h *Handler) waitlistList(ctx context.Context) (string, error) {
	wishes, err := h.Waitlist.Wishes(ctx)
	if err != nil {
		return "", err
	}
	zone := h.Base.Clinic.Location()
	var rows [][]string
	for _, w := range wishes {
		s, err := h.Store.Peek(ctx, w.Phone)
		if err != nil {
			return "", err
		}
		if w.Over(s, h.Now()) {
			continue
		}
		from, notice, before := "-", "-", "-"
		if !w.From.IsZero() {
			from = w.From.In(zone).Format(time.DateOnly)
		}
		if w.Notice > 0 {
			notice = fmt.Sprintf("%gh", w.Notice.Hours())
		}
		if v, ok := w.Replaces(s); ok {
			before = h.clock(v.Start)
		}
		rows = append(rows, []string{w.Phone.String(), or(strings.TrimSpace(knowledge.Greet(w.Name)), "-"), w.Type, w.At.In(zone).Format(time.DateOnly), from, notice, before, w.By})
	}
	if len(rows) == 0 {
		return "Nobody is on the waitlist.", nil
	}
	return grid(func(line func(...string)) {
		line("NUMBER", "NAME", "TYPE", "SINCE", "FROM", "NOTICE", "BEFORE", "BY")
		for _, r := range rows {
			line(r...)
		}
	}), nil
}

func (h *Handler) waitlistRemove(ctx context.Context, c handlers.Command, args string) (string, error) {
	phone, kind, err := h.who(ctx, args)
	if err != nil {
		return "", err
	}
	wishes, err := h.Waitlist.Wishes(ctx)
	if err != nil {
		return "", err
	}
	var gone []handlers.Wish
	for _, w := range wishes {
		if w.Phone == phone && (kind == "" || kind == w.Type) {
			gone = append(gone, w)
		}
	}
	if len(gone) == 0 {
		return fmt.Sprintf("%s isn't on the waitlist.", phone), nil
	}
	_, _, err = h.Store.Turn(ctx, "waitlist:"+c.ID, phone, func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Unwish: gone}, nil
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s is off the waitlist. An offer that was made to them stands until it ends.", phone), nil
}

// wish puts the patient of a case on the waitlist, for the type of their next visit.
func (h *Handler) wish(s handlers.State, c handlers.Case, p handlers.Press) handlers.Effects {
	now := h.Now()
	e := handlers.Effects{}
	kind, text := "", "No visit ahead says which type: /clinic waitlist add "+s.Phone.Last4()+" TYPE."
	for _, v := range s.Visits {
		if kind == "" && v.Open(now) {
			kind = v.Type
		}
	}
	if kind != "" && s.Consent.Out {
		kind, text = "", "Has opted out of texts, so no offer would reach them."
	}
	if kind != "" {
		w := waitlist.NewWish(s, kind, p.User, now)
		e.Wishes = []handlers.Wish{w}
		text = "put them on the waitlist for " + kind + h.before(s, w) + "."
	}
	c.Wish = false
	e.Cases = []handlers.Case{c}
	e.Posts = []handlers.Post{
		{ID: p.ID + ":card", Case: c.ID, Do: desk.PostCard, Due: now},
		{ID: p.ID + ":note", Case: c.ID, Do: desk.PostNote, From: p.User, Text: text, Due: now},
	}
	return e
}

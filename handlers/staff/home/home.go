// Package home shows staff how the day stands, and Beacon itself.
package home

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/staff/schedule"
	"github.com/beacon-clinic/beacon/handlers/staff/texts"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// What Home shows at most, so that it stays within what Slack shows (100 blocks) and a nurse reads.
const (
	mostVisits  = 40
	mostWaiting = 10
	mostReviews = 5
)

// Page is the day as staff see it when they open Beacon: what waits, the visits and how each stands,
// what failed, what is to be reviewed, and yesterday's figures. It is the same for everybody at the
// desk, and changes nothing.
func Page(ctx context.Context, k *act.Kit) (answer.Answer, error) {
	var out answer.Answer
	for _, section := range []func(context.Context, *act.Kit) ([]answer.Part, error){
		heading, waits, today, failed, reviews, counted,
	} {
		parts, err := section(ctx, k)
		if err != nil {
			return answer.Answer{}, err
		}
		out = out.Add(parts...)
	}
	return out, nil
}

// heading names the day, and begins what isn't about a visit that is there.
func heading(_ context.Context, k *act.Kit) ([]answer.Part, error) {
	day := knowledge.DeskClock(k.Base.Clinic, k.Now()).Date(k.Now(), "en")
	return []answer.Part{
		{Title: day},
		{Buttons: []answer.Button{
			{Text: "Book a visit", Do: act.Encode(schedule.Book{}), Style: answer.Primary},
			{Text: "Text all of a day", Do: act.Encode(texts.Broadcast{})},
			{Text: "How things are", Do: act.Encode(Status{})},
		}},
	}, nil
}

// waits lists what waits for a person: alarms first, then what has waited longest.
func waits(ctx context.Context, k *act.Kit) ([]answer.Part, error) {
	all, err := k.Cases.AllOpen(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c handlers.Case) bool { return !c.Waits() })
	slices.SortStableFunc(all, func(a, b handlers.Case) int {
		return cmp.Or(rank(a)-rank(b), a.WaitsSince().Compare(b.WaitsSince()))
	})
	if len(all) == 0 {
		return []answer.Part{{Text: "Nothing waits for you."}}, nil
	}
	shown := all[:min(len(all), mostWaiting)]
	states, err := states(ctx, k, shown)
	if err != nil {
		return nil, err
	}
	lines := []string{fmt.Sprintf("*%s for you*", act.Things(len(all)))}
	for i, c := range shown {
		line := "• " + answer.Moment(c.WaitsSince()) + " " + whose(k, c, states[i]) + what(c)
		if c.TakenBy != "" {
			line += " (" + answer.Person(c.TakenBy) + " has it)"
		}
		lines = append(lines, line)
	}
	if more := len(all) - len(shown); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more, since later", more))
	}
	return []answer.Part{{Text: strings.Join(lines, "\n")}, {Rule: true}}, nil
}

// rank orders cases by how much they matter: an alarm that nobody has, another, a concern, the rest.
func rank(c handlers.Case) int {
	switch {
	case c.Untaken():
		return 0
	case c.Channel != handlers.UrgentChannel:
		return 3
	case c.Concern():
		return 2
	}
	return 1
}

// whose names the patient of a case, with a space behind; "" if it is about none.
func whose(k *act.Kit, c handlers.Case, s handlers.State) string {
	if c.Phone.IsZero() {
		return ""
	}
	name := ""
	if who := s.Household(); len(who) == 1 {
		name = who[0]
	}
	return k.Called(name, c.Phone) + ": "
}

// mostOfTitle is how much of a case's title stands in a list, in characters.
const mostOfTitle = 90

// what says what a case is about, in one line and without patients' words.
func what(c handlers.Case) string {
	title, _, _ := strings.Cut(veil.Shown(c.Title, false), "\n")
	if c.Untaken() {
		title = "ALARM: " + title
	}
	if r := []rune(title); len(r) > mostOfTitle {
		title = strings.TrimSpace(string(r[:mostOfTitle-1])) + "…"
	}
	return cmp.Or(title, desk.KindWords(c.Kind))
}

// today lists the day's visits, each with how it stands and a button that opens it, and says how
// the next day with visits looks.
func today(ctx context.Context, k *act.Kit) ([]answer.Part, error) {
	from := settings.OnDay(k.Now().In(k.Base.Clinic.Location()), 0, 0)
	booked, err := k.Patients.Visits(ctx, from, settings.OnDay(from, 1, 0))
	if err != nil {
		return nil, err
	}
	shown := booked[:min(len(booked), mostVisits)]
	cases := make([]handlers.Case, len(shown))
	for i, v := range shown {
		cases[i].Phone = v.Phone
	}
	states, err := states(ctx, k, cases)
	if err != nil {
		return nil, err
	}
	out := []answer.Part{{Title: visitsToday(len(booked))}}
	for i, v := range shown {
		w, err := schedule.Exactly(ctx, k, v)
		if err != nil {
			return nil, err
		}
		out = append(
			out, answer.Part{Text: visitLine(k, states[i], v)},
			answer.Part{Buttons: schedule.OnHome(k, w, v)},
		)
	}
	if more := len(booked) - len(shown); more > 0 {
		out = append(
			out, answer.Part{Text: fmt.Sprintf("and %d more", more)},
			answer.Part{Buttons: []answer.Button{{
				Text: "All of today", Do: act.Encode(schedule.Today{}),
			}}},
		)
	}
	next, err := nextDay(ctx, k, settings.OnDay(from, 1, 0))
	return append(append(out, next...), answer.Part{Rule: true}), err
}

// visitsToday counts the day's visits.
func visitsToday(n int) string {
	if n == 0 {
		return "No visits today"
	}
	return act.Visits(n) + " today"
}

// visitLine shows a visit in a list: when, who, for what, and how it stands.
func visitLine(k *act.Kit, s handlers.State, v handlers.Visit) string {
	at := knowledge.Time(v.Start.In(k.Base.Clinic.Location()))
	return fmt.Sprintf("*%s* %s%s: %s", at, k.Called(v.Name, v.Phone), veil.Veiled(", "+v.Type, ""),
		k.Stands(s, v))
}

// lookAhead is how many days ahead Home looks for the next day with visits.
const lookAhead = 7

// nextDay says how many visits the next day with visits has, and how many are confirmed.
func nextDay(ctx context.Context, k *act.Kit, from time.Time) ([]answer.Part, error) {
	ahead, err := k.Patients.Visits(ctx, from, settings.OnDay(from, lookAhead, 0))
	if err != nil || len(ahead) == 0 {
		return nil, err
	}
	zone := k.Base.Clinic.Location()
	day := settings.OnDay(ahead[0].Start.In(zone), 0, 0)
	all, confirmed := 0, 0
	for _, v := range ahead {
		if !handlers.SameDay(v.Start, day, zone) || !v.Stands() {
			continue
		}
		all++
		if v.State == handlers.Confirmed {
			confirmed++
		}
	}
	date := knowledge.DeskClock(k.Base.Clinic, k.Now()).Date(day, "en")
	return []answer.Part{
		{Text: fmt.Sprintf("%s: %s, %d confirmed", date, act.Visits(all), confirmed)},
		{Buttons: []answer.Button{{Text: "See them", Do: act.Encode(schedule.Today{Day: day})}}},
	}, nil
}

// failed says how many texts failed that nobody has seen to; nothing if none did.
func failed(ctx context.Context, k *act.Kit) ([]answer.Part, error) {
	n, err := k.Texts.FailedTexts(ctx)
	if err != nil || n == 0 {
		return nil, err
	}
	says := fmt.Sprintf("*%d texts* failed that nobody has seen to", n)
	if n == 1 {
		says = "*1 text* failed that nobody has seen to"
	}
	return []answer.Part{
		{Text: says},
		{Buttons: []answer.Button{{Text: "See which", Do: act.Encode(texts.Failed{})}}},
	}, nil
}

// reviewSoon is how long before its review is due an answer is named.
const reviewSoon = 14

// reviews names the answers whose review is due, or soon will be; nothing if none is.
func reviews(_ context.Context, k *act.Kit) ([]answer.Part, error) {
	by := settings.OnDay(k.Now().In(k.Base.Clinic.Location()), reviewSoon, 0).Format(time.DateOnly)
	var due []string
	for _, e := range k.Base.Entries {
		if !e.Outside && e.ReviewBy != "" && e.ReviewBy <= by {
			due = append(due, fmt.Sprintf("%s (by %s, %s)", e.ID, e.ReviewBy, e.Owner))
		}
	}
	if len(due) == 0 {
		return nil, nil
	}
	says := fmt.Sprintf("*%d answers* are due for review: %s", len(due),
		strings.Join(due[:min(len(due), mostReviews)], ", "))
	if more := len(due) - mostReviews; more > 0 {
		says += fmt.Sprintf(" and %d more", more)
	}
	return []answer.Part{{Text: says}}, nil
}

// mostAtOnce is how many numbers are read at a time.
const mostAtOnce = 16

// states reads what is known of the numbers of some cases, in their order; nothing of one without a
// number.
func states(
	ctx context.Context, k *act.Kit, of []handlers.Case,
) ([]handlers.State, error) {
	out, errs := make([]handlers.State, len(of)), make([]error, len(of))
	var readers sync.WaitGroup
	next := make(chan int)
	for range min(mostAtOnce, len(of)) {
		readers.Go(func() {
			for i := range next {
				out[i], errs[i] = k.Store.Peek(ctx, of[i].Phone)
			}
		})
	}
	for i := range of {
		if !of[i].Phone.IsZero() {
			next <- i
		}
	}
	close(next)
	readers.Wait()
	return out, cmp.Or(errs...)
}

package staff

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

// Home is the day as staff see it when they open Beacon: what waits, the visits and how each stands,
// what failed, what is to be reviewed, and yesterday's figures. It is the same for everybody at the
// desk, and changes nothing.
func (h *Handler) Home(ctx context.Context) (answer.Answer, error) {
	var out answer.Answer
	for _, section := range []func(context.Context) ([]answer.Part, error){
		h.homeTop, h.homeWaiting, h.homeDay, h.homeTexts, h.homeReviews, h.homeFigures,
	} {
		parts, err := section(ctx)
		if err != nil {
			return answer.Answer{}, err
		}
		out = out.Add(parts...)
	}
	return out, nil
}

// homeTop names the day, and begins what isn't about a visit that is there.
func (h *Handler) homeTop(context.Context) ([]answer.Part, error) {
	day := knowledge.DeskClock(h.Base.Clinic, h.Now()).Date(h.Now(), "en")
	return []answer.Part{
		{Title: day},
		{Buttons: []answer.Button{
			{Text: "Book a visit", Do: Encode(Book{}), Style: answer.Primary},
			{Text: "Text all of a day", Do: Encode(Broadcast{})},
			{Text: "How things are", Do: Encode(Status{})},
		}},
	}, nil
}

// homeWaiting lists what waits for a person: alarms first, then what has waited longest.
func (h *Handler) homeWaiting(ctx context.Context) ([]answer.Part, error) {
	all, err := h.Cases.AllOpen(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b handlers.Case) int {
		return cmp.Or(rank(a)-rank(b), a.Began().Compare(b.Began()))
	})
	if len(all) == 0 {
		return []answer.Part{{Text: "Nothing waits for you."}}, nil
	}
	shown := all[:min(len(all), mostWaiting)]
	states, err := h.states(ctx, shown)
	if err != nil {
		return nil, err
	}
	lines := []string{fmt.Sprintf("*%s for you*", waiting(len(all)))}
	for i, c := range shown {
		line := "• " + answer.Moment(c.Began()) + " " + h.whose(c, states[i]) + what(c)
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

// waiting counts what waits.
func waiting(n int) string {
	if n == 1 {
		return "1 thing waits"
	}
	return fmt.Sprintf("%d things wait", n)
}

// whose names the patient of a case, with a space behind; "" if it is about none.
func (h *Handler) whose(c handlers.Case, s handlers.State) string {
	if c.Phone.IsZero() {
		return ""
	}
	name := ""
	if who := s.Household(); len(who) == 1 {
		name = who[0]
	}
	return called(name, c.Phone) + ": "
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
	return or(title, c.Kind)
}

// homeDay lists the day's visits, each with how it stands and a button that opens it, and says how
// the next day with visits looks.
func (h *Handler) homeDay(ctx context.Context) ([]answer.Part, error) {
	from := settings.OnDay(h.Now().In(h.Base.Clinic.Location()), 0, 0)
	booked, err := h.Patients.Visits(ctx, from, settings.OnDay(from, 1, 0))
	if err != nil {
		return nil, err
	}
	shown := booked[:min(len(booked), mostVisits)]
	cases := make([]handlers.Case, len(shown))
	for i, v := range shown {
		cases[i].Phone = v.Phone
	}
	states, err := h.states(ctx, cases)
	if err != nil {
		return nil, err
	}
	out := []answer.Part{{Title: visitsToday(len(booked))}}
	for i, v := range shown {
		w, err := h.exactly(ctx, v)
		if err != nil {
			return nil, err
		}
		out = append(
			out, answer.Part{Text: h.visitLine(states[i], v)},
			answer.Part{Buttons: []answer.Button{{Text: "Open", Do: Encode(OpenVisit{w})}}},
		)
	}
	if more := len(booked) - len(shown); more > 0 {
		out = append(
			out, answer.Part{Text: fmt.Sprintf("and %d more", more)},
			answer.Part{Buttons: []answer.Button{{Text: "All of today", Do: Encode(Today{})}}},
		)
	}
	next, err := h.homeNext(ctx, settings.OnDay(from, 1, 0))
	return append(append(out, next...), answer.Part{Rule: true}), err
}

// visitsToday counts the day's visits.
func visitsToday(n int) string {
	switch n {
	case 0:
		return "No visits today"
	case 1:
		return "1 visit today"
	}
	return fmt.Sprintf("%d visits today", n)
}

// visitLine shows a visit in a list: when, who, for what, and how it stands.
func (h *Handler) visitLine(s handlers.State, v handlers.Visit) string {
	at := knowledge.Time(v.Start.In(h.Base.Clinic.Location()))
	return fmt.Sprintf("*%s* %s%s: %s", at, called(v.Name, v.Phone), veil.Veiled(", "+v.Type, ""),
		h.stands(s, v))
}

// lookAhead is how many days ahead Home looks for the next day with visits.
const lookAhead = 7

// homeNext says how many visits the next day with visits has, and how many are confirmed.
func (h *Handler) homeNext(ctx context.Context, from time.Time) ([]answer.Part, error) {
	ahead, err := h.Patients.Visits(ctx, from, settings.OnDay(from, lookAhead, 0))
	if err != nil || len(ahead) == 0 {
		return nil, err
	}
	zone := h.Base.Clinic.Location()
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
	date := knowledge.DeskClock(h.Base.Clinic, h.Now()).Date(day, "en")
	return []answer.Part{
		{Text: fmt.Sprintf("%s: %d visits, %d confirmed", date, all, confirmed)},
		{Buttons: []answer.Button{{Text: "See them", Do: Encode(Today{Day: day})}}},
	}, nil
}

// homeTexts says how many texts failed that nobody has seen to; nothing if none did.
func (h *Handler) homeTexts(ctx context.Context) ([]answer.Part, error) {
	n, err := h.Texts.FailedTexts(ctx)
	if err != nil || n == 0 {
		return nil, err
	}
	says := fmt.Sprintf("*%d texts* failed that nobody has seen to", n)
	if n == 1 {
		says = "*1 text* failed that nobody has seen to"
	}
	return []answer.Part{
		{Text: says},
		{Buttons: []answer.Button{{Text: "See which", Do: Encode(Failed{})}}},
	}, nil
}

// reviewSoon is how long before its review is due an answer is named.
const reviewSoon = 14

// homeReviews names the answers whose review is due, or soon will be; nothing if none is.
func (h *Handler) homeReviews(context.Context) ([]answer.Part, error) {
	by := settings.OnDay(h.Now().In(h.Base.Clinic.Location()), reviewSoon, 0).Format(time.DateOnly)
	var due []string
	for _, e := range h.Base.Entries {
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
func (h *Handler) states(
	ctx context.Context, of []handlers.Case,
) ([]handlers.State, error) {
	out, errs := make([]handlers.State, len(of)), make([]error, len(of))
	var readers sync.WaitGroup
	next := make(chan int)
	for range min(mostAtOnce, len(of)) {
		readers.Go(func() {
			for i := range next {
				out[i], errs[i] = h.Store.Peek(ctx, of[i].Phone)
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

package staff

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge"
)

func (h *Handler) today(ctx context.Context, _ handlers.Command, _ string) (string, error) {
	zone := h.Base.Clinic.Location()
	now := h.Now().In(zone)
	from := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	booked, err := h.Patients.Visits(ctx, from, from.AddDate(0, 0, 1))
	if err != nil {
		return "", err
	}
	title := knowledge.Date(now, "en")
	if len(booked) == 0 {
		return title + ": no visits.", nil
	}
	return fmt.Sprintf("%s: %d visits", title, len(booked)) + "\n" + grid(func(line func(...string)) {
		for _, v := range booked {
			line(knowledge.Time(v.Start.In(zone)), v.Type, strings.TrimSpace(knowledge.Greet(v.Name)), v.Phone.String(), v.State)
		}
	}), nil
}

func (h *Handler) ask(_ context.Context, _ handlers.Command, question string) (string, error) {
	if question == "" {
		return "", errUsage{"What shall the bot be asked?"}
	}
	r, err := h.Bot.Ask(handlers.State{}, question)
	if err != nil {
		return "", err
	}
	out := []string{fmt.Sprintf("kind: %s, entry: %s, confidence: %.2f, language: %s", r.Kind, or(r.Entry, "none"), r.Confidence, r.Lang)}
	if r.Rule != "" {
		out = append(out, "raised by: "+r.Rule)
	}
	if r.Note != "" {
		out = append(out, r.Note)
	}
	for _, b := range r.Bodies {
		out = append(out, "> "+b)
	}
	if len(r.Bodies) == 0 {
		out = append(out, "(silence)")
	}
	why := h.Base.Explain(question)
	for _, c := range why.Best {
		out = append(out, fmt.Sprintf("- %s %.2f", c.ID, c.Confidence))
	}
	if len(why.Words) > 0 {
		words := make([]string, 0, mostWords)
		for _, w := range why.Words[:min(mostWords, len(why.Words))] {
			words = append(words, fmt.Sprintf("%s %.1f", w.Feature, w.Weight))
		}
		out = append(out, "what counted: "+strings.Join(words, ", "))
	}
	return strings.Join(out, "\n"), nil
}

// mostWords is how many of the words that counted are shown.
const mostWords = 6

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// book takes PHONE DATE TIME TYPE [LANG] NAME. The visit's id is made of the number and the time, so that the same booking twice is one.
func (h *Handler) book(ctx context.Context, c handlers.Command, args string) (string, error) {
	phone, rest, err := h.phone(args)
	if err != nil {
		return "", err
	}
	f := strings.Fields(rest)
	if len(f) < 4 {
		return "", errUsage{"Say the date, the time, the type of visit and the name."}
	}
	start, err := h.Start(f[0]+" "+f[1], h.Base.Clinic.Location())
	if err != nil {
		return "", errUsage{err.Error()}
	}
	if !start.After(h.Now()) {
		return "", errUsage{"That time has passed."}
	}
	v := handlers.Visit{Phone: phone, Start: start, Type: f[2]}
	if _, ok := h.Base.Clinic.VisitTypes[v.Type]; !ok {
		return "", errUsage{fmt.Sprintf("There is no visit type %q. There are %s.", v.Type, strings.Join(h.Base.Clinic.Types(), ", "))}
	}
	f = f[3:]
	if len(f) > 1 && knowledge.Language(f[0]) == f[0] {
		v.Lang, f = f[0], f[1:]
	}
	v.Name = strings.Join(f, " ")
	v.ID = fmt.Sprintf("desk-%s-%d", strings.TrimPrefix(phone.E164(), "+"), start.Unix())
	what, err := h.Visits.Book(ctx, v)
	if err != nil {
		return "", err
	}
	done := map[visits.Outcome]string{
		visits.Imported: "Booked", visits.Updated: "Changed", visits.Unchanged: "Already booked",
	}[what]
	return fmt.Sprintf("%s: %s, %s, %s.", done, phone, knowledge.When(start.In(h.Base.Clinic.Location()), "en"), v.Type), nil
}

// phone takes the number that a command begins with: one word, or several of digits and punctuation as people write numbers.
func (h *Handler) phone(args string) (handlers.Phone, string, error) {
	words := strings.Fields(args)
	for n := 1; n <= min(3, len(words)); n++ {
		if strings.Trim(strings.Join(words[:n], ""), "+0123456789().-") != "" {
			continue
		}
		if p, err := h.Phone(strings.Join(words[:n], " ")); err == nil {
			return p, strings.Join(words[n:], " "), nil
		}
	}
	return handlers.Phone{}, "", errUsage{"Begin with the patient's number, like 212-555-0101."}
}

// say texts a patient on a staff member's word, in a thread of its own.
func (h *Handler) say(ctx context.Context, c handlers.Command, args string) (string, error) {
	phone, text, err := h.phone(args)
	if err != nil {
		return "", err
	}
	if text == "" {
		return "", errUsage{"Say what to text."}
	}
	did, _, err := h.Store.Turn(ctx, "say:"+c.ID, phone, func(s handlers.State) (handlers.Effects, error) {
		if s.Consent.Out { // kept as the reply, so that the same command again is told the same
			return handlers.Effects{Reply: handlers.Reply{Kind: desk.Refused}}, nil
		}
		now, talk := h.Now(), s.Conversation
		e := desk.OpenCase(s, handlers.Case{
			ID: "say:" + c.ID, Channel: handlers.DeskChannel, Kind: "staff", Title: "Texted by " + c.User + ".", At: now, Open: true, TakenBy: c.User,
		})
		talk.Taken, talk.By = now.Add(h.keep()), c.User
		e.Conversation = &talk
		e.Texts = []handlers.Outgoing{{ID: "say:" + c.ID, To: phone, Kind: "say", Body: text, Due: now}}
		return e, nil
	})
	if err != nil {
		return "", err
	}
	if did.Kind == desk.Refused {
		return fmt.Sprintf("Not sent: %s has opted out of texts. Please call.", phone), nil
	}
	return fmt.Sprintf("On its way to %s. The conversation is yours until you hand it back.", phone), nil
}

func (h *Handler) status(ctx context.Context, _ handlers.Command, _ string) (string, error) {
	cases, err1 := h.Cases.OpenCases(ctx)
	texts, err2 := h.Texts.Waiting(ctx)
	failed, err3 := h.Texts.FailedTexts(ctx)
	count := func(n int64, err error) string {
		if err != nil {
			return "unknown: Redis is away"
		}
		return fmt.Sprint(n)
	}
	ready := h.Health.Away(ctx)
	names := make([]string, 0, len(ready))
	for name := range ready {
		names = append(names, name)
	}
	sort.Strings(names)
	return grid(func(line func(...string)) {
		line("waiting at the desk", count(cases, err1))
		line("texts planned", count(texts, err2))
		line("texts failed", count(failed, err3))
		for _, name := range names {
			state := "ok"
			if ready[name] != nil {
				state = "not reachable: " + ready[name].Error()
			}
			line(name, state)
		}
	}), nil
}

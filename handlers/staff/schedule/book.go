package schedule

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Book books a visit. A visit of that number at that time is the one that is meant, so that a
// booking that is given twice, or again with a name put right, is one visit. It can't move a visit
// for the same reason: another time is another visit. What speaks against the time is asked once.
type Book struct {
	Who    act.Who     `json:"who"`
	Start  time.Time   `json:"start,omitzero"`
	May    []time.Time `json:"may,omitempty"` // what the written time can mean, if that isn't one
	Why    string      `json:"why,omitempty"` // and why
	Type   string      `json:"type,omitempty"`
	Lang   string      `json:"lang,omitempty"`
	Called string      `json:"name,omitempty"`
	Sure   bool        `json:"sure,omitempty"` // whoever asked has seen what speaks against it
	// Rename says that the visit which the number has at that time is this one, under another name.
	Rename bool `json:"rename,omitempty"`
}

func (Book) Name() string { return "book" }

func (b Book) About() act.Who { return b.Who }

// parseBook reads WHO WHEN [TYPE] [LANG] [NAME]; what is left out is that of the patient's last
// visit. Without arguments a form asks.
func parseBook(k *act.Kit, args string) (act.Act, error) {
	if args == "" {
		return Book{}, nil
	}
	args, yes := cutYes(args)
	who, rest := k.WhomWhen(args)
	read, ok := k.Reader().Moment(rest)
	switch {
	case !ok && rest == "": // a form asks for the rest
		return Book{Who: k.AllOf(args)}, nil
	case !ok:
		return nil, act.Usage("Say whom and when, like: book 212-555-0101 fri 9 consult Ana.")
	case len(read.At) == 0:
		return nil, act.Usage("%s", read.Why)
	}
	b := Book{Who: who, Start: read.At[0], Sure: yes}
	if !read.Sure() {
		b.Start, b.May, b.Why = time.Time{}, read.At, read.Why
	}
	f := strings.Fields(read.Rest)
	kind, n := typeOf(k, f)
	if n == 0 && len(f) > 0 {
		return nil, noType(k, f[0])
	}
	b.Type, f = kind, f[n:]
	// "en" or "es" is the language only if a name follows it.
	if len(f) > 1 && language.Spoken(f[0]) == f[0] {
		b.Lang, f = f[0], f[1:]
	}
	b.Called = strings.Join(f, " ")
	return b, nil
}

// typeOf returns the visit type that some words begin with, and how many words that are: its name in
// clinic.yaml, what it is called there, or the beginning of one that no other has; "" and 0 if they
// begin with none.
func typeOf(k *act.Kit, words []string) (kind string, n int) {
	for n = min(3, len(words)); n > 0; n-- {
		said := handlers.Folded(strings.Join(words[:n], "_"))
		var found []string
		for name, t := range k.Base.Clinic.VisitTypes {
			label := strings.ReplaceAll(handlers.Folded(t.Label.In("en")), " ", "_")
			if said == name || said == label {
				return name, n
			}
			if len(said) > 1 && (strings.HasPrefix(name, said) || strings.HasPrefix(label, said)) {
				found = append(found, name)
			}
		}
		if len(found) == 1 {
			return found[0], n
		}
	}
	return "", 0
}

func (b Book) Do(ctx context.Context, k *act.Kit, a act.Asked) (none answer.Answer, err error) {
	if b.Who == "" {
		return bookForm(k, b, ""), nil
	}
	people, err := k.People(ctx, b.Who)
	if err != nil {
		return none, err
	}
	if len(people) > 1 {
		several := act.SeveralError{Who: b.Who}
		for _, p := range people {
			several.Phones = append(several.Phones, p.Phone)
		}
		return none, several
	}
	s, err := k.Store.Peek(ctx, people[0].Phone)
	if err != nil {
		return none, err
	}
	if b.Start.IsZero() && len(b.May) == 0 {
		return bookFor(ctx, k, s, people[0].Name)
	}
	if b, err = known(k, b, s, people[0].Name); err != nil {
		return none, err
	}
	if b.Start.IsZero() {
		return bookAsks(ctx, k, a, s, b, b.Why+" Do you mean:", handlers.Visit{}, b.May)
	}
	if !b.Start.After(k.Now()) { // a slip in the date: no reminder could be sent
		return none, act.Usage("That time has passed.")
	}
	v := handlers.Visit{Phone: s.Phone, Start: b.Start, Type: b.Type, Lang: b.Lang, Name: b.Called}
	id, other := b.at(s)
	v.ID = id
	says := ""
	if v.ID == "" {
		against, err := against(ctx, k, s, v)
		if err != nil {
			return none, err
		}
		says = strings.Join(against, " ")
		if !b.Sure && (says != "" || s.InDanger() || other.ID != "") {
			b.Sure = true
			return bookAsks(ctx, k, a, s, b, danger(s)+says, other, nil)
		}
	}
	v.ID = cmp.Or(v.ID, visits.DeskID+a.ID)
	what, err := k.Visits.Book(ctx, v)
	if err != nil {
		return none, err
	}
	return booked(k, s, v, what, says), nil
}

// at returns the id of the visit that a booking is of, "" if it is a new one, and the visit that the
// number has then of another name, if it has one.
func (b Book) at(s handlers.State) (id string, other handlers.Visit) {
	for _, booked := range s.Visits {
		switch {
		case !booked.Start.Equal(b.Start):
		case b.Rename, booked.Name == "", handlers.SamePatient(booked.Name, b.Called):
			id = booked.ID
		case booked.Stands():
			other = booked
		}
	}
	return id, other
}

// known fills in what staff left out from the patient's last visit: name, language, type.
func known(k *act.Kit, b Book, s handlers.State, name string) (Book, error) {
	b.Called = cmp.Or(b.Called, name)
	var last handlers.Visit
	all := slices.Concat(s.Past, s.Visits)
	for _, v := range all {
		if b.Called == "" || handlers.SamePatient(b.Called, v.Name) {
			last = v
		}
	}
	patients := handlers.Patients(all)
	switch {
	case b.Called == "" && len(patients) > 1:
		return b, act.Usage("%s is the number of %d patients: say the name too.", s.Phone,
			len(patients))
	case b.Called == "" && last.ID == "":
		return b, act.Usage("Say the name too: nothing is known of %s.", s.Phone)
	case b.Type == "" && last.ID == "":
		return b, noType(k, "")
	}
	// A first name stands for the whole one that is known.
	if words := handlers.NameWords(b.Called); last.ID != "" && len(words) <= 1 {
		b.Called = last.Name
	}
	b.Type, b.Lang = cmp.Or(b.Type, last.Type), cmp.Or(b.Lang, last.Lang)
	if _, ok := k.Base.Clinic.VisitTypes[b.Type]; !ok {
		return b, noType(k, b.Type)
	}
	return b, nil
}

// booked words what became of a booking; against is what spoke against it.
func booked(
	k *act.Kit, s handlers.State, v handlers.Visit, what visits.Outcome, against string,
) answer.Answer {
	done := map[visits.Outcome]string{
		visits.Imported: "Booked", visits.Updated: "Changed", visits.Unchanged: "Already booked",
	}[what]
	out := fmt.Sprintf("%s: %s, %s%s.", done, k.Called(v.Name, v.Phone), k.Clock(v.Start),
		veil.Veiled(", "+v.Type, ""))
	if against != "" {
		out += " " + against
	} else {
		out += also(k, s, v)
	}
	if why := k.Gate.Untexted(v.Phone); why != "" {
		out += " Nothing will be texted to them: it is " + why + ". Please call."
	}
	return answer.Say("%s", danger(s)+out)
}

// also says when else a patient has a visit, with a space before it; "" if they have no other.
func also(k *act.Kit, s handlers.State, v handlers.Visit) string {
	for _, other := range s.Visits {
		if other.ID != v.ID && other.Open(k.Now()) && handlers.SamePatient(other.Name, v.Name) {
			return " They also have a visit on " + k.Clock(other.Start) + "."
		}
	}
	return ""
}

// bookAsks asks whether a visit is to be booked, or at which of several times; or, where the number
// has a visit of another name then, whether it is one or two. What is to be booked waits in the store
// meanwhile: a button holds no name and no number.
func bookAsks(
	ctx context.Context, k *act.Kit, a act.Asked, s handlers.State, b Book, says string,
	other handlers.Visit, at []time.Time,
) (none answer.Answer, err error) {
	b.May, b.Why = nil, ""
	p := handlers.Pending{ID: "book:" + a.ID, User: a.User, Phone: s.Phone, Act: act.Encode(b)}
	decide := func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Pending: []handlers.Pending{p}}, nil
	}
	if _, _, err := k.Store.Turn(ctx, "hold:"+p.ID, s.Phone, decide); err != nil {
		return none, err
	}
	var buttons []answer.Button
	for _, start := range at {
		buttons = append(buttons, answer.Button{
			Text: k.Clock(start), Do: act.Encode(BookIt{ID: p.ID, Start: start}),
		})
	}
	switch {
	case other.ID != "":
		says += fmt.Sprintf(" %s has a visit then. Does %s come as well, or instead?",
			k.Called(other.Name, s.Phone), k.Called(b.Called, s.Phone))
		buttons = []answer.Button{
			{Text: "As well", Do: act.Encode(BookIt{ID: p.ID}), Style: answer.Primary},
			{Text: "Instead: change the name", Do: act.Encode(BookIt{ID: p.ID, Rename: true})},
		}
	case at == nil:
		says += fmt.Sprintf(" Book %s for %s all the same?", k.Called(b.Called, s.Phone),
			k.Clock(b.Start))
		buttons = []answer.Button{{
			Text: "Book it", Do: act.Encode(BookIt{ID: p.ID}), Style: answer.Primary,
		}}
	}
	return answer.Say("%s", says).Add(answer.Part{Buttons: append(buttons, act.LeaveIt())}), nil
}

// BookIt books what was asked back.
type BookIt struct {
	ID    string    `json:"id"`             // of the pending booking
	Start time.Time `json:"start,omitzero"` // the time that was chosen

	Rename bool `json:"rename,omitempty"` // as in Book
}

func (BookIt) Name() string { return "book_it" }

func (b BookIt) Pending() string { return b.ID }

func (b BookIt) Do(ctx context.Context, k *act.Kit, a act.Asked) (none answer.Answer, err error) {
	p, ok, err := k.Pending.Pending(ctx, b.ID)
	if err != nil {
		return none, err
	}
	book, wrong := act.Read[Book](p.Act)
	if !ok || wrong != nil {
		return answer.Say("That booking is forgotten by now: please give it again."), nil
	}
	if !b.Start.IsZero() {
		book.Start, book.Sure = b.Start, false
	}
	book.Rename = b.Rename
	a.ID, a.Act = a.ID+":it", book
	return none, act.Instead{Asked: a}
}

// noType returns the UsageError of an unknown visit type, which says which there are.
func noType(k *act.Kit, name string) error {
	types := strings.Join(k.Base.Clinic.Types(), ", ")
	return act.Usage("There is no visit type %q. There are %s.", name, types)
}

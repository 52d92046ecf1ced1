package visits

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// Doubt is why a person must agree to a visit before anything is texted about it. It never holds a
// name or a number.
type Doubt struct {
	At    int    // the place of the visit
	Field string // what it is in: name, phone or start
	What  string
}

// Doubt finds what can hardly be right of visits that are to be imported, and notes it in them,
// beside what reading them has raised. Only what is ahead is doubted, and nothing of what is booked
// just so already: somebody has agreed to it, or the patient was told of it.
func (b *Books) Doubt(ctx context.Context, all []handlers.Visit) ([]Doubt, error) {
	d := doubter{b: b, all: all, now: b.Now(), people: map[handlers.Phone][]string{}}
	until := d.now
	for _, v := range all {
		if v.Start.After(until) {
			until = v.Start
		}
	}
	stored, err := b.Visits.Visits(ctx, d.now, until.Add(time.Second))
	if err != nil {
		return nil, err
	}
	d.gather(stored)
	for i := range all {
		v := &all[i]
		if d.settled(*v) {
			was := d.stored[v.ID]
			v.Doubts = slices.DeleteFunc(slices.Clone(v.Doubts), func(s string) bool {
				return slices.Contains(was.Agreed, s)
			})
		}
		if d.tooSoon(*v) {
			v.State = handlers.Booked
			if !d.settled(*v) || !slices.Contains(d.stored[v.ID].Agreed, isTooSoon) {
				d.doubt(i, "status", isTooSoon)
			}
		}
		switch {
		case !ahead(*v, d.now):
			v.Doubts = nil
		case !d.settled(*v):
			d.judge(i)
		}
	}
	for _, x := range d.found {
		if v := &all[x.At]; !slices.Contains(v.Doubts, x.What) {
			v.Doubts = append(v.Doubts, x.What)
		}
	}
	return d.found, nil
}

// isTooSoon is why a visit of another day that is over, by what gives it, is booked and held.
const isTooSoon = "it is said to be over or missed before its day"

// tooSoon reports whether a visit is said to be over, or missed, before its day has come.
func (d *doubter) tooSoon(v handlers.Visit) bool {
	return v.Over() && v.Start.After(d.now) &&
		!handlers.SameDay(v.Start, d.now, d.b.Base.Clinic.Location())
}

// ahead reports whether an imported visit is to take place.
func ahead(v handlers.Visit, now time.Time) bool {
	return v.Start.After(now) && v.Stands() && !v.Over()
}

// doubter looks at the visits of one import.
type doubter struct {
	b     *Books
	all   []handlers.Visit
	now   time.Time
	found []Doubt

	stored map[string]handlers.Visit   // what is booked, by id
	people map[handlers.Phone][]string // the patients of a number
	days   map[string][]handlers.Visit // what a number has, or a name, by day
}

// gather notes what there is to compare with: the other visits of the import and those in the
// books.
func (d *doubter) gather(stored []handlers.Visit) {
	d.stored, d.days = map[string]handlers.Visit{}, map[string][]handlers.Visit{}
	given := map[string]bool{}
	for _, v := range d.all {
		given[v.ID] = true
		if ahead(v, d.now) {
			d.note(v)
		}
	}
	for _, v := range stored {
		d.stored[v.ID] = v
		if !given[v.ID] && v.Open(d.now) && !waitlist.ByText(v) {
			d.note(v)
		}
	}
}

// note notes a visit among those of its number.
func (d *doubter) note(v handlers.Visit) {
	day := v.Start.In(d.b.Base.Clinic.Location()).Format(time.DateOnly)
	d.days[v.Phone.E164()+day] = append(d.days[v.Phone.E164()+day], v)
	same := func(name string) bool { return handlers.SamePatient(name, v.Name) }
	if !slices.ContainsFunc(d.people[v.Phone], same) {
		d.people[v.Phone] = append(d.people[v.Phone], v.Name)
	}
}

// settled reports whether a visit is booked just so, and nothing of it is in doubt.
func (d *doubter) settled(v handlers.Visit) bool {
	old, known := d.stored[v.ID]
	return known && !old.Held() && old.Start.Equal(v.Start) && old.Phone == v.Phone &&
		old.Name == v.Name && old.Type == v.Type
}

func (d *doubter) doubt(at int, field, what string) {
	d.found = append(d.found, Doubt{At: at, Field: field, What: what})
}

// judge finds what is doubtful of one visit.
func (d *doubter) judge(at int) {
	v := d.all[at]
	if why := d.time(v); why != "" {
		d.doubt(at, "start", why)
	}
	if why := d.phone(v); why != "" {
		d.doubt(at, "phone", why)
	}
	if why := doubtName(v.Name); why != "" {
		d.doubt(at, "name", why)
	}
	if why := d.double(v); why != "" {
		d.doubt(at, "start", why)
	}
}

// farAhead is how far ahead visits are booked at the most.
const farAhead = 400 * 24 * time.Hour

// time says why a visit can hardly start then.
func (d *doubter) time(v handlers.Visit) string {
	c := d.b.Base.Clinic
	start := v.Start.In(c.Location())
	morning := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, start.Location())
	opens := c.Opens(morning)
	switch {
	case v.Start.Sub(d.now) > farAhead:
		return "it is more than a year ahead"
	case start.Equal(morning):
		return "it is at midnight: is that a date without a time?"
	case len(c.Hours) == 0:
		return ""
	case c.Holiday(start):
		return "the clinic has a holiday that day"
	case !handlers.SameDay(opens, start, c.Location()):
		return "the clinic is closed that day"
	case !c.Open(start):
		return "the clinic isn't open at that hour"
	}
	return ""
}

// mostPeople is how many patients share a number at the most, as a family does.
const mostPeople = 4

// The numbers that hardly are a patient's: those that are free to call, and those that are written
// where none is known. source: NANPA, 555 line numbers; 555-1212 is the directory's
var (
	tollFree    = regexp.MustCompile(`^\+18(?:00|33|44|55|66|77|88)`)
	placeholder = regexp.MustCompile(`^\+1\d{3}(?:555(?:1212|5555|0000)|1234567)$`)
)

// phone says why a number can hardly be the patient's.
func (d *doubter) phone(v handlers.Visit) string {
	c, n := d.b.Base.Clinic, v.Phone.E164()
	switch {
	case slices.Contains([]string{c.Phone, c.UrgentPhone, c.Desk.OnCallPhone}, n):
		return "its number is the clinic's own"
	case tollFree.MatchString(n), placeholder.MatchString(n),
		len(n) == 12 && strings.Count(n[5:], n[5:6]) == 7:
		return "its number can hardly be a patient's"
	case len(d.people[v.Phone]) > mostPeople:
		return fmt.Sprintf("its number is that of %d patients", len(d.people[v.Phone]))
	}
	return ""
}

// double says why a visit seems to be there twice.
func (d *doubter) double(v handlers.Visit) string {
	day := v.Start.In(d.b.Base.Clinic.Location()).Format(time.DateOnly)
	twice, both := false, false
	for _, w := range d.days[v.Phone.E164()+day] {
		if w.ID == v.ID || !handlers.SamePatient(v.Name, w.Name) {
			continue
		}
		twice = twice || w.Start.Equal(v.Start)
		both = both || w.Type == v.Type || d.overlap(v, w)
	}
	switch {
	case twice:
		return "the patient has two visits at that time"
	case both:
		return "the patient has two visits that day that can hardly both be"
	}
	return ""
}

// overlap reports whether one of two visits begins before the other ends.
func (d *doubter) overlap(v, w handlers.Visit) bool {
	if w.Start.Before(v.Start) {
		v, w = w, v
	}
	minutes := d.b.Base.Clinic.VisitTypes[v.Type].Minutes
	return w.Start.Before(v.Start.Add(time.Duration(minutes) * time.Minute))
}

// What names aren't.
var (
	isFormula = regexp.MustCompile(`^[=+@\-|\t]`)
	isLink    = regexp.MustCompile(`(?i)://|www\.|@|\b[a-z0-9-]+\.(?:com|net|org|io|us|info|biz|co)\b`)
	isOrder   = regexp.MustCompile(`(?i)\b(?:do not|don'?t|dnc|no (?:calls?|texts?)|` +
		`call (?:first|back|before|only|mom|dad|mother|father|her|him|them)|see notes?|deceased|duplicate|wrong number|` +
		`cancell?ed|no.?show|rescheduled?|ignore|system|select|drop table|javascript)\b`)
	isNobody = regexp.MustCompile(`(?i)^(?:the )?(?:new |walk.?in |test )?(?:patient|client|unknown|` +
		`tbd|tba|n/?a|none|no name|test(?:er|ing)?|hold|block(?:ed)?|lunch|meeting|walk.?in|closed|` +
		`anonymous|xx+|null|undefined)$`)
	isNumber = regexp.MustCompile(`\d{3}|\d.*\d.*\d`)
)

// doubtName says why a name can hardly be one.
func doubtName(name string) string {
	plain := strings.Join(strings.Fields(strings.ReplaceAll(name, ",", " ")), " ")
	switch {
	case isFormula.MatchString(name):
		return "its name begins like a formula"
	case isLink.MatchString(name):
		return "its name holds a link or an address"
	case isOrder.MatchString(name):
		return "its name holds a note to staff"
	case isNobody.MatchString(plain):
		return "its name is nobody's"
	case isNumber.MatchString(name):
		return "its name holds a number"
	}
	return ""
}

package fhir

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// records are what a look has read, each in its newest version, by id. A record that can't be
// decoded is among the unread.
type records struct {
	appointments map[string]appointment
	patients     map[string]patient
	slots        map[string]slot
	unread       map[string]bool // ids of appointments
	count        int
}

func newRecords() *records {
	return &records{
		appointments: map[string]appointment{}, patients: map[string]patient{},
		slots: map[string]slot{}, unread: map[string]bool{},
	}
}

// add takes a record of any kind; those that say nothing of visits are left out.
func (r *records) add(raw json.RawMessage) error {
	if r.count++; r.count > mostRecords {
		return errTooMuch
	}
	var kind struct {
		Type string `json:"resourceType"`
		ID   string `json:"id"`
	}
	if json.Unmarshal(raw, &kind) != nil || !recordID(kind.ID) {
		return nil
	}
	switch kind.Type {
	case "Appointment":
		if !put(r.appointments, kind.ID, raw, func(a appointment) meta { return a.Meta }) {
			r.unread[kind.ID] = true
		}
	case "Patient":
		put(r.patients, kind.ID, raw, func(p patient) meta { return p.Meta })
	case "Slot":
		put(r.slots, kind.ID, raw, func(s slot) meta { return s.Meta })
	}
	return nil
}

// put keeps a record unless there is a newer version of it; false if it can't be decoded.
func put[T any](in map[string]T, id string, raw json.RawMessage, of func(T) meta) bool {
	var one T
	if json.Unmarshal(raw, &one) != nil {
		return false
	}
	if old, ok := in[id]; !ok || !of(one).LastUpdated.Before(of(old).LastUpdated) {
		in[id] = one
	}
	return true
}

// missing returns the ids of the patients and slots that appointments name and that weren't read.
func (r *records) missing() (patients, slots []string) {
	need := map[string]bool{}
	for _, a := range r.appointments {
		for _, i := range a.patients() {
			if id := a.Participant[i].Actor.to("Patient"); !has(r.patients, id) && !need[id] {
				need[id] = true
				patients = append(patients, id)
			}
		}
		for _, s := range a.Slot {
			if id := s.to("Slot"); id != "" && !has(r.slots, id) && !need["slot "+id] {
				need["slot "+id] = true
				slots = append(slots, id)
			}
		}
	}
	slices.Sort(patients)
	slices.Sort(slots)
	return patients, slots
}

func has[T any](in map[string]T, id string) bool { _, ok := in[id]; return ok }

// Rules say how a clinic reads a FHIR server's records.
type Rules struct {
	Types map[string]string // visit types by what the server calls them, in any case
	Type  string            // that of a visit of which nothing is said
	Own   []string          // the clinic's visit types, which a server may use as they are
	Langs []string          // the languages that patients are answered in
}

// reading turns records into what a feed gives.
type reading struct {
	*records
	rules Rules
	now   time.Time

	given  handlers.Given
	faults map[string]int // how many visits each is about
}

// read returns what the records say.
func (r *records) read(rules Rules, now time.Time) handlers.Given {
	out := reading{records: r, rules: rules, now: now, faults: map[string]int{}}
	for _, id := range slices.Sorted(maps.Keys(r.appointments)) {
		out.visit(r.appointments[id])
	}
	for id := range r.unread {
		if !has(r.appointments, id) {
			out.skip(id, "can't be read at all: ask the server's vendor whether it is FHIR R4")
		}
	}
	out.given.Instead = r.instead()
	for _, why := range slices.Sorted(maps.Keys(out.faults)) {
		out.given.Faults = append(
			out.given.Faults,
			fmt.Sprintf("visits (%d): %s", out.faults[why], why),
		)
	}
	return out.given
}

// instead returns which appointments were booked in place of which: one that has another's
// identifier as an old one of its own.
func (r *records) instead() map[string]string {
	of := map[string]string{} // ids of appointments by their identifiers
	for id, a := range r.appointments {
		for _, i := range a.Identifier {
			if i.Use != "old" && i.Value != "" {
				of[i.System+"|"+i.Value] = id
			}
		}
	}
	out := map[string]string{}
	for id, a := range r.appointments {
		for _, i := range a.Identifier {
			was := of[i.System+"|"+i.Value]
			if i.Use != "old" || was == "" || was == id {
				continue
			}
			// Of one that moved twice, the last before it.
			last, known := out[id]
			if at := r.appointments[was].Meta.LastUpdated; !known ||
				at.After(r.appointments[last].Meta.LastUpdated) {
				out[id] = was
			}
		}
	}
	return out
}

// skip leaves an appointment out; what was known of it stands.
func (r *reading) skip(id, why string) {
	r.given.Unread = append(r.given.Unread, id)
	r.faults[why]++
}

// states are what the states of an appointment mean. One that is only proposed, waits for
// somebody's word or stands on a waitlist isn't booked, and if it was, it is off.
// source: hl7.org/fhir/R4/valueset-appointmentstatus
var states = map[string]string{
	"booked":   handlers.Booked,
	"proposed": handlers.Cancelled, "pending": handlers.Cancelled, "waitlist": handlers.Cancelled,
	"cancelled": handlers.Cancelled, "entered-in-error": handlers.Cancelled,
	"arrived": handlers.Arrived, "checked-in": handlers.Arrived, "fulfilled": handlers.Arrived,
	"noshow": handlers.Missed,
}

// visit reads an appointment.
func (r *reading) visit(a appointment) {
	v := handlers.Visit{External: a.ID}
	var known bool
	if v.State, known = states[a.Status]; !known {
		v.State = handlers.Booked
		v.Doubts = append(v.Doubts, "the server has it in a state that isn't known")
		r.faults["their state is no word of FHIR R4: the visits are held until somebody agrees"]++
	}
	if v.State == handlers.Cancelled { // of what is off nothing else needs to be right
		r.given.Visits = append(r.given.Visits, v)
		return
	}
	start, doubt, err := r.start(a)
	if err != "" {
		r.skip(a.ID, err)
		return
	}
	v.Start = start
	v.Doubts = also(v.Doubts, doubt)
	if err := r.who(a, &v); err != "" {
		r.skip(a.ID, err)
		return
	}
	if v.Name == "" && v.Phone.IsZero() { // a meeting, a time that is kept free: nobody's visit
		return
	}
	if v.Type = r.kind(a); v.Type == "" && v.State == handlers.Booked {
		r.skip(a.ID, "what the server calls them isn't among the feed's types"+called(a)+
			": add it to `types:`")
		return
	}
	r.given.Visits = append(r.given.Visits, v)
}

// also adds a doubt unless it is "".
func also(doubts []string, doubt string) []string {
	if doubt == "" || slices.Contains(doubts, doubt) {
		return doubts
	}
	return append(doubts, doubt)
}

// start returns when an appointment starts, and what is doubtful about it. Without a start of its
// own it starts with its first slot.
func (r *reading) start(a appointment) (at time.Time, doubt, err string) {
	var first time.Time
	for _, ref := range a.Slot {
		s, ok := r.slots[ref.to("Slot")]
		at, bad := instant(s.Start)
		switch {
		case !ok || bad:
		case s.Status == "entered-in-error":
			doubt = "its slot was entered in error"
		case first.IsZero() || at.Before(first):
			first = at
		}
	}
	if a.Start == "" && first.IsZero() {
		return at, "", "have no start: give them one at the other system"
	}
	if a.Start == "" {
		return first, doubt, ""
	}
	at, bad := instant(a.Start)
	switch {
	case bad:
		return at, "", "have a start without a zone, which can be read in two ways: ask the " +
			"server's vendor for starts like 2026-12-01T14:30:00-05:00"
	case !first.IsZero() && !first.Equal(at):
		doubt = "its slot starts at another time"
	}
	return at, doubt, ""
}

// instant reads a moment, which must have its zone.
func instant(s string) (at time.Time, bad bool) {
	at, err := time.Parse(time.RFC3339, s)
	return at, err != nil
}

// who fills in whose visit it is. Nobody's has neither name nor number; one without a number has
// the name alone.
func (r *reading) who(a appointment, v *handlers.Visit) (err string) {
	of := a.patients()
	switch len(of) {
	case 0:
		return ""
	case 1:
	default:
		return "are for two patients or more, and nobody knows which to text: book one each"
	}
	actor := a.Participant[of[0]].Actor
	p, ok := r.patients[actor.to("Patient")]
	if !ok {
		return "have a patient whose record can't be read: ask the server's vendor to allow it"
	}
	v.Name = p.name(r.now)
	if v.Name == "" {
		v.Name = plainName(actor.Display)
	}
	if v.Name == "" {
		return "have a patient without a name"
	}
	var doubt string
	v.Phone, doubt = p.phone(r.now)
	v.Lang = p.lang(r.rules.Langs)
	v.Doubts = also(also(v.Doubts, doubt), p.gone())
	return ""
}

// kind returns the visit type: by the service, else by the appointment's own type, which some
// systems use for the patient's class. "" if neither is known and none is set for such.
func (r *reading) kind(a appointment) string {
	for _, c := range append(slices.Clone(a.ServiceType), a.AppointmentType) {
		for _, word := range c.words() {
			word = strings.TrimSpace(word)
			for is, t := range r.rules.Types {
				if word != "" && strings.EqualFold(is, word) {
					return t
				}
			}
			for _, t := range r.rules.Own {
				if strings.EqualFold(t, word) {
					return t
				}
			}
		}
	}
	return r.rules.Type
}

// longestCode is how long a code of a visit's type may be to be shown: it is a word of the server's
// lists, never free text.
const longestCode = 40

// called returns the codes of an appointment's type, to be added to the feed's types; "" if it has
// none.
func called(a appointment) string {
	var codes []string
	for _, c := range append(slices.Clone(a.ServiceType), a.AppointmentType) {
		for _, one := range c.Coding {
			if one.Code != "" && len(one.Code) <= longestCode &&
				!strings.ContainsAny(one.Code, " \t\n") {
				codes = append(codes, one.Code)
			}
		}
	}
	if len(codes) == 0 {
		return ""
	}
	return " (" + strings.Join(codes, ", ") + ")"
}

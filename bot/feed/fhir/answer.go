package fhir

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// statuses are a patient's answers as the status of a participant.
// source: hl7.org/fhir/R4/valueset-participationstatus
var statuses = map[string]string{
	handlers.Confirmed: "accepted", handlers.Declined: "declined",
}

// writeTries is how often an answer is written within one attempt: each time after somebody else
// has written the visit since it was read.
const writeTries = 3

// cancelled is the status of a visit that the desk has taken off.
// source: hl7.org/fhir/R4/valueset-appointmentstatus
const cancelled = "cancelled"

// written returns the status that says what is to be written: the visit's own if the desk took it
// off, else the patient's among its participants; "" for what can't be written.
func written(a handlers.WriteBack) string {
	if a.State == handlers.Off {
		return cancelled
	}
	return statuses[a.State]
}

// WriteBack writes what a patient said of a visit as their status among its participants, or that the
// desk took it off as its own, and changes nothing else of it. The same again changes nothing. Nothing is written over what somebody has
// changed there since the patient's answer, see [handlers.ErrOvertaken]: the visit is off there,
// has moved, or another answer was entered.
func (f *Server) WriteBack(ctx context.Context, a handlers.WriteBack, now time.Time) error {
	if !recordID(a.External) || written(a) == "" {
		return errors.New("the answer isn't one that can be written")
	}
	var read answerable
	var refusal error // of the visit as it was read
	for range writeTries {
		at, err := f.readFor(ctx, a, now)
		switch {
		case err != nil:
			return err
		case at.status == written(a):
			return nil
		case refusal != nil && at.status != read.status:
			return fmt.Errorf("another answer was entered there: %w", handlers.ErrOvertaken)
		case refusal != nil && at.etag == read.etag: // nobody has changed it
			return refusal
		}
		read = at
		if refusal, err = f.write(ctx, at, written(a), now); err != nil || refusal == nil {
			return err
		}
	}
	return errors.New("others keep changing the visit at the other system")
}

// answerable is where an answer is to be written: the visit as it was read, and whose status it is.
type answerable struct {
	id, etag, actor, status string
	place                   int  // among the participants
	own                     bool // it is the visit's own status
}

// readFor reads the visit that an answer is about, and says whether it can be written there.
func (f *Server) readFor(
	ctx context.Context, a handlers.WriteBack, now time.Time,
) (answerable, error) {
	u := f.client.base.JoinPath("Appointment", a.External)
	got, err := f.client.ask(ctx, http.MethodGet, u, http.Header{}, nil, now)
	if err != nil {
		return answerable{}, err
	}
	switch got.status {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusGone:
		return answerable{}, fmt.Errorf("it isn't there any more: %w", handlers.ErrOvertaken)
	default:
		return answerable{}, refused(got.status, "the reading of a visit")
	}
	var there appointment
	if json.Unmarshal(got.body, &there) != nil || there.ID != a.External {
		return answerable{}, errors.New("the server's answer to a visit isn't FHIR")
	}
	if a.State == handlers.Off && there.Status == cancelled {
		return answerable{status: cancelled}, nil
	}
	at, err := place(there, a)
	if err != nil || at.status == written(a) {
		return at, err
	}
	if at.etag = etag(got, there.Meta); at.etag == "" {
		return at, errors.New(
			"the server gives visits no version, so somebody's change could be lost",
		)
	}
	asked := at.status == "needs-action" || at.status == ""
	if !at.own && !asked && !f.wrote.is(at) && !before(got, there, a, now) {
		return at, fmt.Errorf("another answer was entered there: %w", handlers.ErrOvertaken)
	}
	return at, nil
}

// etag returns the version of a record as If-Match has it; "" if the server gives none.
func etag(got answer, m meta) string {
	if tag := got.header.Get("ETag"); tag != "" || m.VersionID == "" {
		return tag
	}
	return `W/"` + m.VersionID + `"`
}

// place finds the patient among the participants of a visit that stands as it did when they
// answered.
func place(now appointment, a handlers.WriteBack) (answerable, error) {
	of := now.patients()
	start, bad := instant(now.Start)
	switch {
	case states[now.Status] != handlers.Booked:
		return answerable{}, fmt.Errorf("it isn't booked there: %w", handlers.ErrOvertaken)
	case now.Start != "" && (bad || !start.Equal(a.Start)):
		return answerable{}, fmt.Errorf("it has moved there: %w", handlers.ErrOvertaken)
	case len(of) != 1:
		return answerable{}, fmt.Errorf(
			"it is for another patient there: %w",
			handlers.ErrOvertaken,
		)
	}
	p := now.Participant[of[0]]
	if a.State == handlers.Off { // staff's word: only that the visit is still the same counts
		return answerable{id: now.ID, status: now.Status, own: true}, nil
	}
	return answerable{id: now.ID, actor: p.Actor.Reference, status: p.Status, place: of[0]}, nil
}

// before reports whether a visit was last changed before the patient answered. Both are measured
// from now, each by its own clock, so that a clock that is wrong does no harm. What isn't known is
// taken for later.
func before(got answer, v appointment, a handlers.WriteBack, now time.Time) bool {
	clock, err := http.ParseTime(got.header.Get("Date"))
	if err != nil || v.Meta.LastUpdated.IsZero() {
		return false
	}
	return clock.Sub(v.Meta.LastUpdated) > now.Sub(a.At)
}

// step is one of a JSON patch. source: rfc-editor.org/rfc/rfc6902
type step struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value string `json:"value"`
}

// patch returns the steps that set the status.
func (at answerable) patch(status string) []step {
	path := fmt.Sprintf("/participant/%d/", at.place)
	switch {
	case at.own:
		return []step{{"test", "/status", at.status}, {"replace", "/status", status}}
	case at.status == "": // it must have one, but not every server sees to that
		return []step{
			{"test", path + "actor/reference", at.actor}, {"add", path + "status", status},
		}
	}
	return []step{
		{"test", path + "actor/reference", at.actor},
		{"test", path + "status", at.status},
		{"replace", path + "status", status},
	}
}

// write sets a status, if the visit is as it was read. The refusal is what the server
// says if it isn't: servers have several statuses for that, which can mean other things as well.
func (f *Server) write(
	ctx context.Context, at answerable, status string, now time.Time,
) (refusal, err error) {
	body, err := json.Marshal(at.patch(status))
	if err != nil {
		return nil, fmt.Errorf("fhir: %w", err)
	}
	header := http.Header{
		"Content-Type": {"application/json-patch+json"}, "If-Match": {at.etag},
		"Prefer": {"return=minimal"},
	}
	u := f.client.base.JoinPath("Appointment", at.id)
	got, err := f.client.ask(ctx, http.MethodPatch, u, header, body, now)
	if err != nil {
		return nil, err
	}
	if got.status < http.StatusMultipleChoices {
		var there appointment // the answer may have no body
		_ = json.Unmarshal(got.body, &there)
		at.etag = etag(got, there.Meta)
		f.wrote.keep(at)
		return nil, nil
	}
	err = refused(got.status, "the patient's answer")
	switch got.status {
	case http.StatusPreconditionFailed, http.StatusConflict, http.StatusBadRequest,
		http.StatusUnprocessableEntity:
		return err, nil
	}
	return nil, err
}

// ours remembers the versions of visits that this process wrote last. A visit that is still as we
// wrote it was changed by nobody since, so a patient who changes their mind within the second is
// heard. The zero value is ready.
type ours struct {
	mu   sync.Mutex
	tags map[string]string // by the visit's id there
}

// mostOurs is how many are remembered before it begins anew: an answer whose visit is forgotten
// goes by the times alone.
const mostOurs = 10_000

func (o *ours) keep(at answerable) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.tags == nil || len(o.tags) >= mostOurs {
		o.tags = map[string]string{}
	}
	o.tags[at.id] = at.etag
}

func (o *ours) is(at answerable) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return at.etag != "" && o.tags[at.id] == at.etag
}

package fhir_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// chart is a visit at a server, which somebody may change between two requests.
type chart struct {
	version          int
	state, start     string
	patient, answer  string
	changed          time.Time
	before           func(c *chart) // what happens just before it is written; once
	refuse           int
	wrote            []string
	noVersion, noTag bool
	now              *time.Time // when it is written; nil: changed stays as it is
}

func (c *chart) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.refuse != 0 && (r.Method == http.MethodPatch || c.refuse >= 500 || c.refuse == 404) {
		w.WriteHeader(c.refuse)
		return
	}
	if r.Method == http.MethodGet {
		if !c.noTag {
			w.Header().Set("ETag", fmt.Sprintf(`W/"%d"`, c.version))
		}
		meta := fmt.Sprintf(
			`{"versionId": "%d", "lastUpdated": %q}`,
			c.version,
			c.changed.Format(time.RFC3339),
		)
		if c.noVersion {
			meta = `{}`
		}
		_, _ = fmt.Fprintf(w, `{"resourceType": "Appointment", "id": "a1", "meta": %s, "status": %q,
			"start": %q, "participant": [{"actor": {"reference": "Practitioner/d"}, "status": "accepted"},
			{"actor": {"reference": %q}, "status": %q}]}`, meta, c.state, c.start, c.patient, c.answer)
		return
	}
	if c.before != nil {
		c.before(c)
		c.before = nil
	}
	if r.Header.Get("If-Match") != fmt.Sprintf(`W/"%d"`, c.version) {
		w.WriteHeader(http.StatusPreconditionFailed)
		return
	}
	body, _ := io.ReadAll(r.Body)
	var steps []struct{ Op, Path, Value string }
	if json.Unmarshal(body, &steps) != nil || r.Method != http.MethodPatch ||
		r.Header.Get("Content-Type") != "application/json-patch+json" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, s := range steps {
		c.wrote = append(c.wrote, s.Op+" "+s.Path+" "+s.Value)
	}
	c.version++
	if last := steps[len(steps)-1]; last.Path == "/status" {
		c.state = last.Value
	} else {
		c.answer = last.Value
	}
	if c.now != nil {
		c.changed = *c.now
	}
	w.Header().Set("ETag", fmt.Sprintf(`W/"%d"`, c.version))
	w.WriteHeader(http.StatusNoContent)
}

func TestWritesAnswersBack(t *testing.T) {
	// The patient answers at 11:50; it is noon now, there as here.
	for name, c := range map[string]struct {
		chart  chart
		state  string // Confirmed if it is empty
		answer string // the participant's status in the end
		err    string // part of the error
		over   bool   // somebody's word is newer
		writes int
	}{
		"nobody has answered": {answer: "accepted", writes: 1},
		"they can't come":     {state: handlers.Declined, answer: "declined", writes: 1},
		"it is there already": {chart: chart{answer: "accepted"}, answer: "accepted"},
		"they change their mind": {
			chart: chart{answer: "accepted", changed: at("2026-11-30T11:00:00Z")},
			state: handlers.Declined, answer: "declined", writes: 1,
		},
		"a person answered later": {
			chart:  chart{answer: "declined", changed: at("2026-11-30T11:55:00Z")},
			answer: "declined", err: "another answer was entered there", over: true,
		},
		"nobody knows when a person answered": {
			chart: chart{answer: "declined", noVersion: true}, answer: "declined",
			err: "another answer", over: true,
		},
		"a note is written meanwhile": {
			chart: chart{before: func(c *chart) { c.version++ }}, answer: "accepted", writes: 1,
		},
		"a person answers meanwhile": {
			chart:  chart{before: func(c *chart) { c.version++; c.answer = "declined" }},
			answer: "declined", err: "another answer", over: true,
		},
		"a person asks meanwhile": {
			chart:  chart{before: func(c *chart) { c.version++; c.answer = "tentative" }},
			answer: "tentative", err: "another answer", over: true,
		},
		"it is moved meanwhile": {
			chart:  chart{before: func(c *chart) { c.version++; c.start = "2026-12-02T14:30:00-05:00" }},
			answer: "needs-action", err: "it has moved there", over: true,
		},
		"it has moved": {
			chart: chart{start: "2026-12-02T14:30:00-05:00"}, answer: "needs-action",
			err: "it has moved there", over: true,
		},
		"the same time otherwise written": {
			chart: chart{start: "2026-12-01T19:30:00Z"}, answer: "accepted", writes: 1,
		},
		"it is off": {
			chart: chart{state: "cancelled"}, answer: "needs-action", err: "it isn't booked there", over: true,
		},
		"it is another's": {
			chart: chart{patient: "Group/g"}, answer: "needs-action", err: "another patient", over: true,
		},
		"it is gone":     {chart: chart{refuse: 404}, answer: "needs-action", err: "isn't there any more", over: true},
		"not allowed":    {chart: chart{refuse: 403}, answer: "needs-action", err: "refuses the patient's answer (403)"},
		"not understood": {chart: chart{refuse: 422}, answer: "needs-action", err: "doesn't take the patient's answer (422)"},
		"it fails":       {chart: chart{refuse: 503}, answer: "needs-action", err: "the server fails (503)"},
		"without an ETag": {
			chart: chart{noTag: true}, answer: "accepted", writes: 1,
		},
		"without a version": {
			chart: chart{noTag: true, noVersion: true}, answer: "needs-action", err: "no version",
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := c.chart
			v.version = 7
			for is, or := range map[*string]string{
				&v.state: "booked", &v.start: "2026-12-01T14:30:00-05:00", &v.patient: "Patient/p1",
				&v.answer: "needs-action",
			} {
				if *is == "" {
					*is = or
				}
			}
			if v.changed.IsZero() {
				v.changed = at("2026-11-30T11:58:00Z")
			}
			e := newEHR(t, map[string]any{"": v.ServeHTTP})
			a := handlers.WriteBack{
				External: "a1", Start: at("2026-12-01T19:30:00Z"), State: c.state,
				At: at("2026-11-30T11:50:00Z"),
			}
			if a.State == "" {
				a.State = handlers.Confirmed
			}
			f := e.fhir(t)
			for range 2 { // the same again changes nothing
				err := f.WriteBack(t.Context(), a, at(noon))
				if (err == nil) != (c.err == "") ||
					err != nil && !strings.Contains(err.Error(), c.err) ||
					errors.Is(err, handlers.ErrOvertaken) != c.over {
					t.Errorf("%v, want %s", err, c.err)
				}
			}
			if v.answer != c.answer || len(v.wrote) != 3*c.writes {
				t.Errorf("%s, wrote %q", v.answer, v.wrote)
			}
			for i, step := range v.wrote {
				if want := []string{
					"test /participant/1/actor/reference Patient/p1", "test /participant/1/status ",
					"replace /participant/1/status " + c.answer,
				}[i]; !strings.HasPrefix(step, want) {
					t.Errorf("%s, want %s", step, want)
				}
			}
		})
	}
}

// A patient who changes their mind within the second is heard, since nobody else has written the
// visit in between; if somebody has, their word stands.
func TestAChangeOfMindAtOnce(t *testing.T) {
	now := at(noon)
	v := chart{
		version: 1, state: "booked", start: "2026-12-01T14:30:00-05:00", patient: "Patient/p1",
		answer: "needs-action", changed: now.Add(-time.Hour), now: &now,
	}
	e := newEHR(t, map[string]any{"": v.ServeHTTP})
	f := e.fhir(t)
	say := func(state string) error {
		return f.WriteBack(t.Context(), handlers.WriteBack{
			External: "a1", Start: at("2026-12-01T19:30:00Z"), State: state, At: now,
		}, now)
	}
	for _, state := range []string{handlers.Confirmed, handlers.Declined, handlers.Confirmed} {
		if err := say(state); err != nil {
			t.Error(err)
		}
	}
	v.version, v.answer = v.version+1, "declined"
	if err := say(handlers.Confirmed); !errors.Is(err, handlers.ErrOvertaken) ||
		v.answer != "declined" {
		t.Errorf("%s %v", v.answer, err)
	}
	if len(v.wrote) != 9 {
		t.Errorf("wrote %q", v.wrote)
	}
}

// What the desk takes off is called off there, if it is still the same visit.
func TestWritesThatAVisitIsOff(t *testing.T) {
	for name, c := range map[string]struct {
		chart chart
		state string // in the end
		err   string
		over  bool
		wrote string
	}{
		"it stands": {
			state: "cancelled", wrote: "test /status booked, replace /status cancelled",
		},
		"the patient has confirmed since": {
			chart: chart{answer: "accepted"}, state: "cancelled",
			wrote: "test /status booked, replace /status cancelled",
		},
		"it is off already": {chart: chart{state: "cancelled"}, state: "cancelled"},
		"it has begun":      {chart: chart{state: "arrived"}, state: "arrived", err: "isn't booked", over: true},
		"it has moved": {
			chart: chart{start: "2026-12-02T14:30:00-05:00"}, state: "booked", err: "has moved", over: true,
		},
		"it is another's": {
			chart: chart{patient: "Group/g"}, state: "booked", err: "another patient", over: true,
		},
		"a note is written meanwhile": {
			chart: chart{before: func(c *chart) { c.version++ }}, state: "cancelled",
			wrote: "test /status booked, replace /status cancelled",
		},
		"not allowed": {chart: chart{refuse: 403}, state: "booked", err: "(403)"},
	} {
		t.Run(name, func(t *testing.T) {
			v := c.chart
			v.version, v.changed = 7, at("2026-11-30T11:58:00Z")
			for is, or := range map[*string]string{
				&v.state: "booked", &v.start: "2026-12-01T14:30:00-05:00", &v.patient: "Patient/p1",
				&v.answer: "needs-action",
			} {
				if *is == "" {
					*is = or
				}
			}
			f := newEHR(t, map[string]any{"": v.ServeHTTP}).fhir(t)
			for range 2 { // the same again changes nothing
				err := f.WriteBack(t.Context(), handlers.WriteBack{
					External: "a1", Start: at("2026-12-01T19:30:00Z"), State: handlers.Off,
					At: at("2026-11-30T11:50:00Z"),
				}, at(noon))
				if (err == nil) != (c.err == "") ||
					err != nil && !strings.Contains(err.Error(), c.err) ||
					errors.Is(err, handlers.ErrOvertaken) != c.over {
					t.Errorf("%v, want %s", err, c.err)
				}
			}
			if got := strings.Join(v.wrote, ", "); v.state != c.state || got != c.wrote {
				t.Errorf("%s, wrote %q", v.state, got)
			}
		})
	}
}

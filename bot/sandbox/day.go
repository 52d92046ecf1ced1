package sandbox

import (
	"net/http"
	"strconv"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// DayQuery says what of the books the page shows on its time line.
type DayQuery struct {
	From  time.Time      // within the first day; zero: today
	Days  int            // how many, 1 to maxDays
	Phone handlers.Phone // of whose visits alone; zero: everybody's
}

// maxDays bounds how many days the time line shows at a time.
const maxDays = 31

// Day is what the page draws on a time line: visits, each with all of its texts.
type Day struct {
	From   time.Time   `json:"from"` // in the clinic's zone, as all times of it
	Until  time.Time   `json:"until"`
	Days   []time.Time `json:"days"`            // when each day begins; one may have 23 or 25 hours
	Hours  []time.Time `json:"hours,omitempty"` // of a single day: every third
	Visits []DayVisit  `json:"visits"`          // by their start; never null
	More   int         `json:"more"`            // further visits, which weren't looked at
}

// DayVisit is a visit with its texts.
type DayVisit struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Phone  string    `json:"phone"`
	Start  time.Time `json:"start"`
	Type   string    `json:"type"`
	Stands string    `json:"stands"`
	Texts  []DayText `json:"texts"` // by their time; never null
}

// The states of a text on the time line that the ledger doesn't know.
const (
	DayHeld    = "held"    // planned, and put off when it is due, as things stand
	DayDropped = "dropped" // planned, and left out when it is due, as things stand
	DayWith    = "with"    // planned, and said in another text, as things stand
	DayCheck   = "check"   // no text: a look at the visit, to come
	DayChecked = "checked" // one that was taken
)

// DayText is a text of a visit, or a check on it.
type DayText struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"` // when it left, or is to leave
	Label    string    `json:"label"`
	Is       string    `json:"is"`    // what it is for, in words
	State    string    `json:"state"` // of the ledger, or one of the above
	Body     string    `json:"body"`  // what left, or would; "" if nothing does
	Segments int       `json:"segments,omitempty"`
	Why      []string  `json:"why"`   // why at that time, or why not, in sentences; never null
	Rules    []string  `json:"rules"` // of a planned text: the rules that decide; never null
}

// serveDay is GET /sandbox/day?from=2026-12-01&days=7&phone=: the visits of some days, or of a
// number, each with what has left and what is planned.
func (s *Sandbox) serveDay(w http.ResponseWriter, r *http.Request) error {
	const usual = 7
	q, in := DayQuery{Days: usual}, r.URL.Query()
	var err error
	if from := in.Get("from"); from != "" {
		if q.From, err = time.ParseInLocation(time.DateOnly, from, s.zone()); err != nil {
			return badRequest(`from: want a day like "2026-12-01"`)
		}
		q.From = q.From.Add(12 * time.Hour) // noon exists on every day, or an hour beside it
	}
	if days := in.Get("days"); days != "" {
		if q.Days, err = strconv.Atoi(days); err != nil || q.Days < 1 || q.Days > maxDays {
			return badRequest("days: want 1 to " + strconv.Itoa(maxDays))
		}
	}
	if number := in.Get("phone"); number != "" {
		if q.Phone, err = s.number(number); err != nil {
			return err
		}
	}
	day, err := s.cfg.Load().Day(r.Context(), q)
	if err != nil {
		return err
	}
	s.left(day)
	return writeJSON(w, day)
}

// left puts in the words that have left, which the ledger doesn't keep.
func (s *Sandbox) left(day Day) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bodies := map[string]string{}
	for _, m := range s.messages {
		if m.row != "" {
			bodies[m.row] = m.Body
		}
	}
	for _, v := range day.Visits {
		for i := range v.Texts {
			if t := &v.Texts[i]; t.Body == "" && bodies[t.ID] != "" {
				t.Body = bodies[t.ID]
				t.Segments, _ = knowledge.Segments(t.Body)
			}
		}
	}
}

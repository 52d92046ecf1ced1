package fhir

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
)

// The parts of FHIR R4 that are read. What a record has besides is neither read nor kept.
// source: hl7.org/fhir/R4

// meta is what the server says of a record itself.
type meta struct {
	VersionID   string    `json:"versionId"`
	LastUpdated time.Time `json:"lastUpdated"`
}

type coding struct {
	Code    string `json:"code"`
	Display string `json:"display"`
}

type concept struct {
	Coding []coding `json:"coding"`
	Text   string   `json:"text"`
}

// words returns all that a concept is called.
func (c concept) words() (out []string) {
	for _, one := range c.Coding {
		out = append(out, one.Code, one.Display)
	}
	return append(out, c.Text)
}

type reference struct {
	Reference string `json:"reference"`
	Display   string `json:"display"`
}

// to returns the id of the record of a kind that a reference leads to; "" if it leads elsewhere.
// What stands before the kind, a server's own address, doesn't count: only this server is asked.
func (r reference) to(kind string) string {
	parts := strings.Split(r.Reference, "/")
	for i := len(parts) - 2; i >= 0; i-- {
		if parts[i] == kind && recordID(parts[i+1]) {
			return parts[i+1]
		}
	}
	return ""
}

// recordID reports whether a text can be a record's id. source: hl7.org/fhir/R4/datatypes#id
func recordID(s string) bool {
	return s != "" && len(s) <= 64 && s != "." && s != ".." &&
		!strings.ContainsFunc(s, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') &&
				r != '-' && r != '.' && r != '_'
		})
}

type period struct {
	End string `json:"end"`
}

// over reports whether a period has ended. An end can be a day, a month or a year alone, which all
// belong to it; its zone doesn't count.
func (p period) over(now time.Time) bool {
	is := now.UTC().Format("2006-01-02T15:04:05")
	return p.End != "" && p.End < is[:min(len(p.End), len(is))]
}

type identifier struct {
	Use    string `json:"use"`
	System string `json:"system"`
	Value  string `json:"value"`
}

// appointment is a visit as a FHIR server has it.
type appointment struct {
	ID              string        `json:"id"`
	Meta            meta          `json:"meta"`
	Identifier      []identifier  `json:"identifier"`
	Status          string        `json:"status"`
	Start           string        `json:"start"`
	ServiceType     []concept     `json:"serviceType"`
	AppointmentType concept       `json:"appointmentType"`
	Slot            []reference   `json:"slot"`
	Participant     []participant `json:"participant"`
}

type participant struct {
	Actor  reference `json:"actor"`
	Status string    `json:"status"`
}

// patients returns the places of its patients among the participants.
func (a appointment) patients() (out []int) {
	for i, p := range a.Participant {
		if p.Actor.to("Patient") != "" {
			out = append(out, i)
		}
	}
	return out
}

// slot is a stretch of a schedule. Only the slots of appointments are read: a free one is no visit.
type slot struct {
	ID     string `json:"id"`
	Meta   meta   `json:"meta"`
	Status string `json:"status"`
	Start  string `json:"start"`
}

// patient is whom a visit is for.
type patient struct {
	ID            string         `json:"id"`
	Meta          meta           `json:"meta"`
	Active        *bool          `json:"active"`
	Name          []personName   `json:"name"`
	Telecom       []contactPoint `json:"telecom"`
	Deceased      bool           `json:"deceasedBoolean"`
	DeceasedAt    string         `json:"deceasedDateTime"`
	Communication []struct {
		Language  concept `json:"language"`
		Preferred bool    `json:"preferred"`
	} `json:"communication"`
	Link []struct {
		Type string `json:"type"`
	} `json:"link"`
}

type personName struct {
	Use    string   `json:"use"`
	Text   string   `json:"text"`
	Family string   `json:"family"`
	Given  []string `json:"given"`
	Period period   `json:"period"`
}

type contactPoint struct {
	System string `json:"system"`
	Value  string `json:"value"`
	Use    string `json:"use"`
	Rank   int    `json:"rank"`
	Period period `json:"period"`
}

// name returns what the patient is called: as usual, else as in papers, else by a name whose use
// isn't said. A nickname, or a name that was given up, is nobody's to write.
func (p patient) name(now time.Time) string {
	best, at := "", -1
	for _, n := range p.Name {
		i := slices.Index([]string{"", "official", "usual"}, n.Use)
		if i <= at || n.Period.over(now) {
			continue
		}
		whole := strings.Join(append(slices.Clone(n.Given), n.Family), " ")
		if whole = plainName(cmp.Or(strings.TrimSpace(whole), n.Text)); whole != "" {
			best, at = whole, i
		}
	}
	return best
}

// longestName is how many characters a name may have: it must fit into a text.
const longestName = 100

// plainName returns a name in one line; "" for what is no name.
func plainName(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > longestName || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

// Why a person must agree to a number.
const (
	doubtAtWork = "the only number of the record is one at work"
	doubtTwo    = "the record has two mobile numbers: rank one first"
	doubtNumber = "the record's first number can't be one"
)

// phone returns the number that the patient is texted at, and what is doubtful about it; zero if
// the record has none. Numbers for texts come first, then mobiles, then the lower rank. One that is
// old or has ended isn't theirs any more.
func (p patient) phone(now time.Time) (handlers.Phone, string) {
	var all []contactPoint
	for _, t := range p.Telecom {
		if (t.System == "phone" || t.System == "sms") && t.Use != "old" && !t.Period.over(now) &&
			strings.TrimSpace(t.Value) != "" {
			all = append(all, t)
		}
	}
	slices.SortStableFunc(all, func(a, b contactPoint) int {
		return cmp.Or(cmp.Compare(a.class(), b.class()), cmp.Compare(a.order(), b.order()))
	})
	for i, t := range all {
		n, err := feed.ParsePhone(t.Value)
		if err != nil {
			continue
		}
		switch {
		case i > 0:
			return n, doubtNumber
		case t.Use == "work" && t.System != "sms":
			return n, doubtAtWork
		}
		for _, other := range all[i+1:] {
			same := other.class() == t.class() && other.order() == t.order()
			if m, err := feed.ParsePhone(other.Value); same && err == nil && m != n {
				return n, doubtTwo
			}
		}
		return n, ""
	}
	return handlers.Phone{}, ""
}

// class orders numbers by what they are for.
func (t contactPoint) class() int {
	switch {
	case t.System == "sms":
		return 0
	case t.Use == "mobile":
		return 1
	case t.Use == "work":
		return 3
	}
	return 2
}

// order is the rank, after all others if there is none.
func (t contactPoint) order() int {
	if t.Rank <= 0 {
		return 1 << 20
	}
	return t.Rank
}

// lang returns which of the languages the patient reads, the preferred one first; "" if none is
// said that the clinic answers in.
func (p patient) lang(known []string) string {
	best := ""
	for _, c := range p.Communication {
		for _, w := range c.Language.words() {
			w, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(w)), "-")
			if slices.Contains(known, w) && (best == "" || c.Preferred) {
				best = w
			}
		}
		if c.Preferred && best != "" {
			return best
		}
	}
	return best
}

// gone says why nobody should be texted by this record; "" if nothing speaks against it.
func (p patient) gone() string {
	switch {
	case p.Deceased || p.DeceasedAt != "":
		return "the record says that the patient has died"
	case slices.ContainsFunc(p.Link, func(l struct {
		Type string `json:"type"`
	},
	) bool {
		return l.Type == "replaced-by"
	}):
		return "the patient's record was merged into another"
	case p.Active != nil && !*p.Active:
		return "the patient's record isn't active any more"
	}
	return ""
}

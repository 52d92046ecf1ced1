package handlers

import (
	"slices"
	"time"
)

// The states of a visit.
const (
	Booked     = "booked"
	Confirmed  = "confirmed"
	Declined   = "declined"   // the patient said that they can't come
	Reschedule = "reschedule" // the patient asked for another day
	Off        = "off"        // the desk took it off
	Cancelled  = "cancelled"  // an import or a feed said that it is off
	Arrived    = "arrived"    // the patient has come
	Missed     = "missed"     // the patient didn't come
)

// A patient's answers to the question who drives them home.
const (
	RideArranged = "arranged"
	RideHelp     = "help"
)

// Visit is an appointment.
type Visit struct {
	ID    string    `json:"id"`
	Name  string    `json:"name"`
	Phone Phone     `json:"phone"`
	Start time.Time `json:"start"`
	Type  string    `json:"type"` // a visit type of clinic.yaml
	Zone  string    `json:"zone"` // IANA name, the patient's; "" is the clinic's
	Lang  string    `json:"lang"` // en or es; "" is en
	State string    `json:"state"`
	// Ride is RideArranged or RideHelp, or "" until the patient has said.
	Ride  string    `json:"ride,omitempty"`
	Asked time.Time `json:"asked,omitzero"` // when the patient was asked who drives them home
	// AskedComes is when the patient was last asked whether they come.
	AskedComes time.Time `json:"asked_comes,omitzero"`
	// Prepared is when the patient was told how to prepare, or staff got the task to tell them.
	Prepared time.Time `json:"told,omitzero"`
	// Late is when it became known that the patient comes late, and LateBy by how many minutes, if
	// that is. Here is when they wrote that they are at the door.
	Late   time.Time `json:"late,omitzero"`
	LateBy int       `json:"late_by,omitempty"`
	Here   time.Time `json:"here,omitzero"`
	Was    time.Time `json:"was,omitzero"` // its start before it last moved
	// Gap is the start of the visit that follows in its series, once staff were told that it comes
	// late.
	Gap time.Time `json:"gap,omitzero"`
	// Moves is how often it moved. A visit that moves away and back gets its texts again.
	Moves int `json:"moves,omitempty"`

	// Source is the feed in clinic.yaml that the visit comes from; "" for the desk, and for files
	// in Beacon's own layout. External is its id in that system, and Version the version there, or
	// a hash of what it holds, to tell a change.
	Source   string `json:"source,omitempty"`
	External string `json:"external,omitempty"`
	Version  string `json:"version,omitempty"`
	// Doubts are why a person must agree before anything is texted about the visit; see Held. They
	// never hold a name or a number. Agreed are those that a person has agreed to.
	Doubts []string `json:"doubts,omitempty"`
	Agreed []string `json:"agreed,omitempty"`
}

// Held reports whether nothing may be texted about the visit until a person has agreed to it.
func (v Visit) Held() bool { return len(v.Doubts) > 0 }

// Standing is the visit's state as staff read it, with whether it is held.
func (v Visit) Standing() string {
	if v.Held() {
		return v.State + ", held"
	}
	return v.State
}

// Over reports whether it is known that the patient came, or that they didn't.
func (v Visit) Over() bool { return v.State == Arrived || v.State == Missed }

// Stands reports whether the visit takes place, as far as is known.
func (v Visit) Stands() bool {
	return v.State != Declined && v.State != Off && v.State != Cancelled && v.State != Missed
}

// Open reports whether the visit lies ahead and stands. That of a patient who has come early has
// begun.
func (v Visit) Open(now time.Time) bool {
	return v.Start.After(now) && v.Stands() && v.State != Arrived
}

// Awaits reports whether the visit lies ahead and the patient hasn't answered yet.
func (v Visit) Awaits(now time.Time) bool { return v.Start.After(now) && v.State == Booked }

// AsksRide reports whether the patient was asked who drives them home and hasn't answered yet.
func (v Visit) AsksRide(now time.Time) bool {
	return v.Open(now) && !v.Asked.IsZero() && v.Ride == ""
}

// SameDay reports whether two moments are on the same day in a zone.
func SameDay(a, b time.Time, zone *time.Location) bool {
	return a.In(zone).Format(time.DateOnly) == b.In(zone).Format(time.DateOnly)
}

// At returns the visit as it is booked at another time. What its patient said or was told holds for
// the old time alone: who drives them home then, from when they may not eat, how late they come.
func (v Visit) At(start time.Time) Visit {
	return Visit{
		ID: v.ID, Name: v.Name, Phone: v.Phone, Start: start, Type: v.Type, Zone: v.Zone, Lang: v.Lang,
		State: Booked, Was: v.Was, Moves: v.Moves,
		Source: v.Source, External: v.External, Version: v.Version,
		Doubts: v.Doubts, Agreed: v.Agreed,
	}
}

// Same reports whether two bookings of a visit agree in all that was booked, and in what a person
// must agree to.
func (v Visit) Same(w Visit) bool {
	return v.ID == w.ID && v.Name == w.Name && v.Phone == w.Phone && v.Start.Equal(w.Start) &&
		v.Type == w.Type && v.Zone == w.Zone && v.Lang == w.Lang && v.Source == w.Source &&
		v.External == w.External && slices.Equal(v.Doubts, w.Doubts)
}

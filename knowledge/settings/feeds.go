package settings

import (
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// The kinds of feeds.
const (
	FeedFile   = "file"   // an export that somebody imports by hand, with its map of columns
	FeedFolder = "folder" // a folder that another system puts its exports in
	FeedICS    = "ics"    // a calendar's address
	FeedFHIR   = "fhir"   // a server that speaks FHIR R4
)

// Feed says where visits come from besides the desk, and how they are read. Each kind has settings
// that the others don't; one that a kind doesn't use is a fault.
type Feed struct {
	// Name is short and stays: it is part of the ids of the feed's visits.
	Name string `yaml:"name"`
	Kind string `yaml:"kind"`
	// Path is the folder of FeedFolder.
	Path string `yaml:"path"`
	// URL is the address of FeedICS and FeedFHIR, https. URLEnv names the environment variable that
	// holds it instead, for an address that is a secret, as a calendar's private one is.
	URL    string `yaml:"url"`
	URLEnv string `yaml:"url_env"`
	// Every is the pause between two looks; StaleAfter is how long after the last good one the desk
	// is told.
	Every      Pause `yaml:"every"`
	StaleAfter Pause `yaml:"stale_after"`
	// Days is how far ahead visits are taken from a calendar.
	Days int `yaml:"days"`
	// Complete says that each file of a folder lists all visits from now to the last in it: one that
	// is missing was taken off.
	Complete bool `yaml:"complete"`
	// Types are visit types by what the other system calls them; Type is that of a visit of which
	// nothing is said.
	Types map[string]string `yaml:"types"`
	Type  string            `yaml:"type"`
	// Skip are words in the title of a calendar's event that is no visit: lunch, blocked.
	Skip []string `yaml:"skip"`
	// Zone is that of times without one; the clinic's if it is empty.
	Zone string `yaml:"zone"`
	// Sheet, Columns, Dates and States say how a file's rows are read; see FeedMap.
	FeedMap `yaml:",inline"`
	// How FeedFHIR signs in, and whether it takes answers.
	SignIn `yaml:",inline"`
}

// Pause is a length of time, written like 10m or 3h.
type Pause time.Duration

// UnmarshalYAML reads a pause.
func (p *Pause) UnmarshalYAML(n *yaml.Node) error {
	d, err := time.ParseDuration(n.Value)
	if err != nil || d <= 0 {
		return fmt.Errorf("line %d: %q: want a length of time like 10m or 3h", n.Line, n.Value)
	}
	*p = Pause(d)
	return nil
}

// The pauses that are set where none is, and the shortest: a calendar's server turns away who asks
// it every few seconds. A visit that is booked at the other system is known here so much later.
const (
	feedEvery    = 10 * time.Minute
	feedSoonest  = time.Minute
	feedStale    = 3 * time.Hour
	folderStale  = 26 * time.Hour // an export that comes once a day
	feedDays     = 120
	feedMostDays = 400
)

// Runs reports whether the feed is looked at by itself.
func (f Feed) Runs() bool { return f.Kind != FeedFile }

// Feed returns the feed of a name; false if there is none.
func (c *Clinic) Feed(name string) (Feed, bool) {
	for _, f := range c.Feeds {
		if f.Name == name {
			return f, true
		}
	}
	return Feed{}, false
}

// feedName is what a feed may be called. Its names stand in keys and ids.
var feedName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,23}$`)

// envName is what an environment variable may be called.
var envName = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// checkFeeds checks the feeds and fills in their defaults.
func (c *Clinic) checkFeeds(fault report) {
	seen := map[string]bool{}
	for i := range c.Feeds {
		f := &c.Feeds[i]
		at := func(key, format string, args ...any) {
			fault([]string{"feeds", strconv.Itoa(i), key}, "feeds: %s: "+format,
				append([]any{key}, args...)...)
		}
		if !feedName.MatchString(f.Name) {
			at("name", "%q: want a short name of small letters, digits, - and _", f.Name)
		}
		if seen[f.Name] {
			at("name", "%q: there are two of that name", f.Name)
		}
		seen[f.Name] = true
		switch f.Kind {
		case FeedFile, FeedFolder, FeedICS, FeedFHIR:
		default:
			at("kind", "%q: want %s, %s, %s or %s", f.Kind, FeedFile, FeedFolder, FeedICS, FeedFHIR)
			continue
		}
		f.checkPlace(at)
		f.checkTimes(at)
		c.checkFeedTypes(f, at)
		f.checkMap(at)
		f.checkSignIn(at)
	}
}

// checkPlace checks where a feed is read from.
func (f *Feed) checkPlace(at func(key, format string, args ...any)) {
	remote := f.Kind == FeedICS || f.Kind == FeedFHIR
	switch {
	case !remote && f.URL+f.URLEnv != "":
		at("url", "a %s has no address", f.Kind)
	case remote && (f.URL == "") == (f.URLEnv == ""):
		at("url", "want the address, or as url_env the name of the environment variable with it")
	case f.URLEnv != "" && !envName.MatchString(f.URLEnv):
		at("url_env", "want the name of an environment variable like CALENDAR_URL, not the address")
	case f.URL != "":
		if err := CheckFeedURL(f.URL); err != nil {
			at("url", "%w", err)
		}
	}
	switch {
	case f.Kind == FeedFolder && !filepath.IsAbs(f.Path):
		at("path", "want the whole path of the folder, like /srv/exports")
	case f.Kind != FeedFolder && f.Path != "":
		at("path", "only a folder has one")
	}
	if f.Complete && f.Kind != FeedFolder {
		at("complete", "only a folder's files can be complete")
	}
	if len(f.Skip) > 0 && f.Kind != FeedICS {
		at("skip", "only a calendar's events can be skipped")
	}
}

// CheckFeedURL wants an address that nobody on the way can read or change: https, or this machine's
// own. A user and password in it would be shown where the address is.
func CheckFeedURL(s string) error {
	// As calendars are often given: it means https.
	u, err := url.Parse(strings.Replace(s, "webcal://", "https://", 1))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("want an address like https://calendar.example/clinic.ics")
	case u.User != nil:
		return fmt.Errorf("want no user and password in the address")
	case u.Scheme == "http" && !local(u.Hostname()):
		return fmt.Errorf("want https, not http: it holds patients' names")
	}
	return nil
}

// local reports whether a host is this machine.
func local(host string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, host)
}

// checkTimes checks the pauses and the zone, and fills them in.
func (f *Feed) checkTimes(at func(key, format string, args ...any)) {
	if !f.Runs() && f.Every+f.StaleAfter != 0 {
		at("every", "a file is imported by hand: it has neither every nor stale_after")
	}
	if f.Every == 0 {
		f.Every = Pause(feedEvery)
		if f.Kind == FeedFolder { // nobody is asked too often
			f.Every = Pause(feedSoonest)
		}
	}
	if f.StaleAfter == 0 {
		f.StaleAfter = Pause(feedStale)
		if f.Kind == FeedFolder {
			f.StaleAfter = Pause(folderStale)
		}
		f.StaleAfter = max(f.StaleAfter, 3*f.Every)
	}
	if time.Duration(f.Every) < feedSoonest {
		at("every", "want %v or more", feedSoonest)
	}
	if f.StaleAfter < f.Every {
		at("stale_after", "want no less than every")
	}
	switch {
	case f.Kind != FeedICS && f.Kind != FeedFHIR && f.Days != 0:
		at("days", "a %s has none", f.Kind)
	case f.Days < 0 || f.Days > feedMostDays:
		at("days", "%d: want 1 to %d, how far ahead visits are taken", f.Days, feedMostDays)
	case f.Days == 0:
		f.Days = feedDays
	}
	if f.Zone == "" {
		return
	}
	if _, err := time.LoadLocation(f.Zone); err != nil || !strings.Contains(f.Zone, "/") {
		at("zone", "%q: want an IANA name like America/New_York", f.Zone)
	}
}

// checkFeedTypes checks that the types that a feed's words stand for are the clinic's.
func (c *Clinic) checkFeedTypes(f *Feed, at func(key, format string, args ...any)) {
	known := func(key, t string) {
		if _, ok := c.VisitTypes[t]; !ok {
			at(key, "%q: want one of %s", t, strings.Join(c.Types(), ", "))
		}
	}
	if f.Type != "" {
		known("type", f.Type)
	} else if f.Kind == FeedICS && len(f.Types) == 0 {
		at("type", "want the visit type of its events, or types: what titles call which")
	}
	for _, t := range f.Types {
		if t != FeedSkip || f.Kind == FeedICS || f.Kind == FeedFHIR {
			known("types", t)
		}
	}
}

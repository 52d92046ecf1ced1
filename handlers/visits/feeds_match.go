package visits

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// matched is what a feed gives, beside what it gave before.
type matched struct {
	given    []handlers.Visit          // each with its id, its version and a number
	unlinked []handlers.Visit          // of which nobody knows the number
	known    map[string]handlers.Visit // what it gave before and is ahead, by id
	lacks    []handlers.Visit          // of these, what it should have and hasn't
	ahead    int                       // how many of these stand
	faults   []string
}

// match finds which visit is which. A feed knows its visits by External; the id that Beacon uses
// stays, even if the feed gives the same visit of the same patient under another External one day.
func (b *Books) match(ctx context.Context, g handlers.Given) (matched, error) {
	before, err := b.ahead(ctx, g.Feed)
	if err != nil {
		return matched{}, err
	}
	links, err := b.Feeds.Links(ctx, g.Feed)
	if err != nil {
		return matched{}, err
	}
	m := matched{known: map[string]handlers.Visit{}}
	byExternal := map[string]handlers.Visit{}
	for _, v := range before {
		m.known[v.ID], byExternal[v.External] = v, v
	}
	to := newLinked(links, g.Visits)
	seen := replaced(g, byExternal)
	for _, v := range g.Visits {
		if seen[v.External] {
			continue
		}
		seen[v.External] = true
		old, known := byExternal[v.External]
		v.Source, v.ID = g.Feed, old.ID
		if !known {
			v.ID = FeedID(g.Feed, v.External)
			if taken, is := m.known[v.ID]; is { // its visit goes on under another External
				if v.State != handlers.Booked {
					continue
				}
				v.ID = FeedID(g.Feed, v.External+"\n"+taken.External)
			}
		}
		if v, known = to.named(v, old); !known {
			if v.Start.After(b.Now()) {
				m.unlinked = append(m.unlinked, v)
			}
			if old.ID == "" { // nobody was told of it
				continue
			}
			v.State = handlers.Cancelled // it was somebody's, and is somebody else's now
		}
		if v.Version == "" {
			v.Version = version(v)
		}
		m.given = append(m.given, v)
	}
	m.faults = to.faults
	m.findLost(before, seen, g, b.Now())
	return m, nil
}

// replaced has each visit that is booked in place of a known one go on as that, and returns the
// Externals of those others: that they are off takes nothing off.
func replaced(g handlers.Given, byExternal map[string]handlers.Visit) map[string]bool {
	gone := map[string]bool{}
	for _, v := range g.Visits {
		was, is := g.Instead[v.External]
		old, known := byExternal[was]
		if _, itself := byExternal[v.External]; is && known && !itself &&
			v.State == handlers.Booked {
			byExternal[v.External], gone[was] = old, true
		}
	}
	return gone
}

// findLost finds what a feed has no more. A visit that it has under another External now isn't
// lost: same patient, and the same time, or the only one that came for the only one that went.
func (m *matched) findLost(
	before []handlers.Visit, seen map[string]bool, g handlers.Given, now time.Time,
) {
	gone := map[handlers.Phone][]handlers.Visit{}
	for _, v := range before {
		if !v.Open(now) {
			continue
		}
		m.ahead++
		if !seen[v.External] && !unread(v.External, g.Unread) && lost(v, g, now) {
			gone[v.Phone] = append(gone[v.Phone], v)
		}
	}
	come := map[handlers.Phone][]int{} // places in m.given of what is new
	for i, v := range m.given {
		if _, known := m.known[v.ID]; !known && v.State == handlers.Booked && v.Start.After(now) {
			come[v.Phone] = append(come[v.Phone], i)
		}
	}
	for phone, was := range gone {
		for _, v := range was {
			i := m.again(v, was, come[phone])
			if i < 0 {
				m.lacks = append(m.lacks, v)
				continue
			}
			m.given[come[phone][i]].ID = v.ID
			come[phone] = slices.Delete(come[phone], i, i+1)
		}
	}
	slices.SortFunc(m.lacks, func(v, w handlers.Visit) int { return cmp.Compare(v.ID, w.ID) })
}

// again returns which of the visits that came to a number, given as places in m.given, is one that
// went there; -1 for none. Several patients may share the number.
func (m *matched) again(v handlers.Visit, went []handlers.Visit, came []int) int {
	its := func(w handlers.Visit) bool { return handlers.SamePatient(v.Name, w.Name) }
	only, n := -1, 0
	for i, at := range came {
		switch w := m.given[at]; {
		case !its(w):
		case w.Start.Equal(v.Start):
			return i
		default:
			only = i
			n++
		}
	}
	if n == 1 && !slices.ContainsFunc(went, func(w handlers.Visit) bool {
		return w.ID != v.ID && its(w)
	}) {
		return only
	}
	return -1
}

// unread reports whether a feed has a visit, or the series that it belongs to, but couldn't be read
// there.
func unread(external string, unread []string) bool {
	series, _, _ := strings.Cut(external, "#")
	for _, u := range unread {
		if u == external || u == series {
			return true
		}
	}
	return false
}

// FeedID returns the id of a feed's visit. It is a hash, since a feed's own id may hold a name, and
// ids stand in keys and logs.
func FeedID(feed, external string) string {
	sum := sha256.Sum256([]byte(feed + "\n" + external))
	return feed + ":" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// version returns a hash of what a feed says of a visit, to tell a change: who, when, what, and what
// is doubtful about it. What the feed notes besides doesn't count.
func version(v handlers.Visit) string {
	says := []string{
		v.Name, v.Phone.E164(), v.Start.UTC().Format(time.RFC3339), v.Type, v.Zone, v.Lang,
	}
	b, _ := json.Marshal(append(says, v.Doubts...)) // strings alone never fail
	sum := sha256.Sum256(b)
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// linked says whom a feed means by its codes.
type linked struct {
	to     map[string]handlers.Link
	twice  map[string]bool // codes that stand for two patients at once
	faults []string
}

// newLinked takes links, and what a feed gives. A code that has two visits at the same time fits
// two patients, and so nobody.
func newLinked(links []handlers.Link, given []handlers.Visit) linked {
	out := linked{to: map[string]handlers.Link{}, twice: map[string]bool{}}
	for _, l := range links {
		out.to[CodeOf(l.Code)] = l
	}
	at := map[string]bool{}
	for _, v := range given {
		code := CodeOf(v.Name)
		if !v.Phone.IsZero() || v.State != handlers.Booked {
			continue
		}
		when := code + v.Start.UTC().Format(time.RFC3339)
		if at[when] && !out.twice[code] {
			out.twice[code] = true
			out.faults = append(
				out.faults, "two visits at the same time have the same code: it fits two patients",
			)
		}
		at[when] = true
	}
	return out
}

// named returns a visit with its patient's number; false if nobody knows it. old is the visit as it
// is stored, if it is: whose name is still the same keeps the number.
func (l linked) named(v, old handlers.Visit) (handlers.Visit, bool) {
	if !v.Phone.IsZero() {
		return v, true
	}
	code := CodeOf(v.Name)
	link, is := l.to[code]
	switch {
	case is && !l.twice[code]:
		v.Phone, v.Name = link.Phone, link.Name
	case !is && old.ID != "" && CodeOf(old.Name) == code:
		v.Phone = old.Phone
	case v.State != handlers.Booked: // of what is off, or over, its id is enough
		v.Phone, v.Name = old.Phone, cmp.Or(old.Name, v.Name)
	default:
		return v, false
	}
	return v, true
}

// CodeOf returns a code as it is compared: case and spaces don't count.
func CodeOf(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

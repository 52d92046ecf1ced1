package when

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// clock is a time of day as it is written.
type clock struct {
	minutes int  // since midnight
	sure    bool // else it may as well be twelve hours later: "9" says neither AM nor PM
}

// The forms of a time of day. Each begins where the text does and ends with a word.
const wordEnds = `(?:[\s,.;]+|$)`

var (
	noon    = regexp.MustCompile(`(?i)^(?:12\s*)?(?:noon|midday|mediod[ií]a)` + wordEnds)
	withMin = regexp.MustCompile(
		`(?i)^(\d{1,2})[:.h](\d{2})(?::\d{2})?(?:\s*([ap])\.?m?\.?)?` + wordEnds)
	withHalf = regexp.MustCompile(`(?i)^(\d{1,2})(\d{2})?(?:\s*([ap])\.?m\.?|([ap]))` + wordEnds)
	inFour   = regexp.MustCompile(`^([01]\d|2[0-3])([0-5]\d)` + wordEnds)
	inThree  = regexp.MustCompile(`^([1-9])([0-5]\d)` + wordEnds)
	// "9-10" is no time, "2-30" is.
	apart    = regexp.MustCompile(`(?i)^(\d{1,2})[ -](00|15|30|45)(?:\s*([ap])\.?m?\.?)?` + wordEnds)
	hourOnly = regexp.MustCompile(`(?i)^(\d{1,2})(?:\s*o'?clock|h)?` + wordEnds)
	// Hours in words, and parts of one.
	inWords = regexp.MustCompile(`(?i)^(` + strings.Join(hours, "|") + `)` +
		`(?:[ -](thirty|fifteen|forty-?five)|\s*o'?clock)?(?:\s*([ap])\.?m\.?)?` + wordEnds)
	partPast = regexp.MustCompile(
		`(?i)^(half past|quarter past|quarter to) (\d{1,2})(?:\s*([ap])\.?m\.?)?` + wordEnds)
	// part is a part of the day, before the time or behind it.
	part = regexp.MustCompile(`(?i)^(?:in the +|this +|de la +|por la +|en la +)?` +
		`(morning|ma[ñn]ana|afternoon|evening|tarde|noche)` + wordEnds)
	sameTime = regexp.MustCompile(`(?i)^(?:at )?(?:the )?same time` + wordEnds)
	// offset is a moment as programs write it, whose zone is part of it.
	offset = regexp.MustCompile(
		`^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)` + wordEnds)
	fromNow = regexp.MustCompile(
		`(?i)^in (an?|half an|\d{1,3}(?:\.5)?) ?(m|min|mins|minutes?|h|hr|hrs|hours?)` + wordEnds)
)

// readClock reads the time of day that a text begins with, and what follows; no clock if there is
// none.
func readClock(s string) ([]clock, string) {
	all := s
	s = strings.TrimLeft(s, " ,@|")
	for _, word := range []string{"at", "a las", "a la"} {
		s = trimWord(s, word)
	}
	if m := noon.FindString(s); m != "" {
		return []clock{{minutes: 12 * 60, sure: true}}, s[len(m):]
	}
	if c, rest, ok := spoken(s); ok {
		return []clock{c}, rest
	}
	for _, form := range []*regexp.Regexp{withMin, withHalf, inFour, inThree, apart, hourOnly} {
		m := form.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		hour, minute, half := m[1], "0", ""
		if len(m) > 2 && m[2] != "" {
			minute = m[2]
		}
		if len(m) > 3 {
			half = strings.ToLower(strings.Join(m[3:], ""))
		}
		if c, ok := onFace(hour, minute, half); ok {
			c.sure = c.sure || form == inFour
			return []clock{c}, s[len(m[0]):]
		}
	}
	return nil, all
}

// hours are the hours in words.
var hours = []string{
	"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
}

// spoken reads a time that is written as it is said: "two thirty", "quarter to 3".
func spoken(s string) (c clock, rest string, ok bool) {
	if m := inWords.FindStringSubmatch(s); m != nil {
		minute := map[string]string{"": "0", "thirty": "30", "fifteen": "15"}[strings.ToLower(m[2])]
		if minute == "" {
			minute = "45"
		}
		hour := strconv.Itoa(1 + slices.Index(hours, strings.ToLower(m[1])))
		c, ok = onFace(hour, minute, strings.ToLower(m[3]))
		return c, s[len(m[0]):], ok
	}
	if m := partPast.FindStringSubmatch(s); m != nil {
		c, ok = onFace(m[2], "0", strings.ToLower(m[3]))
		c.minutes += map[byte]int{'h': 30, 'q': 15}[strings.ToLower(m[1])[0]]
		if strings.HasSuffix(strings.ToLower(m[1]), "to") {
			c.minutes = (c.minutes - 30 + 24*60) % (24 * 60)
		}
		return c, s[len(m[0]):], ok
	}
	return c, s, false
}

// ofPart reads a part of the day that a text begins with, as "a" or "p".
func ofPart(s string) (half, rest string) {
	m := part.FindStringSubmatch(s)
	switch {
	case m == nil:
		return "", s
	case strings.HasPrefix(strings.ToLower(m[1]), "m"):
		return "a", s[len(m[0]):]
	}
	return "p", s[len(m[0]):]
}

// in returns the clocks as they are in a part of the day; false if they can't be.
func in(half string, clocks []clock) ([]clock, bool) {
	var out []clock
	for _, c := range clocks {
		m := c.minutes % (12 * 60)
		if half == "p" {
			m += 12 * 60
		}
		if c.sure && m != c.minutes {
			return nil, false
		}
		out = append(out, clock{minutes: m, sure: true})
	}
	return out, len(out) > 0
}

// onFace returns the time of an hour and a minute; half is "a", "p", or "" if it isn't written. Two
// digits that begin with 0, and an hour after twelve, are of a clock of 24 hours.
func onFace(hour, minute, half string) (clock, bool) {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	switch {
	case h > 23 || m > 59 || half != "" && (h > 12 || h == 0):
		return clock{}, false
	case half == "a" && h == 12:
		h = 0
	case half == "p" && h < 12:
		h += 12
	}
	sure := half != "" || h == 0 || h > 12 || hour[0] == '0'
	return clock{minutes: h*60 + m, sure: sure}, true
}

// likely returns the minutes since midnight that a time can mean on a day: of the morning and the
// evening the one that the clinic is open at, or nearer to opening; both if it is open at both.
func (r Reader) likely(day time.Time, clocks []clock) (out []int) {
	for _, c := range clocks {
		if c.sure {
			out = append(out, c.minutes)
			continue
		}
		morning := c.minutes % (12 * 60)
		evening := morning + 12*60
		a, b := r.shut(day, morning), r.shut(day, evening)
		if a <= b {
			out = append(out, morning)
		}
		if b <= a {
			out = append(out, evening)
		}
	}
	return out
}

// shut returns by how many minutes a time of day lies outside of the clinic's hours, 0 if it is
// open. On a day on which it is closed the hours are the longest of the week.
func (r Reader) shut(day time.Time, minutes int) int {
	open, is := r.Clinic.HoursOn(day)
	if !is {
		open = r.Clinic.LongestHours()
	}
	switch {
	case open.To == 0: // no hours at all
		return 0
	case minutes < open.From:
		return open.From - minutes
	case minutes >= open.To:
		return minutes - open.To + 1
	}
	return 0
}

// instants returns when clocks show a time on a day. Where clocks are put forward over it, or back,
// why says so.
func (r Reader) instants(day time.Time, minutes int) (at []time.Time, why string) {
	shown := time.Date(day.Year(), day.Month(), day.Day(), 0, minutes, 0, 0, time.UTC)
	at, after := settings.Instants(shown, r.Clinic.Location())
	switch len(at) {
	case 0:
		return []time.Time{after}, shown.Format("3:04 PM") + " doesn't exist on " +
			shown.Format("Mon Jan 2") + ": the clocks go forward over it."
	case 1:
		return at, ""
	}
	return at, shown.Format("3:04 PM") + " comes twice on " + shown.Format("Mon Jan 2") +
		": the clocks go back."
}

// written reads a moment that says its own zone, or how long it is until then.
func (r Reader) written(s string) (m Meant, ok bool) {
	if f := offset.FindStringSubmatch(s); f != nil {
		seconds := f[3]
		if seconds == "" {
			seconds = ":00"
		}
		at, err := time.Parse(time.RFC3339, f[1]+"T"+f[2]+seconds+f[4])
		if err != nil {
			return m, false
		}
		m = Meant{At: []time.Time{at}, Timed: true, Dated: true, Rest: s[len(f[0]):]}
		if !at.After(r.Now) {
			m.Why, m.At = r.say(at)+" has passed.", r.nextAt(at)
		}
		return m, true
	}
	f := fromNow.FindStringSubmatch(s)
	if f == nil {
		return m, false
	}
	unit := time.Minute
	if strings.HasPrefix(strings.ToLower(f[2]), "h") {
		unit = time.Hour
	}
	n, err := strconv.ParseFloat(f[1], 64)
	wait := time.Duration(n * float64(unit))
	switch {
	case strings.HasPrefix(strings.ToLower(f[1]), "half"):
		wait = unit / 2
	case err != nil: // an hour
		wait = unit
	}
	at := r.Now.Add(wait).Truncate(time.Minute)
	return Meant{At: []time.Time{at}, Timed: true, Dated: true, Rest: s[len(f[0]):]}, true
}

// trimWord returns a text without a word that it begins with, and without spaces before it.
func trimWord(s, word string) string {
	s = strings.TrimLeft(s, " ")
	if len(s) > len(word) && strings.EqualFold(s[:len(word)], word) && s[len(word)] == ' ' {
		return strings.TrimLeft(s[len(word):], " ")
	}
	return s
}

package when

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// days are the days that a text can mean.
type days struct {
	at  []time.Time // each at its midnight by the clinic's clock
	why string      // as in Meant
	ok  bool        // the text begins with a day
}

const (
	weekdays = `(mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|` +
		`fri(?:day)?|sat(?:urday)?|sun(?:day)?)\.?`
	months = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|` +
		`sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`
	dayEnds = `(?:[\s,]+|$)`
)

// The forms of a day. Each begins where the text does and ends with a word.
var (
	named    = regexp.MustCompile(`(?i)^(today|tomorrow|tmrw?|yesterday|the day after tomorrow)` + dayEnds)
	weekday  = regexp.MustCompile(`(?i)^(?:(on|this|coming|next|last) +)?` + weekdays + dayEnds)
	yearly   = regexp.MustCompile(`^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:T|` + wordEnds + `)`)
	numbers  = regexp.MustCompile(`^(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4}|\d{2})` + dayEnds)
	noYear   = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})` + dayEnds)
	monthDay = regexp.MustCompile(
		`(?i)^` + months + ` *(\d{1,2})(?:st|nd|rd|th)?(?:,? +(20\d\d))?` + dayEnds)
	dayMonth = regexp.MustCompile(
		`(?i)^(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? *` + months + `(?:,? +(20\d\d))?` + dayEnds)
	ordinal = regexp.MustCompile(`(?i)^(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)` + dayEnds)
	inDays  = regexp.MustCompile(`(?i)^in (an?|\d{1,3}) (days?|weeks?)` + dayEnds)
)

// day reads the day that a text begins with, and returns what follows. back says that a day which
// has passed may be meant as well.
func (r Reader) day(s string, back bool) (d days, rest string) {
	if d, rest = r.wordDay(s, back); d.ok {
		return d, rest
	}
	// The day of the week may stand before a date, and must then be that of the date.
	of, dated := time.Weekday(-1), s
	if m := weekday.FindStringSubmatch(s); m != nil && m[1] == "" {
		of, dated = dayOfWeek(m[2]), s[len(m[0]):]
	}
	if d, rest = r.date(dated, back); d.ok {
		return d.on(of), rest
	}
	if m := weekday.FindStringSubmatch(s); m != nil {
		return r.ofWeek(strings.ToLower(m[1]), dayOfWeek(m[2]), back), s[len(m[0]):]
	}
	return days{}, s
}

// wordDay reads a day that is told from today: "tomorrow", "in 3 days".
func (r Reader) wordDay(s string, back bool) (days, string) {
	if m := named.FindStringSubmatch(s); m != nil {
		n := 1
		switch strings.ToLower(m[1]) {
		case "today":
			n = 0
		case "yesterday":
			n = -1
		case "the day after tomorrow":
			n = 2
		}
		return days{at: []time.Time{r.from(n)}, ok: n >= 0 || back}, s[len(m[0]):]
	}
	if m := inDays.FindStringSubmatch(s); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = 1
		}
		if strings.HasPrefix(strings.ToLower(m[2]), "week") {
			n *= 7
		}
		return days{at: []time.Time{r.from(n)}, ok: true}, s[len(m[0]):]
	}
	return days{}, s
}

// ofWeek returns the days that a day of the week can mean. On that day itself it is today or in a
// week; "next" is, early in the week, the coming one to some and the one after to others.
func (r Reader) ofWeek(which string, of time.Weekday, back bool) days {
	today := r.from(0)
	n := (int(of) - int(today.Weekday()) + 7) % 7
	switch {
	case which == "last" && !back:
		return days{}
	case which == "last":
		return days{at: []time.Time{r.from(n - 7)}, ok: true}
	case which == "next" && n == 0:
		return days{at: []time.Time{r.from(7)}, ok: true}
	case which == "next" && (int(today.Weekday())+6)%7+n < 7: // still this week, which ends on Sunday
		return days{
			at: []time.Time{r.from(n), r.from(n + 7)}, ok: true,
			why: "\"Next\" can be the coming one, or the one of next week.",
		}
	case n == 0 && which == "":
		return days{at: []time.Time{today, r.from(7)}, ok: true}
	}
	return days{at: []time.Time{r.from(n)}, ok: true}
}

// date reads a day of a month.
func (r Reader) date(s string, back bool) (d days, rest string) {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := yearly.FindStringSubmatch(s); m != nil {
		return r.exact(number(m[1]), number(m[2]), number(m[3])), s[len(m[0]):]
	}
	if m := numbers.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		year := number(m[5])
		if year < 100 {
			year += 2000
		}
		return r.either(number(m[1]), number(m[3]), func(month, day int) days {
			return r.exact(year, month, day)
		}), s[len(m[0]):]
	}
	if m := noYear.FindStringSubmatch(s); m != nil {
		return r.either(number(m[1]), number(m[2]), func(month, day int) days {
			return r.nearest(month, day, back)
		}), s[len(m[0]):]
	}
	month, day, year := "", "", ""
	if m := monthDay.FindStringSubmatch(s); m != nil {
		month, day, year, rest = m[1], m[2], m[3], s[len(m[0]):]
	} else if m := dayMonth.FindStringSubmatch(s); m != nil {
		day, month, year, rest = m[1], m[2], m[3], s[len(m[0]):]
	} else if m := ordinal.FindStringSubmatch(s); m != nil {
		return r.ofMonth(number(m[1])), s[len(m[0]):]
	} else {
		return days{}, s
	}
	of := 1 + strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(month[:3]))/3
	if year != "" {
		return r.exact(number(year), of, number(day)), rest
	}
	return r.nearest(of, number(day), back), rest
}

// noSuchDay is why a date isn't one.
const noSuchDay = "There is no such day: check month and day."

// exact returns a date with its year.
func (r Reader) exact(year, month, day int) days {
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, r.Clinic.Location())
	if at.Month() != time.Month(month) || at.Day() != day || year < 2000 || year > 2100 {
		return days{ok: true, why: noSuchDay}
	}
	return days{at: []time.Time{at}, ok: true}
}

// lately is how long ago a date without a year is that was hardly meant for next year.
const lately = 90 * 24 * time.Hour

// nearest returns a date without its year: the next one, or, with back, the nearest. One that has
// passed lately is no more than a proposal for next year.
func (r Reader) nearest(month, day int, back bool) days {
	today := r.from(0)
	this := r.exact(today.Year(), month, day)
	// February 29 is only every fourth year.
	for year := today.Year() + 1; len(this.at) == 0 && year < today.Year()+8; year++ {
		this = r.exact(year, month, day)
	}
	if len(this.at) == 0 || !this.at[0].Before(today) {
		if last := r.exact(today.Year()-1, month, day); back && len(last.at) > 0 &&
			len(this.at) > 0 && today.Sub(last.at[0]) < this.at[0].Sub(today) {
			return last
		}
		return this
	}
	next := r.exact(this.at[0].Year()+1, month, day)
	ago := today.Sub(this.at[0])
	switch {
	case back && (len(next.at) == 0 || ago < next.at[0].Sub(today)):
		return this
	case ago < lately:
		next.why = this.at[0].Format("Mon Jan 2") + " has passed. If you mean next year, say so."
	}
	return next
}

// either reads two numbers of a date as month and day, as the United States write them, or as day
// and month if only that is a day. Both are asked if the second is soon and the first isn't.
func (r Reader) either(a, b int, read func(month, day int) days) days {
	first, second := read(a, b), read(b, a)
	switch {
	case a == b || len(second.at) == 0:
		return first
	case len(first.at) == 0:
		return second
	case !r.soon(first.at[0]) && r.soon(second.at[0]):
		return days{
			at: []time.Time{second.at[0], first.at[0]}, ok: true,
			why: "That can be month and day, or day and month.",
		}
	}
	return first
}

// soon reports whether a day lies within the next half year, which most visits do.
func (r Reader) soon(day time.Time) bool {
	return !day.Before(r.from(0)) && day.Before(r.from(183))
}

// ofMonth returns the next day with a number: "the 4th".
func (r Reader) ofMonth(day int) days {
	today := r.from(0)
	for n := range 3 {
		at := time.Date(today.Year(), today.Month()+time.Month(n), day, 0, 0, 0, 0, today.Location())
		if at.Day() == day && !at.Before(today) {
			return days{at: []time.Time{at}, ok: true}
		}
	}
	return days{ok: true, why: noSuchDay}
}

// on holds days against the day of the week that stands before them.
func (d days) on(of time.Weekday) days {
	if of < 0 || len(d.at) == 0 {
		return d
	}
	for i, at := range d.at {
		if at.Weekday() == of {
			return days{at: d.at[i : i+1], ok: true}
		}
	}
	at := d.at[0]
	if d.why == "" {
		d.why = at.Format("Jan 2") + " is a " + at.Weekday().String() + ", not a " +
			of.String() + "."
	}
	n := (int(of) - int(at.Weekday()) + 10) % 7 // 0 to 6: three days before to three after
	d.at = []time.Time{at, settings.OnDay(at, n-3, 0)}
	return d
}

// from returns the midnight of a day, so many days from today.
func (r Reader) from(n int) time.Time {
	return settings.OnDay(r.Now.In(r.Clinic.Location()), n, 0)
}

// dayOfWeek returns the day that three letters begin.
func dayOfWeek(s string) time.Weekday {
	return time.Weekday(strings.Index("sunmontuewedthufrisat", strings.ToLower(s[:3])) / 3)
}

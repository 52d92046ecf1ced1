package when

import (
	"regexp"
	"slices"
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
		`fri(?:day)?|sat(?:urday)?|sun(?:day)?|` +
		`lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo)\.?`
	months = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|` +
		`sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|` +
		`enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\.?`
	count   = `(an?|one|two|three|four|\d{1,3})`
	dayEnds = `(?:[\s,@]+|$)`
)

// The forms of a day. Each begins where the text does and ends with a word.
var (
	// Tomorrow is misspelt in many ways.
	named = regexp.MustCompile(`(?i)^(today|hoy|(?:the )?day after (?:tomorrow|tmrw?)|` +
		`pasado ma[ñn]ana|to?mm?orr?ow|2morrow|tmrw?|ma[ñn]ana|yesterday|ayer)` + dayEnds)
	weekday = regexp.MustCompile(
		`(?i)^(?:el +)?(?:(on|this|coming|next|last|este|pr[oó]ximo) +)?` + weekdays + dayEnds)
	nextWeek = regexp.MustCompile(`(?i)^next week` + dayEnds)
	onIt     = regexp.MustCompile(`(?i)^(?:on )?` + weekdays + dayEnds)
	ofNext   = regexp.MustCompile(`(?i)^(?:on )?` + weekdays + `,? (?:of )?next week` + dayEnds)
	yearly   = regexp.MustCompile(
		`^(?:(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})|(20\d\d)(\d\d)(\d\d))(?:T|` + wordEnds + `)`)
	dashed   = regexp.MustCompile(`^(\d{1,2})-(\d{1,2})` + dayEnds)
	numbers  = regexp.MustCompile(`^(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4}|\d{2})` + dayEnds)
	noYear   = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})` + dayEnds)
	monthDay = regexp.MustCompile(
		`(?i)^` + months + ` *(\d{1,2})(?:st|nd|rd|th)?(?:,? +(20\d\d))?` + dayEnds)
	dayMonth = regexp.MustCompile(
		`(?i)^(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of| de)? *` + months + `(?:,? +(20\d\d))?` + dayEnds)
	ordinal = regexp.MustCompile(`(?i)^(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)` + dayEnds)
	inDays  = regexp.MustCompile(`(?i)^in ` + count + ` (days?|weeks?)` + dayEnds)
	daysOn  = regexp.MustCompile(`(?i)^(?:in )?` + count + ` (days?|weeks?) (?:from|after) +`)
)

// day reads the day that a text begins with, and returns what follows. back says that a day which
// has passed may be meant as well.
func (r Reader) day(s string, back bool) (d days, rest string) {
	if d, rest = r.wordDay(s, back); d.ok {
		return d, rest
	}
	// The day of the week may stand before a date, and must then be that of the date.
	if d, rest = r.ofNextWeek(s); d.ok {
		return d, rest
	}
	if m := dashed.FindStringSubmatch(s); m != nil { // "fri 9-10" is a time from which to which
		return r.monthAndDay(m[1], m[2], back), s[len(m[0]):]
	}
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
		switch word := strings.ToLower(m[1]); {
		case word == "today", word == "hoy":
			n = 0
		case word == "yesterday", word == "ayer":
			n = -1
		case strings.Contains(word, "after"), strings.HasPrefix(word, "pasado"):
			n = 2
		}
		return days{at: []time.Time{r.from(n)}, ok: n >= 0 || back}, s[len(m[0]):]
	}
	if m := inDays.FindStringSubmatch(s); m != nil {
		return days{at: []time.Time{r.from(counted(m[1], m[2]))}, ok: true}, s[len(m[0]):]
	}
	if m := daysOn.FindStringSubmatch(s); m != nil { // "a week from friday"
		from, rest := r.day(trimWord(s[len(m[0]):], "now"), back)
		if strings.HasPrefix(strings.ToLower(s[len(m[0]):]), "now") {
			from = days{at: []time.Time{r.from(0)}, ok: true}
		}
		for i, at := range from.at {
			from.at[i] = settings.OnDay(at, counted(m[1], m[2]), 0)
		}
		if from.ok {
			return from, rest
		}
	}
	return days{}, s
}

// counted returns how many days some days or weeks are: "two", "weeks".
func counted(n, unit string) int {
	days, err := strconv.Atoi(n)
	if err != nil {
		days = max(1, 1+slices.Index([]string{"one", "two", "three", "four"}, strings.ToLower(n)))
	}
	if strings.HasPrefix(strings.ToLower(unit), "week") {
		days *= 7
	}
	return days
}

// ofNextWeek reads a day of next week, which begins on Monday: "next week tuesday", "tuesday next
// week"; or "next week" alone, of a visit that moves: on its own day of the week, or a week later.
func (r Reader) ofNextWeek(s string) (days, string) {
	monday := 8 - (int(r.from(0).Weekday())+6)%7 - 1 // days until then
	in := func(of time.Weekday) time.Time { return r.from(monday + (int(of)+6)%7) }
	if m := ofNext.FindStringSubmatch(s); m != nil {
		return days{at: []time.Time{in(dayOfWeek(m[1]))}, ok: true}, s[len(m[0]):]
	}
	m := nextWeek.FindString(s)
	if m == "" {
		return days{}, s
	}
	rest := s[len(m):]
	if m := onIt.FindStringSubmatch(rest); m != nil {
		return days{at: []time.Time{in(dayOfWeek(m[1]))}, ok: true}, rest[len(m[0]):]
	}
	if r.Else.IsZero() {
		return days{ok: true, why: "Say the day too, like next week tue."}, rest
	}
	own := r.midnight(r.Else)
	d := days{at: []time.Time{in(own.Weekday())}, ok: true}
	if later := settings.OnDay(own, 7, 0); !later.Equal(d.at[0]) {
		d.at, d.why = append(d.at, later), "That can be next week, or a week after the visit."
	}
	return d, rest
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
		if m[4] != "" {
			m = append(m[:1], m[4:]...)
		}
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
		return r.monthAndDay(m[1], m[2], back), s[len(m[0]):]
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
	of := monthOf(month)
	if year != "" {
		return r.exact(number(year), of, number(day)), rest
	}
	return r.nearest(of, number(day), back), rest
}

// monthAndDay reads two numbers of a date without a year.
func (r Reader) monthAndDay(a, b string, back bool) days {
	first, _ := strconv.Atoi(a)
	second, _ := strconv.Atoi(b)
	return r.either(first, second, func(month, day int) days { return r.nearest(month, day, back) })
}

// monthOf returns the number of a month.
func monthOf(name string) int {
	name = strings.ToLower(name)[:3]
	if es := map[string]int{"ene": 1, "abr": 4, "ago": 8, "dic": 12}[name]; es > 0 {
		return es
	}
	return 1 + strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", name)/3
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

// dayOfWeek returns the day that a name of it begins with, in English or Spanish.
func dayOfWeek(s string) time.Weekday {
	s = strings.ToLower(s)
	for i, es := range []string{"do", "lu", "mar", "mi", "ju", "vi", "s"} {
		if strings.HasPrefix(s, es) && s[:2] != "su" && s[:3] != "sat" {
			return time.Weekday(i)
		}
	}
	return time.Weekday(strings.Index("sunmontuewedthufrisat", s[:3]) / 3)
}

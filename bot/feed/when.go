package feed

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Why a date or a time of a file isn't read.
var (
	errNoWhen = errors.New("the start is missing")
	errNoTime = errors.New("the time of day is missing")
	errNoDate = errors.New("the date is missing")
	errWhen   = errors.New("can't read this date and time: write it like 2026-12-01 14:30 or " +
		"12/1/2026 2:30 PM")
	errNoYear    = errors.New("the date has no year: write it like 2026-12-01")
	errTwoOrders = errors.New("this date can be read as month/day or as day/month, and nothing " +
		"in the file shows which: say dates: mdy, or dmy, in the feed's map, or --dates=mdy")
	errHalfDay = errors.New("other times of the file say AM or PM and this one doesn't: write it")
	errSpan    = errors.New("there are two times: write when the visit starts alone")
	errWeekday = errors.New("the day of the week isn't that of the date")
	errZoned   = errors.New("the time names another zone than the feed's: write it with its " +
		"offset, like 2026-12-01T14:30:00-05:00")
)

// when is a date, a time of day or both, as they are written.
type when struct {
	at time.Time // set if the text has an offset: then it is all

	year, month, day int // zero if there is no date
	// a and b are the first two numbers of a date like 3/4/2026; zero if its order is plain.
	a, b    int
	short   int    // the third number, if it has two digits: another year, or a day
	weekday string // in three letters, if the date names it

	timed        bool
	clock        time.Duration // since midnight
	half, morn   bool          // the time says AM or PM; its hour is one that could be either
	abbreviation string        // of a zone
}

// dated reports whether there is a date.
func (w when) dated() bool { return w.year > 0 }

// The forms of dates. Each begins where the text does.
var (
	yearFirst = regexp.MustCompile(`^(\d{4})([-/.])(\d{1,2})([-/.])(\d{1,2})\b`)
	compact   = regexp.MustCompile(`^(20\d\d)(\d\d)(\d\d)\b`)
	numbers   = regexp.MustCompile(`^(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4}|\d{2})\b`)
	dayName   = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?[-/. ]*(?:of |de )?(\pL{3,10})\.?,?` +
		`[-/ ]*(?:de |del )?(\d{4}|\d{2})\b`)
	nameDay = regexp.MustCompile(`^(\pL{3,10})\.? *(\d{1,2})(?:st|nd|rd|th)?,? *(\d{4})\b`)
	noYear  = regexp.MustCompile(`^(?:\d{1,2}[-/]\d{1,2}|(\pL{3,10})\.? \d{1,2}(?:st|nd|rd|th)?)\b`)
	serial  = regexp.MustCompile(`^\d{5}(?:\.\d+)?$`)
	part    = regexp.MustCompile(`^0?\.\d+(?:[eE]-\d+)?$`)
	ofDay   = regexp.MustCompile(`^(\d{1,2})(?:[:.h](\d{2}))(?:[:.](\d{2})(?:\.\d+)?)?` +
		`(?: *([ap])\.? ?m?\b\.?)?`)
	inFour  = regexp.MustCompile(`^([01]\d|2[0-3])([0-5]\d)$`)
	ofHour  = regexp.MustCompile(`^(\d{1,2}) *([ap])\.? ?m?\b\.?`)
	ofWeek  = regexp.MustCompile(`^(\pL{2,9})\.?,? +`)
	another = regexp.MustCompile(`^(?:-|–|to|a|until) *\d{1,2}(?:[:.]\d{2})?`)
)

// readWhen reads a date, a time or both from a cell as people, other systems and Excel write them.
// Of a date like 3/4/2026 the order stays open; see resolve. since is added to Excel's numbers.
func readWhen(cell string, since float64) (w when, err error) {
	s := strings.ToLower(strings.Join(strings.Fields(strings.TrimPrefix(cell, "'")), " "))
	if s == "" {
		return w, errNoWhen
	}
	for _, layout := range zoned() {
		if t, err := time.Parse(layout, strings.ToUpper(s)); err == nil {
			w.at, err = inRange(t)
			return w, err
		}
	}
	if serial.MatchString(s) || part.MatchString(s) {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return w, errWhen
		}
		return w.excel(n, since)
	}
	if m := ofWeek.FindStringSubmatch(s); m != nil && weekday(m[1]) != "" &&
		!nameDay.MatchString(s) { // "mar" is March, and Tuesday in Spanish
		w.weekday, s = weekday(m[1]), s[len(m[0]):]
	}
	rest, err := w.date(s)
	if err != nil {
		return w, err
	}
	if rest, err = w.time(rest); err != nil {
		return w, err
	}
	return w, w.rest(rest)
}

// excel reads Excel's number for a moment: days since the end of 1899, and a part of a day.
func (w when) excel(n, since float64) (when, error) {
	days := int(n)
	if days > 0 {
		day := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days+int(since))
		w.year, w.month, w.day = day.Year(), int(day.Month()), day.Day()
	}
	if frac := n - float64(days); frac > 0 || days == 0 {
		w.timed = true
		w.clock = time.Duration(frac * float64(24*time.Hour)).Round(time.Second)
	}
	if w.clock >= 24*time.Hour {
		return w, errWhen
	}
	return w, nil
}

// date takes a date off the beginning of a text, if there is one.
func (w *when) date(s string) (rest string, err error) {
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	full := func(year string) int {
		if len(year) == 2 {
			return 2000 + number(year)
		}
		return number(year)
	}
	if m := yearFirst.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		w.year, w.month, w.day = number(m[1]), number(m[3]), number(m[5])
		return s[len(m[0]):], w.exists()
	}
	if m := compact.FindStringSubmatch(s); m != nil {
		w.year, w.month, w.day = number(m[1]), number(m[2]), number(m[3])
		return s[len(m[0]):], w.exists()
	}
	if m := numbers.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		w.year, w.a, w.b = full(m[5]), number(m[1]), number(m[3])
		if len(m[5]) == 2 {
			w.short = number(m[5])
		}
		return s[len(m[0]):], nil
	}
	if m := dayName.FindStringSubmatch(s); m != nil && month(m[2]) > 0 {
		w.year, w.month, w.day = full(m[3]), month(m[2]), number(m[1])
		return s[len(m[0]):], w.exists()
	}
	if m := nameDay.FindStringSubmatch(s); m != nil && month(m[1]) > 0 {
		w.year, w.month, w.day = number(m[3]), month(m[1]), number(m[2])
		return s[len(m[0]):], w.exists()
	}
	if m := noYear.FindStringSubmatch(s); m != nil && (m[1] == "" || month(m[1]) > 0) {
		return s, errNoYear
	}
	return s, nil
}

// exists refuses a day that its month doesn't have.
func (w *when) exists() error {
	d := time.Date(w.year, time.Month(w.month), w.day, 0, 0, 0, 0, time.UTC)
	if w.month < 1 || w.month > 12 || d.Day() != w.day || d.Month() != time.Month(w.month) {
		return errors.New("there is no such day: check month and day")
	}
	_, err := inRange(d)
	return err
}

// time takes a time of day off the beginning of a text, if there is one.
func (w *when) time(s string) (rest string, err error) {
	s = strings.TrimLeft(s, " ,|@-–")
	for _, word := range []string{"t", "at ", "a las ", "alas "} {
		if after, ok := strings.CutPrefix(s, word); ok && after != "" &&
			after[0] >= '0' && after[0] <= '9' {
			s = after
		}
	}
	hour, minute, second, half := "", "0", "0", ""
	if m := ofDay.FindStringSubmatch(s); m != nil {
		hour, minute, second, half, s = m[1], m[2], "0"+m[3], m[4], s[len(m[0]):]
	} else if m := inFour.FindStringSubmatch(s); m != nil {
		hour, minute, s = m[1], m[2], ""
	} else if m := ofHour.FindStringSubmatch(s); m != nil {
		hour, half, s = m[1], m[2], s[len(m[0]):]
	} else if after, ok := strings.CutPrefix(s, "noon"); ok {
		hour, half, s = "12", "p", after
	} else {
		return s, nil
	}
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	sec, _ := strconv.Atoi(second)
	switch {
	case h > 23 || m > 59 || sec > 59 || half == "a" && h > 12:
		return s, errWhen
	case half == "p" && h < 12:
		h += 12
	case half == "a" && h == 12:
		h = 0
	}
	w.timed, w.half = true, half != ""
	w.morn = half == "" && h > 0 && h < 13
	w.clock = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute +
		time.Duration(sec)*time.Second
	return strings.TrimSpace(s), nil
}

// rest reads what is left behind a date and a time: the end of the visit, or a zone.
func (w *when) rest(s string) error {
	s = strings.Trim(s, " .,()")
	switch {
	case s == "" && (w.dated() || w.timed):
		return nil
	case another.MatchString(s) && w.half:
		return nil // until when the visit goes
	case another.MatchString(s):
		return errSpan
	case w.timed && s != "" && len(s) <= 5 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == "":
		w.abbreviation = strings.ToUpper(s)
		return nil
	}
	return errWhen
}

// thisCentury is a year in two digits before which no visit is that anybody still exports.
const thisCentury = 20

// on decides in which order the numbers of a date are, where that is open.
func (w when) on(order string) (when, error) {
	if w.a == 0 && w.b == 0 || w.month > 0 {
		return w, w.named()
	}
	month, day := w, w
	month.month, month.day = w.a, w.b
	day.month, day.day = w.b, w.a
	switch first, second := month.fits(), day.fits(); {
	case order == settings.YearFirst && w.short > 0:
		w.year, w.month, w.day = 2000+w.a, w.b, w.short
		return w, errors.Join(w.exists(), w.named())
	case order == "" && w.short > 0 && w.short < thisCentury && w.a >= thisCentury:
		return w, errTwoOrders // 26-12-02 is hardly of 2002
	case order == settings.MonthFirst:
		return month, errors.Join(month.exists(), month.named())
	case order == settings.DayFirst:
		return day, errors.Join(day.exists(), day.named())
	case first && second && w.a == w.b:
		return month, month.named()
	case first && second:
		return w, errTwoOrders
	case second:
		return day, nil
	case first:
		return month, nil
	}
	return month, errors.Join(month.exists(), month.named())
}

// fits reports whether there is such a day, on the day of the week that is named.
func (w when) fits() bool { return w.exists() == nil && w.named() == nil }

// named refuses a date on another day of the week than the one that it names.
func (w when) named() error {
	d := time.Date(w.year, time.Month(w.month), w.day, 0, 0, 0, 0, time.UTC)
	if w.weekday != "" && w.dated() &&
		strings.ToLower(d.Weekday().String()[:3]) != w.weekday {
		return errWeekday
	}
	return nil
}

// start returns the moment in a zone.
func (w when) start(zone *time.Location) (time.Time, error) {
	switch {
	case !w.at.IsZero():
		return w.at, nil
	case !w.dated():
		return w.at, errNoDate
	case !w.timed:
		return w.at, errNoTime
	}
	day := time.Date(w.year, time.Month(w.month), w.day, 0, 0, 0, 0, time.UTC)
	if _, err := inRange(day); err != nil {
		return w.at, err
	}
	t, err := onClock(day.Add(w.clock), zone)
	if err != nil || w.abbreviation == "" {
		return t, err
	}
	short, _ := t.Zone()
	if a := w.abbreviation; a != short && a != "LOCAL" &&
		(len(short) != 3 || a != short[:1]+short[2:]) {
		return t, errZoned
	}
	return t, nil
}

// month returns the number of a month in English or Spanish, whole or cut; 0 if it is none.
func month(s string) int {
	names := [...]string{
		"january enero", "february febrero", "march marzo", "april abril", "may mayo",
		"june junio", "july julio", "august agosto", "september septiembre setiembre",
		"october octubre", "november noviembre", "december diciembre",
	}
	for i, both := range names {
		for _, name := range strings.Fields(both) {
			if len(s) >= 3 && strings.HasPrefix(name, s) || s == "sept" && i == 8 {
				return i + 1
			}
		}
	}
	return 0
}

// weekday returns a day of the week in three English letters, from English or Spanish, whole or
// cut; "" if it is none.
func weekday(s string) string {
	for _, names := range []string{
		"monday lunes", "tuesday tues martes", "wednesday miércoles miercoles",
		"thursday thurs jueves", "friday viernes", "saturday sábado sabado", "sunday domingo",
	} {
		for _, name := range strings.Fields(names) {
			if len([]rune(s)) >= 3 && strings.HasPrefix(name, s) {
				return names[:3]
			}
		}
	}
	return ""
}

// habits are how the dates and times of a file are written, as far as its values show.
type habits struct {
	order string // settings.MonthFirst or DayFirst; "" if nothing shows it
	half  bool   // some times say AM or PM
}

// settle finds the habits of a file from all that it has of dates and times. order is the one that
// a person gave; values that speak for both settle nothing.
func settle(all []when, order string) habits {
	h := habits{order: order}
	monthFirst, dayFirst := false, false
	for _, w := range all {
		h.half = h.half || w.half
		if w.a == 0 && w.b == 0 {
			continue
		}
		month, day := w, w
		month.month, month.day = w.a, w.b
		day.month, day.day = w.b, w.a
		monthFirst = monthFirst || month.fits() && !day.fits()
		dayFirst = dayFirst || day.fits() && !month.fits()
	}
	if order == "" && monthFirst != dayFirst {
		h.order = settings.DayFirst
		if monthFirst {
			h.order = settings.MonthFirst
		}
	}
	return h
}

// join puts a date and a time of two columns together.
func (w when) join(clock when) (when, error) {
	switch {
	case !w.at.IsZero() || w.timed && clock.timed && w.clock != clock.clock && w.clock != 0:
		return w, fmt.Errorf("the date has another time than the column of times")
	case !w.dated():
		return w, errNoDate
	case !clock.timed:
		return w, errNoTime
	}
	w.timed, w.clock, w.half, w.morn = true, clock.clock, clock.half, clock.morn
	w.abbreviation = clock.abbreviation
	return w, nil
}

// resolve returns the moment that a date and a time mean by the habits of their file.
func (w when) resolve(h habits, zone *time.Location) (time.Time, error) {
	if !w.at.IsZero() {
		return w.at, nil
	}
	w, err := w.on(h.order)
	if err != nil {
		return time.Time{}, err
	}
	if h.half && w.timed && w.morn && !w.half {
		return time.Time{}, errHalfDay
	}
	return w.start(zone)
}

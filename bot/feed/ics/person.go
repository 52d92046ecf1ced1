package ics

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	ical "github.com/emersion/go-ical"

	"github.com/beacon-clinic/beacon/bot/feed"
	"github.com/beacon-clinic/beacon/handlers"
)

var (
	errType   = errors.New("an event whose title names no visit type: see types of the feed")
	errPhones = errors.New("an event with more than one phone number")
)

// visit makes a visit of an occurrence. skip says that the clinic's settings leave such events out.
// A visit without a Phone has what the calendar calls its patient as its Name. The fault of one that
// has several numbers comes with the visit, without any of them.
func (f *Feed) visit(o Occurrence) (v handlers.Visit, skip bool, err error) {
	title := strings.Join(strings.Fields(text(o.event, "SUMMARY")), " ")
	for _, word := range f.Skip {
		if strings.Contains(strings.ToLower(title), strings.ToLower(word)) {
			return v, true, nil
		}
	}
	v = handlers.Visit{External: o.UID, Start: o.Start, State: handlers.Booked}
	if !o.Series.IsZero() {
		v.External += "#" + o.Series.UTC().Format(utcForm)
	}
	if o.Off {
		v.State = handlers.Cancelled
	}
	title = withoutPrefix(title, offWords())
	if v.Type, title = f.kind(title, text(o.event, "CATEGORIES")); v.Type == "" {
		return v, false, errType
	}
	v.Name = title
	if v.Name == "" {
		v.Name = attendee(o.event)
	}
	v.Phone, err = f.phone(o.event)
	if strings.EqualFold(value(o.event, "STATUS"), "TENTATIVE") {
		v.Doubts = []string{"the calendar says that it is tentative"}
	}
	return v, v.Name == "" && v.Phone.IsZero() && err == nil, err
}

// kind returns the visit type that a title or the categories name, and the title without it. The
// longest of the clinic's words counts.
func (f *Feed) kind(title, categories string) (kind, rest string) {
	best := ""
	for alias := range f.Types {
		if len(alias) > len(best) && (has(title, alias) >= 0 || has(categories, alias) >= 0) {
			best = alias
		}
	}
	if best == "" {
		return f.Type, title
	}
	if i := has(title, best); i >= 0 {
		title = title[:i] + " " + title[i+len(best):]
	}
	return f.Types[best], strings.Join(strings.Fields(strings.Trim(title, " -–—:;,|/()[]")), " ")
}

// has returns where a text has words, as whole ones and in any case; -1 if it hasn't.
func has(text, words string) int {
	at := regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(` + regexp.QuoteMeta(words) + `)(?:$|[^\pL\pN])`)
	if m := at.FindStringSubmatchIndex(text); m != nil {
		return m[2]
	}
	return -1
}

// withoutPrefix returns a title without what it begins with, in any case.
func withoutPrefix(title string, prefixes []string) string {
	for _, p := range prefixes {
		if len(title) >= len(p) && strings.EqualFold(title[:len(p)], p) {
			return strings.TrimSpace(title[len(p):])
		}
	}
	return title
}

// attendee returns the name of the one attendee who isn't the calendar's own; "" if there are
// several, or none has a name.
func attendee(e *ical.Component) (name string) {
	organizer := ""
	if p := e.Props.Get("ORGANIZER"); p != nil {
		organizer = strings.ToLower(p.Value)
	}
	for _, p := range e.Props["ATTENDEE"] {
		cn := strings.Join(strings.Fields(p.Params.Get("CN")), " ")
		room := slices.Contains([]string{"RESOURCE", "ROOM"}, strings.ToUpper(p.Params.Get("CUTYPE")))
		chair := strings.EqualFold(p.Params.Get("ROLE"), "CHAIR")
		if room || chair || strings.ToLower(p.Value) == organizer {
			continue
		}
		if name != "" || cn == "" || strings.Contains(cn, "@") {
			return ""
		}
		name = cn
	}
	return name
}

// number matches what may be a phone number within a text.
var number = regexp.MustCompile(`\+?\(?\d[\d ().\x{2011}-]{7,18}\d`)

// What says that a number isn't the patient's: words before it, what follows it, and what begins the
// part of a description by which one joins a conference, after which no number of the text is a patient's.
var (
	ofAnother = regexp.MustCompile(`(?i)\b(?:fax|pharmacy|mrn|chart|account|acct|policy|member|` +
		`insurance|id|pin|passcode|emergency(?: contact)?|pcp|provider|referr(?:al|ed by|ing)|office|` +
		`work|driver|ride)\b[^\d]{0,15}$`)
	extended   = regexp.MustCompile(`(?i)^\s*(?:,,|#|;?\s*ext\b|x\s?\d|pin\b)`)
	conference = regexp.MustCompile(`(?i)zoom\.us/|meet\.google\.com|teams\.(?:microsoft|live)\.com|` +
		`webex\.com|gotomeeting|\bjoin (?:by|with|zoom|google|microsoft|the|on)\b|\bdial(?:[- ]in| by)\b|` +
		`\bone tap mobile\b`)
)

// HTML, which Google's and Outlook's descriptions may hold: what begins another line, and the rest.
var (
	breaks = regexp.MustCompile(`(?i)</?(?:p|br|div|li|ul|td|tr|table|body)\b[^>]*>`)
	tags   = regexp.MustCompile(`<[^>]*>`)
)

// plain returns a text without HTML.
func plain(s string) string {
	s = tags.ReplaceAllString(breaks.ReplaceAllString(s, "\n"), "")
	return strings.ReplaceAll(s, "&nbsp;", " ")
}

// phone returns the one number that an event names; none if it names none. The clinic's own don't
// count.
func (f *Feed) phone(e *ical.Component) (found handlers.Phone, err error) {
	texts := []string{text(e, "DESCRIPTION"), text(e, "SUMMARY"), text(e, "CONTACT")}
	if texts[0] == "" {
		texts[0] = text(e, "X-ALT-DESC")
	}
	for _, p := range e.Props["ATTENDEE"] {
		if strings.HasPrefix(strings.ToLower(p.Value), "tel:") {
			texts = append(texts, p.Value[len("tel:"):])
		}
	}
	for _, s := range texts {
		for _, n := range numbersIn(plain(s)) {
			p, err := feed.ParsePhone(n)
			if err != nil || slices.Contains(f.Own, p) {
				continue
			}
			if !found.IsZero() && found != p {
				return handlers.Phone{}, errPhones
			}
			found = p
		}
	}
	return found, nil
}

// numbersIn returns what may be the patient's phone numbers within a text.
func numbersIn(s string) (out []string) {
	for line := range strings.Lines(s) {
		if conference.MatchString(line) {
			return out
		}
		for _, at := range number.FindAllStringIndex(line, -1) {
			if !ofAnother.MatchString(line[:at[0]]) && !extended.MatchString(line[at[1]:]) {
				out = append(out, line[at[0]:at[1]])
			}
		}
	}
	return out
}

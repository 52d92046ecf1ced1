package feed

import (
	"regexp"
	"strings"
)

// What a cell says of a patient's consent to be texted.
type consent int

const (
	consentSilent  consent = iota // nothing: it wasn't asked for, or nobody has written it down
	consentGiven                  // they consented
	consentNot                    // no consent; in another system's file, that they want no texts
	consentRefused                // they want no texts
	consentUnread                 // a word that isn't known
)

// The words for consent. Only these give it: "Declined" isn't empty and isn't "no" either, and a
// consent that nobody gave would lift the caps.
var (
	givesConsent = regexp.MustCompile(`^(?:y|yes|yep|true|t|1|x|✓|✔|☑|ok|okay|on|si|sí|given|` +
		`granted|consented|accepted|agreed|agrees|approved|signed|on file|obtained|active|allowed|` +
		`opt(?:ed)?[- ]?in|subscribed|verbal|written)(?:\b|$|\W)`)
	noConsent      = regexp.MustCompile(`^(?:0|n|no|false|f|off)$`)
	refusesConsent = regexp.MustCompile(`^(?:n|no|not|never|false|declin\w*|refus\w*|den(?:y|ied)|` +
		`revoked?|withdrawn?|withdrew|opt(?:ed)?[- ]?out|do not|don'?t|dnt|stop(?:ped)?|` +
		`unsubscribed?|disallowed|inactive|removed|rechazad[oa]|negad[oa])(?:\b|$)`)
	noneOfConsent = regexp.MustCompile(`^(?:-+|\?|none|null|nan|n/?a|unknown|pending|requested|` +
		`invited|not (?:asked|sent|set|recorded|specified|on file|applicable)|unspecified|` +
		`no (?:answer|response|record))$`)
)

// consentOf reads what a cell says of consent. A date says when it was given; since is as in
// readWhen.
func consentOf(cell string, since float64) consent {
	word := strings.ToLower(strings.Join(strings.Fields(cell), " "))
	switch {
	case word == "", noneOfConsent.MatchString(word):
		return consentSilent
	case noConsent.MatchString(word):
		return consentNot
	case refusesConsent.MatchString(word):
		return consentRefused
	case givesConsent.MatchString(word):
		return consentGiven
	}
	if w, err := readWhen(cell, since); err == nil && (w.dated() || !w.at.IsZero()) {
		return consentGiven
	}
	return consentUnread
}

// consent notes what the row says of the patient's consent, and holds the visit of who wants no
// texts. "No" in Beacon's own layout says only that none is recorded: the caps of who has given
// none hold then.
func (rd *reading) consent() {
	t := rd.t
	if rd.v.Phone.IsZero() {
		return
	}
	c := consentOf(t.field(rd.r, "consent"), t.since)
	switch {
	case c == consentGiven:
		t.consents = append(t.consents, rd.v.Phone)
	case c == consentRefused, c == consentNot && !t.layout.own:
		rd.doubt("consent", "by the file the patient has not consented to texts")
	case c == consentUnread:
		t.faults = append(t.faults, Fault{
			Line: rd.line("consent"), Column: t.layout.column("consent"), Warning: true,
			What: "this says neither yes nor no: no consent is recorded; write yes, no or the date",
		})
	}
}

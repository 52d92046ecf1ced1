package feed

import (
	"errors"
	"regexp"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"github.com/beacon-clinic/beacon/handlers"
)

// maxPhone is in bytes, and longer than any number with all its brackets. Longer input isn't a
// number, and isn't handed to the library's regular expressions.
const maxPhone = 40

// nanp matches numbers of the North American plan: area code and exchange begin with 2 to 9. The
// library has no check that fits: "possible" looks at lengths only, and "valid" refuses 555-01xx.
var nanp = regexp.MustCompile(`^\+1[2-9]\d{2}[2-9]\d{6}$`)

// nowhere matches numbers of that form that nobody has, since no such area code is given out: those
// with a 9 in the middle, N11, 37N and 96N, 555. They are what is written where a number must be.
// source: NANPA, area code allocation plan; NPA 555 isn't assignable
var nowhere = regexp.MustCompile(`^\+1(?:\d9\d|\d11|37\d|96\d|555)`)

// Why a number is refused, in words that staff read. None of them repeats the number.
var (
	errNoPhone  = errors.New("the phone number is missing")
	errOddPhone = errors.New("this isn't a phone number: write one number, in digits only, " +
		"like (212) 555-0101 or +12125550101")
	errExtension = errors.New("a number with an extension can't be texted: write the patient's " +
		"own number")
	errShortPhone = errors.New("the phone number has too few digits: write it with its area " +
		"code, or with + and the country code")
	errLongPhone = errors.New("the phone number has too many digits: write one number, like " +
		"(212) 555-0101 or +12125550101")
	errNowhere   = errors.New("there is no such area code: ask for the patient's number")
	errNotInPlan = errors.New("there is no such US number (area code and exchange begin with 2 " +
		"to 9); write a foreign one with + and its country code")
)

// extension matches a number with an extension as people write it: "0101 ext. 4", "0101x4",
// "0101 #4". The library would drop the extension, and the text would go to a switchboard.
var extension = regexp.MustCompile(`(?i)\d[\s,;.]*(?:ext(?:ension)?|x|#)[\s.:]*\d`)

// ParsePhone parses a phone number as people write it: a US number with any punctuation, or an
// international one with + or 011. It accepts possible numbers, not only valid ones, since the
// library's lists lack new numbers and fictional ones (555-01xx). The error tells staff what to
// write, without the number.
func ParsePhone(s string) (handlers.Phone, error) {
	// A number copied from a phone's contacts carries invisible marks of direction; a spreadsheet
	// puts ' before a plus, lest it be read as a formula.
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "'"))
	if rest, ok := cutPrefixFold(s, "tel:"); ok {
		s = rest
	}
	switch {
	case s == "":
		return handlers.Phone{}, errNoPhone
	case extension.MatchString(s):
		return handlers.Phone{}, errExtension
	// The library reads letters as a keypad does and skips words before a number, so 2.12556E+09,
	// which a spreadsheet makes of a number, would become some stranger's. A plus further on is the
	// beginning of a second number.
	case len(s) > maxPhone || strings.ContainsFunc(s, odd) || strings.LastIndexAny(s, "+＋") > 0:
		return handlers.Phone{}, errOddPhone
	}
	n, err := phonenumbers.Parse(s, "US")
	if err != nil {
		return handlers.Phone{}, parseFault(err)
	}
	switch phonenumbers.IsPossibleNumberWithReason(n) {
	case phonenumbers.IS_POSSIBLE:
	case phonenumbers.TOO_LONG:
		return handlers.Phone{}, errLongPhone
	case phonenumbers.TOO_SHORT, phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return handlers.Phone{}, errShortPhone
	default:
		return handlers.Phone{}, errOddPhone
	}
	// "Possible" is a matter of lengths alone; of US numbers we know more.
	whole := phonenumbers.Format(n, phonenumbers.E164)
	if n.GetCountryCode() == 1 && !nanp.MatchString(whole) {
		return handlers.Phone{}, errNotInPlan
	}
	if n.GetCountryCode() == 1 && nowhere.MatchString(whole) {
		return handlers.Phone{}, errNowhere
	}
	p, err := handlers.NewPhone(whole)
	if err != nil {
		return handlers.Phone{}, errOddPhone
	}
	return p, nil
}

// parseFault turns the library's errors into ours, which tell what to write.
func parseFault(err error) error {
	switch {
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return errLongPhone
	case errors.Is(err, phonenumbers.ErrTooShortNSN),
		errors.Is(err, phonenumbers.ErrTooShortAfterIDD):
		return errShortPhone
	default:
		return errOddPhone
	}
}

// odd reports whether a rune has no place in a number: anything but digits of any script, spaces,
// dashes, brackets, dots, a slash and the plus, also in the full-width forms that East Asian
// keyboards give.
func odd(r rune) bool {
	return !unicode.Is(unicode.Nd, r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Pd, r) &&
		!strings.ContainsRune("().+/＋−⁄•·", r)
}

// cutPrefixFold is strings.CutPrefix for an ASCII prefix in any case.
func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

package twilio

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// The reasons that staff read. Twilio's own message isn't passed on: it holds the number whole.
const (
	whyCredentials = "Twilio refused the bot's credentials"
	whyRate        = "Twilio takes no more texts just now"
	whyUnreached   = "Twilio could not be reached"
)

// reason is what a code of Twilio's means to us.
type reason struct {
	retry   bool // it may go through later
	noTexts bool // no text reaches the number, now or ever
	why     string
}

// reasons returns what the codes mean that have a way of their own. What is not here is final. source: Twilio's error dictionary
func reasons(code int) (reason, bool) {
	later := func(why string) reason { return reason{retry: true, why: why} }
	final := func(why string) reason { return reason{why: why} }
	never := func(why string) reason { return reason{noTexts: true, why: why} }
	r, ok := map[int]reason{
		14107:             later(whyRate),
		20003:             later(whyCredentials),
		20005:             later("the Twilio account is not active"),
		20006:             later(whyCredentials),
		20404:             later("Twilio doesn't know the account or the service that texts are sent from"),
		20429:             later(whyRate),
		21211:             never("it is not a valid number"),
		21408:             final("the account may not text that country"),
		21602:             final("the text is empty"),
		21606:             later("the number that texts are sent from can't send them"),
		handlers.OptedOut: final("the number has opted out at the carrier"),
		21611:             later(whyRate), // the queue of our number is full
		21612:             final("the number can't be reached from ours"),
		21614:             never("the number can't get texts"),
		21617:             final("the text is too long"),
		21635:             never("the number is a landline"),
		30001:             later(whyRate),
		30002:             later("the Twilio account is suspended"),
		30003:             later("the phone was unreachable"),
		30004:             final("the phone refuses our texts"),
		30005:             never("the number doesn't exist, or not any more"),
		30006:             never("a landline, or a carrier that takes no texts"),
		30007:             final("the carrier filtered the text"),
		30034:             final("our number is not registered for texting (10DLC): the clinic must register it"),
		63038:             later(whyRate), // the day's limit of the account
	}[code]
	return r, ok
}

// meaning is what a receipt's code means.
func meaning(code int) reason {
	if r, ok := reasons(code); ok {
		return r
	}
	return reason{why: "the carrier could not deliver it"}
}

// refused turns an answer that isn't a success into an error: a Refusal only where Twilio itself says that the text was not taken.
func (t *Twilio) refused(resp *http.Response) error {
	var said struct {
		Code   int `json:"code"`
		Status int `json:"status"`
	}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	own := json.Unmarshal(b, &said) == nil && (said.Code != 0 || said.Status != 0)
	no := &handlers.Refusal{Code: said.Code, After: t.after(resp.Header.Get("Retry-After"))}
	known, ok := reasons(said.Code)
	switch status := resp.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		// It is for the clinic to mend, not the text's fault: the text waits.
		no.Retry, no.Why = true, or(known.why, whyCredentials)
	case status == http.StatusTooManyRequests:
		no.Retry, no.Why = true, whyRate
	case status < 400 || status > 499 || status == http.StatusRequestTimeout || !own:
		// A 5xx, a redirect or the answer of something in between doesn't say what became of the text.
		return fmt.Errorf("twilio answered HTTP %d", status)
	case ok:
		no.Retry, no.NoTexts, no.Why = known.retry, known.noTexts, known.why
	default:
		no.Why = "Twilio refused it, error " + strconv.Itoa(said.Code)
	}
	return no
}

// after reads a Retry-After header: seconds or a date.
func (t *Twilio) after(header string) time.Duration {
	if n, err := strconv.Atoi(header); err == nil {
		return max(0, time.Duration(n)*time.Second)
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(t.c.Now()))
	}
	return 0
}

// unreached turns an error of the transport into ours. Where no connection came about nothing was written, so nothing was sent: a
// Refusal. Anything later may have reached Twilio: the outcome is unknown.
func unreached(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return &handlers.Refusal{Retry: true, Why: whyUnreached}
	}
	return fmt.Errorf("reach twilio: %w", bare(err))
}

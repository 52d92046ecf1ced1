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
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// The reasons that staff read where no code says more. Twilio's own message is never passed on: it
// can hold the patient's whole number.
const (
	whyRate      = "Twilio takes no more texts just now"
	whyUnreached = "Twilio could not be reached"
	whyNoFrom    = "there is no number to call from"
)

// receipt fills in what a receipt's code means: why, what to mend, and whether and when to try
// again.
func (t *Twilio) receipt(rec *gate.Receipt) {
	m, ok := t.codes[rec.Code]
	if !ok {
		m = unknown(rec.Code, 0)
	}
	rec.Why, rec.Mend, rec.NoTexts = m.why, m.mend, m.fault == number
	if m.fault.passes() {
		rec.Retry, rec.After, rec.Tries = true, m.after(t.c.Now()), m.tries
	}
}

// refused turns an answer that isn't a success into an error. It is a Refusal only where Twilio
// itself says that it took nothing; after any other error the text may have been taken, and the
// gate looks it up rather than send it twice. It reads the body and leaves it open.
func (t *Twilio) refused(resp *http.Response) error {
	var said struct {
		Code   int `json:"code"`
		Status int `json:"status"`
	}
	// Twilio's errors are JSON with a code or a status; a gateway's or proxy's page is not. A body
	// that is cut off doesn't parse, so its read error needs no look.
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	own := json.Unmarshal(b, &said) == nil && (said.Code != 0 || said.Status != 0)
	no := &handlers.Refusal{Code: said.Code, After: t.after(resp.Header.Get("Retry-After"))}
	status := resp.StatusCode
	m, ok := t.codes[said.Code]
	if !ok {
		m = unknown(said.Code, status)
	}
	switch {
	// A 429 without a code that we know is a rate limit, and whoever answers it took nothing.
	case status == http.StatusTooManyRequests && !ok:
		m = meaning{fault: network, why: whyRate}
	// A 401 or 403 means that we were not let in, whoever says so and whatever the code. A code of
	// the clinic's set-up is kept, since it names what to mend.
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		if m.fault != clinic || said.Code == 0 {
			m = t.codes[20003]
		}
	case status < 400 || status > 499 || status == http.StatusRequestTimeout || !own:
		// A 5xx, a time-out, a redirect or the answer of something in between doesn't say what
		// became of the text.
		return fmt.Errorf("twilio answered HTTP %d", status)
	}
	no.Why, no.Mend, no.NoTexts = m.why, m.mend, m.fault == number
	if m.fault.passes() {
		no.Retry, no.After = true, max(no.After, m.after(t.c.Now()))
	}
	return no
}

// mostAfter bounds what a Retry-After header can make us wait. Twilio's limits are over in seconds;
// a gateway's odd header or a clock that is wrong must not hold texts, or the reading of the list,
// for days.
const mostAfter = time.Hour

// after returns how long a Retry-After header asks to wait: it holds seconds or a date. It is 0 for
// none, for one that can't be read and for the past, and mostAfter at most.
func (t *Twilio) after(header string) time.Duration {
	if n, err := strconv.Atoi(header); err == nil {
		n = min(max(0, n), int(mostAfter/time.Second)) // before a product that can overflow
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(0, at.Sub(t.c.Now())), mostAfter)
	}
	return 0
}

// unreached turns an error of the transport into ours. Where no connection came about nothing was
// written, so nothing was sent: a Refusal. Anything later may have reached Twilio: the outcome is
// unknown.
func unreached(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return &handlers.Refusal{Retry: true, Why: whyUnreached}
	}
	return fmt.Errorf("reach twilio: %w", bare(err))
}

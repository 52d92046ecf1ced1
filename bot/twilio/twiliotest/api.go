package twiliotest

import (
	"crypto/subtle"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// version is the beginning of every path of the REST API; the account's id follows.
const version = "/2010-04-01/Accounts/"

// ServeHTTP serves the part of Twilio's REST API that texts and calls need, what the health checks
// ask of the account, and the Messaging API's services, which Twilio has on another host.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.Pass(r.Context()) // what it returns is ignored: Twilio, too, serves a caller who has hung up
	w.Header().Set("Date", f.c.Now().UTC().Format(http.TimeFormat))
	path, ok := strings.CutPrefix(r.URL.Path, version+f.c.AccountSID)
	user, pass, _ := r.BasicAuth()
	main := same(user, f.c.AccountSID) && same(pass, f.c.AuthToken)
	key := f.c.APIKey != "" && same(user, f.c.APIKey) && same(pass, f.c.APISecret)
	message, one := strings.CutPrefix(path, "/Messages/")
	switch {
	// Nothing is told to whoever has no credentials, not even that a path is unknown. Twilio shows
	// the account itself to no API key but a main one.
	case !main && (!key || path == ".json"):
		fail(w, Fault{Status: http.StatusUnauthorized, Code: 20003})
	case strings.HasPrefix(r.URL.Path, messaging):
		f.service(w, r)
	case !ok:
		fail(w, Fault{Status: http.StatusNotFound, Code: 20404})
	case path == ".json" && r.Method == http.MethodGet:
		f.account(w)
	case path == "/Messages.json" && r.Method == http.MethodPost:
		f.create(w, r)
	case path == "/Messages.json" && r.Method == http.MethodGet:
		f.list(w, r)
	case path == "/IncomingPhoneNumbers.json" && r.Method == http.MethodGet:
		f.listNumbers(w, r)
	case path == "/Calls.json" && r.Method == http.MethodPost:
		f.call(w, r)
	case one && r.Method == http.MethodGet:
		f.fetch(w, strings.TrimSuffix(message, ".json"))
	default:
		fail(w, Fault{Status: http.StatusNotFound, Code: 20404})
	}
}

// same compares credentials in constant time.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// create takes a text, or does what the post's fault says. Over the rate, a 429 replaces the fault.
// The delay comes first, whatever follows.
func (f *Fake) create(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return // the caller has hung up
	}
	form, err := url.ParseQuery(string(b))
	if err != nil {
		fail(w, Fault{Status: http.StatusBadRequest, Code: 20001})
		return
	}
	fault, full := f.count(form)
	if full {
		fault = Fault{Status: http.StatusTooManyRequests, Code: 20429, RetryAfter: "1"}
	}
	f.wait(r, f.delay())
	switch {
	case fault.Drop:
		panic(http.ErrAbortHandler) // makes net/http close the connection without an answer
	case fault.Status != 0:
		fail(w, fault)
		return
	}
	m, no := f.take(form)
	switch {
	case no.Code != 0:
		fail(w, no)
	case fault.Lose:
		panic(http.ErrAbortHandler)
	case fault.Hang:
		// The text is in the list by now: a caller that runs out of time can find it there.
		select {
		case <-r.Context().Done():
		case <-f.closed:
		}
		panic(http.ErrAbortHandler)
	default:
		answer(w, http.StatusCreated, f.resource(m))
	}
}

// count numbers the post and returns its fault. full reports that the second's rate is used up.
func (f *Fake) count(form url.Values) (fault Fault, full bool) {
	f.mu.Lock()
	f.posts++
	n := f.posts
	if f.c.Rate > 0 {
		// The wall clock and not Now: a rate is about load, and a test's clock may stand still.
		if s := time.Now().Unix(); s != f.second {
			f.second, f.taken = s, 0
		}
		f.taken++
		if full = f.taken > f.c.Rate; full {
			f.limited++
		}
	}
	f.mu.Unlock()
	if f.c.Fault != nil {
		fault = f.c.Fault(n, form)
	}
	return fault, full
}

// delay returns how long to wait before the answer to a post.
func (f *Fake) delay() time.Duration {
	if f.c.Jitter <= 0 {
		return f.c.Delay
	}
	return f.c.Delay - f.c.Jitter + rand.N(2*f.c.Jitter)
}

// wait waits for d, or until the caller hangs up or the Fake ends.
func (f *Fake) wait(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	case <-f.closed:
	}
}

// number matches where a text can go: a number, after the name of its channel if that isn't SMS.
// From and To must be of one channel, otherwise the text is refused with 21910; a service chooses a
// sender of that channel from its pool. Twilio doesn't say which code it refuses with if there is
// none: 21703 is the nearest. sources: https://www.twilio.com/docs/messaging/channels,
// https://www.twilio.com/docs/api/errors/21910
var number = regexp.MustCompile(`^(whatsapp:|rcs:)?\+[1-9]\d{6,14}$`)

// channel returns the channel that an address names, with its colon: "whatsapp:". "" is SMS.
func channel(address string) string { return address[:strings.Index(address, ":")+1] }

// pooled reports whether a service has a sender on a channel. A service that no test has set up has
// every sender.
func (f *Fake) pooled(service, channel string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, known := f.services[service]
	return !known || channel == "" || slices.ContainsFunc(s.Senders, func(sender string) bool {
		return strings.HasPrefix(sender, channel)
	})
}

// take stores a text and queues its receipts, or returns what it is refused with. The checks and
// their codes are those of Twilio's documentation; 1600 characters is its limit for a body.
func (f *Fake) take(form url.Values) (Message, Fault) {
	bad := func(code int) Fault { return Fault{Status: http.StatusBadRequest, Code: code} }
	m := Message{
		From: form.Get("From"), To: form.Get("To"), Service: form.Get("MessagingServiceSid"),
		Body:     form.Get("Body"),
		Callback: form.Get("StatusCallback"), Direction: "outbound-api", Status: "queued",
		Created: f.c.Now(),
	}
	if m.Service != "" {
		m.Status = "accepted" // no sender has been chosen yet
	}
	switch {
	case m.To == "":
		return m, bad(21604)
	case !number.MatchString(m.To):
		return m, bad(21211)
	case m.From == "" && m.Service == "":
		return m, bad(21603)
	case m.Service == "" && channel(m.From) != channel(m.To):
		return m, bad(21910)
	case !f.pooled(m.Service, channel(m.To)):
		return m, bad(21703)
	case m.Body == "":
		return m, bad(21602)
	case utf8.RuneCountInString(m.Body) > 1600:
		return m, bad(21617)
	}
	f.mu.Lock()
	no, receipt := f.rule(m.To)
	if no.Code != 0 {
		f.mu.Unlock()
		return m, no
	}
	m.SID = f.add(m)
	f.mu.Unlock()
	if f.worker != nil && m.Callback != "" {
		f.worker.add(m, receipt)
	}
	return m, Fault{}
}

// fail answers with an error: in Twilio's shape if it has a code or is a 429, otherwise with a bare
// status, as a gateway or proxy on the way answers.
func fail(w http.ResponseWriter, e Fault) {
	for header, v := range map[string]string{"Retry-After": e.RetryAfter, "Location": e.Location} {
		if v != "" {
			w.Header().Set(header, v)
		}
	}
	if e.Code == 0 && e.Status != http.StatusTooManyRequests {
		w.WriteHeader(e.Status)
		return
	}
	code := strconv.Itoa(e.Code)
	answer(w, e.Status, map[string]any{
		"code": e.Code, "message": "Error " + code,
		"more_info": "https://www.twilio.com/docs/errors/" + code, "status": e.Status,
	})
}

// answer writes a value as JSON.
func answer(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own maps and structs
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b) // an error means that the client is gone
}

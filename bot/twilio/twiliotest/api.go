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

const version = "/2010-04-01/Accounts/"

// ServeHTTP is the part of Twilio's REST API that texts need, and what tells of the account.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.Pass(r.Context()) // a request whose caller has hung up is carried out all the same
	w.Header().Set("Date", f.c.Now().UTC().Format(http.TimeFormat))
	path, ok := strings.CutPrefix(r.URL.Path, version+f.c.AccountSID)
	user, pass, _ := r.BasicAuth()
	main := same(user, f.c.AccountSID) && same(pass, f.c.AuthToken)
	key := f.c.APIKey != "" && same(user, f.c.APIKey) && same(pass, f.c.APISecret)
	message, one := strings.CutPrefix(path, "/Messages/")
	switch {
	// Twilio shows the account itself to no API key but a main one.
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

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// create takes a text, or does what its fault says.
func (f *Fake) create(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
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
		panic(http.ErrAbortHandler)
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
		select {
		case <-r.Context().Done():
		case <-f.closed:
		}
		panic(http.ErrAbortHandler)
	default:
		answer(w, http.StatusCreated, f.resource(m))
	}
}

// count numbers the post, asks for its fault and holds the rate.
func (f *Fake) count(form url.Values) (fault Fault, full bool) {
	f.mu.Lock()
	f.posts++
	n := f.posts
	if f.c.Rate > 0 {
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

func (f *Fake) delay() time.Duration {
	if f.c.Jitter <= 0 {
		return f.c.Delay
	}
	return f.c.Delay - f.c.Jitter + rand.N(2*f.c.Jitter)
}

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

// number is where a text can go: a number, on a channel besides SMS after its name. From and To
// must be of one channel, else the text is refused with 21910; a service chooses a sender of that
// channel from its pool. With which code it refuses if it has none Twilio doesn't say: 21703 is the
// nearest. sources: twilio.com/docs/messaging/channels, twilio.com/docs/api/errors/21910
var number = regexp.MustCompile(`^(whatsapp:|rcs:)?\+[1-9]\d{6,14}$`)

// channel is the one that an address names, with its colon; "" is SMS.
func channel(address string) string { return address[:strings.Index(address, ":")+1] }

// pooled says whether a service has a sender of a channel. Of one that wasn't set up all is taken.
func (f *Fake) pooled(service, channel string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, known := f.services[service]
	return !known || channel == "" || slices.ContainsFunc(s.Senders, func(sender string) bool {
		return strings.HasPrefix(sender, channel)
	})
}

// take stores the text, or returns what it is refused with.
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

// fail answers with an error of Twilio's shape.
func fail(w http.ResponseWriter, e Fault) {
	for header, v := range map[string]string{"Retry-After": e.RetryAfter, "Location": e.Location} {
		if v != "" {
			w.Header().Set(header, v)
		}
	}
	if e.Code == 0 && e.Status != http.StatusTooManyRequests {
		w.WriteHeader(e.Status) // a proxy's or a gateway's answer, not Twilio's
		return
	}
	code := strconv.Itoa(e.Code)
	answer(w, e.Status, map[string]any{
		"code": e.Code, "message": "Error " + code,
		"more_info": "https://www.twilio.com/docs/errors/" + code, "status": e.Status,
	})
}

func answer(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own maps and structs
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b) // a client that is gone is not ours to mend
}

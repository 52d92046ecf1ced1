package twilio

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Patient answers patients' texts. Receive is called concurrently, and again with the same ID when
// Twilio repeats a webhook.
type Patient interface {
	// Receive returns the reply that goes into the webhook's response. An error refuses the
	// webhook with a 503, so that Twilio asks again. ctx ends 10 s after the webhook came, and not
	// when Twilio hangs up.
	Receive(ctx context.Context, t handlers.Text) (handlers.Reply, error)
}

// Receipts handles delivery receipts of texts we sent. Receipt is called concurrently; receipts
// come in any order and repeatedly.
type Receipts interface {
	// Receipt stores what a receipt says. An error refuses the webhook with a 503. ctx is as in
	// Patient.
	Receipt(ctx context.Context, r gate.Receipt) error
}

// Meter counts texts, and requests that are refused. It is called concurrently.
type Meter interface {
	// Refused counts a refused request by the door ("twilio") and by what was wrong: method,
	// signature, form, account or id.
	Refused(door, because string)
	// Odd counts a text whose sender is no patient's number: "own" or "unreadable".
	Odd(sender string)
}

// uncounted is a Meter that counts nothing.
type uncounted struct{}

func (uncounted) Odd(string)             {}
func (uncounted) Refused(string, string) {}

// Config configures a Twilio. [New] checks it.
type Config struct {
	AccountSID string // AC and 32 hex digits
	// The key of webhooks' signatures; also the password of requests, where no API key is used.
	AuthToken string
	// Accepted in signatures as well, while the token is being rotated. May be empty.
	PreviousToken string
	APIKey        string // SK…, to send, look up and list texts; may be empty
	APISecret     string // of APIKey

	MessagingServiceSID string // sends are from this service; may be empty
	From                string // calls are from this number, and sends if there is no service

	// Our numbers besides From, such as the on-call phone's. Texts from them are not answered.
	Own []handlers.Phone

	BaseURL string // of the REST API; https://api.twilio.com if empty
	// The base that Twilio calls, as it stands in Twilio's console. It is part of every signature:
	// if it is wrong, all webhooks are refused.
	PublicURL string

	Transport http.RoundTripper // http.DefaultTransport with more idle connections if nil
	Timeout   time.Duration     // of one request to Twilio, its body included; 10 s if 0

	Patient  Patient
	Receipts Receipts
	OnCall   OnCall
	Staff    Staff // may be nil: then no call rings a member of staff
	Meter    Meter // may be nil
	Now      func() time.Time
	Log      *slog.Logger
}

const (
	vendor      = "https://api.twilio.com" // the host that the vendor's module has built in
	sendTimeout = 10 * time.Second         // the default of Config.Timeout
)

// Twilio sends and receives texts. Create it with [New]. Its methods may be called concurrently.
type Twilio struct {
	c      Config
	base   string   // of the REST API, without a trailing slash
	public []string // the forms of the public URL that Twilio may sign: see ports
	tokens []string // that webhooks may be signed with; never an empty one
	http   *http.Client
	codes  map[int]meaning  // never written after New
	ours   []handlers.Phone // numbers that get no answer
}

// accountSID matches an account's id. The id becomes part of a path, so nothing else is let in.
var accountSID = regexp.MustCompile(`^AC[0-9a-zA-Z]+$`)

// New checks the configuration, reports all its faults at once, and returns a Twilio. It makes no
// request: whether the credentials are good is for [Twilio.Account] and [Twilio.Key] to tell.
func New(c Config) (*Twilio, error) {
	base, err := c.check()
	if err != nil {
		return nil, err
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if c.Transport == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		// Two, the default, would open a connection for nearly every send.
		own.MaxIdleConnsPerHost = own.MaxIdleConns
		c.Transport = own
	}
	if c.Timeout == 0 {
		c.Timeout = sendTimeout
	}
	if c.Meter == nil {
		c.Meter = uncounted{}
	}
	ours := slices.Clone(c.Own)
	if p, err := handlers.NewPhone(c.From); err == nil { // else it is a short code
		ours = append(ours, p)
	}
	return &Twilio{
		c:      c,
		base:   strings.TrimRight(base.String(), "/"),
		public: ports(c.PublicURL),
		codes:  table(),
		ours:   ours,
		// Without a previous token nothing may be signed with the empty key.
		tokens: slices.DeleteFunc(
			[]string{c.AuthToken, c.PreviousToken}, func(s string) bool { return s == "" },
		),
		http: &http.Client{
			Transport: c.Transport,
			Timeout:   c.Timeout,
			// A redirected POST would be sent a second time or as a GET; neither is known to be
			// safe, so a redirect is an unknown outcome.
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
	}, nil
}

// check returns the base URL of the API, and all faults of the configuration as one error.
func (c Config) check() (*url.URL, error) {
	var faults []error
	want := func(ok bool, what string) {
		if !ok {
			faults = append(faults, errors.New("twilio: "+what))
		}
	}
	want(
		accountSID.MatchString(c.AccountSID),
		"the account SID is AC and 32 digits or letters a to f",
	)
	want(c.AuthToken != "", "the auth token is missing: without it no webhook can be verified")
	want((c.APIKey == "") == (c.APISecret == ""), "an API key needs its secret")
	want(
		c.MessagingServiceSID != "" || c.From != "",
		"a messaging service or a number to send from is missing",
	)
	whole := c.Patient != nil && c.Receipts != nil && c.OnCall != nil
	want(whole && c.Now != nil && c.Log != nil,
		"Patient, Receipts, OnCall, Now and Log are needed")
	base, err := url.Parse(cmp.Or(c.BaseURL, vendor))
	want(err == nil && base.Host != "" && (base.Scheme == "https" || base.Scheme == "http"),
		"the API's URL is not one")
	public, err := url.Parse(c.PublicURL)
	want(err == nil && public.Host != "" && public.RawQuery == "" && public.Fragment == "" &&
		(public.Scheme == "https" || public.Scheme == "http"),
		"the public URL is not one")
	return base, errors.Join(faults...)
}

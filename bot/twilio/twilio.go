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

// Patient answers a patient's text.
type Patient interface {
	// Receive returns the reply that goes into the webhook's response. An error refuses the
	// webhook, so that Twilio asks again.
	Receive(ctx context.Context, t handlers.Text) (handlers.Reply, error)
}

// Receipts handles a delivery receipt of a text we sent.
type Receipts interface {
	// Receipt stores what a receipt says. An error refuses the webhook.
	Receipt(ctx context.Context, r gate.Receipt) error
}

// Meter counts texts.
type Meter interface {
	// Odd counts a text whose sender is no patient's number: "own" or "unreadable".
	Odd(sender string)
}

// uncounted is a Meter that counts nothing.
type uncounted struct{}

func (uncounted) Odd(string) {}

// Config configures a Twilio. [New] checks it.
type Config struct {
	AccountSID string // AC and 32 hex digits
	// Signs the webhooks; the password of sends too, unless there is an API key.
	AuthToken     string
	PreviousToken string // signs as well, while the token is being rotated; may be empty
	APIKey        string // SK…, for sends; may be empty
	APISecret     string // of APIKey

	MessagingServiceSID string // sends are from this service; may be empty
	From                string // calls are from this number, and sends if there is no service

	// Numbers that are ours besides From, the on-call phone's: they get no answer.
	Own []handlers.Phone

	BaseURL string // of the REST API; https://api.twilio.com if empty
	// The base that Twilio calls, as it stands in Twilio's console; part of every signature.
	PublicURL string

	Transport http.RoundTripper // http.DefaultTransport with more idle connections if nil
	Timeout   time.Duration     // of one request to Twilio; 10 s if 0

	Patient  Patient
	Receipts Receipts
	OnCall   OnCall
	Meter    Meter // may be nil
	Now      func() time.Time
	Log      *slog.Logger
}

const (
	vendor      = "https://api.twilio.com" // the host that the vendor's module has built in
	sendTimeout = 10 * time.Second
)

// Twilio sends and receives texts. Create it with [New].
type Twilio struct {
	c      Config
	base   string // of the REST API, without a trailing slash
	public []string
	tokens []string
	http   *http.Client
	codes  map[int]meaning  // never written after New
	ours   []handlers.Phone // numbers
}

// accountSID is what an account's id may look like; it becomes part of a path.
var accountSID = regexp.MustCompile(`^AC[0-9a-zA-Z]+$`)

// New checks the configuration, reports all faults at once, and returns a Twilio. It makes no
// request.
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
		tokens: slices.DeleteFunc(
			[]string{c.AuthToken, c.PreviousToken}, func(s string) bool { return s == "" },
		),
		http: &http.Client{
			Transport: c.Transport,
			Timeout:   c.Timeout,
			// A redirected POST would be sent again, or as a GET: neither is ours to do.
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse
			},
		},
	}, nil
}

// check reports all faults at once. It returns the base URL of the API.
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

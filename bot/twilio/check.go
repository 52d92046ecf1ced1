package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// TextPath is the path of the webhook for patients' texts. The checks compare it with what the
// account's numbers are set to call.
const TextPath = "/twilio/text"

// mostNumbers is the size of the one page of an account's numbers that is read: the longest that
// Twilio gives.
const mostNumbers = "1000"

// Account describes the account that texts are sent from.
type Account struct {
	Status string        // active, suspended or closed
	Skew   time.Duration // how far Twilio's clock is ahead of ours, to within a second
}

// Account asks Twilio for the account's status and its clock. It uses the auth token, since Twilio
// shows the account to no API key but a main one. Skew is 0 if the answer has no date.
func (t *Twilio) Account(ctx context.Context) (Account, error) {
	var a struct {
		Status string `json:"status"`
	}
	asked := t.c.Now()
	h, err := t.ask(ctx, t.account()+".json", nil, &a)
	if err != nil {
		return Account{}, fmt.Errorf("ask for the account: %w", err)
	}
	out := Account{Status: a.Status}
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		// The date was written about half-way through the request, and cuts off the fraction of its
		// second: half of each is the best guess.
		ours := asked.Add(t.c.Now().Sub(asked) / 2)
		out.Skew = theirs.Add(time.Second / 2).Sub(ours)
	}
	return out, nil
}

// Key checks that the API key may read texts: a key that may only send would leave every text of
// unknown outcome unsettled. Without a key it does nothing.
func (t *Twilio) Key(ctx context.Context) error {
	if t.c.APIKey == "" {
		return nil
	}
	c := &call{t, ctx, t.c.APIKey, t.c.APISecret}
	list := vendor + t.account() + "/Messages.json"
	resp, err := c.SendRequest(http.MethodGet, list, url.Values{"PageSize": {"1"}}, nil)
	if err != nil {
		return fmt.Errorf("ask with the API key: %w", err)
	}
	_ = resp.Body.Close() // the status says enough
	return nil
}

// Hook is the webhook that Twilio calls for an incoming text, as it is set up at Twilio.
type Hook struct {
	URL, Method string // "" if none is set
	Application bool   // a TwiML application's webhook is called instead of URL
}

// Number is one of the account's phone numbers.
type Number struct {
	Phone      string // in E.164 form
	SMS, Voice bool   // whether it can text, and call
	Hook       Hook
}

// Numbers lists the account's phone numbers. More than 1000 are an error, since a check on some of
// them would call a number missing that is there.
func (t *Twilio) Numbers(ctx context.Context) ([]Number, error) {
	var page struct {
		Numbers []struct {
			Phone        string `json:"phone_number"`
			Capabilities struct {
				SMS   bool `json:"sms"`
				Voice bool `json:"voice"`
			} `json:"capabilities"`
			URL         string `json:"sms_url"`
			Method      string `json:"sms_method"`
			Application string `json:"sms_application_sid"`
		} `json:"incoming_phone_numbers"`
		Next string `json:"next_page_uri"`
	}
	path := t.account() + "/IncomingPhoneNumbers.json"
	if _, err := t.ask(ctx, path, url.Values{"PageSize": {mostNumbers}}, &page); err != nil {
		return nil, fmt.Errorf("ask for the account's numbers: %w", err)
	}
	if page.Next != "" {
		return nil, errors.New("ask for the account's numbers: there are more than " + mostNumbers)
	}
	out := make([]Number, 0, len(page.Numbers))
	for _, n := range page.Numbers {
		hook := Hook{URL: n.URL, Method: n.Method, Application: n.Application != ""}
		out = append(out, Number{n.Phone, n.Capabilities.SMS, n.Capabilities.Voice, hook})
	}
	return out, nil
}

// Service describes the Messaging Service that texts are sent from. Hook.Application is never set.
type Service struct {
	Hook      Hook
	OnNumbers bool     // each number's own hook is called instead of the service's
	Numbers   []string // in E.164 form
}

// Service asks Twilio for the configured Messaging Service and the numbers in its sender pool. If
// there is no such service, [Unknown] is true of the error.
func (t *Twilio) Service(ctx context.Context) (Service, error) {
	var s struct {
		URL       string `json:"inbound_request_url"`
		Method    string `json:"inbound_method"`
		OnNumbers bool   `json:"use_inbound_webhook_on_number"`
	}
	var page struct {
		Numbers []struct {
			Phone string `json:"phone_number"`
		} `json:"phone_numbers"`
	}
	// The Messaging API is another host than the one that texts are sent through.
	m := &Twilio{c: t.c, base: messagingBase(t.base), http: t.http, codes: t.codes}
	path := "/v1/Services/" + url.PathEscape(t.c.MessagingServiceSID)
	_, err := m.ask(ctx, path, nil, &s)
	if err == nil {
		_, err = m.ask(ctx, path+"/PhoneNumbers", url.Values{"PageSize": {mostNumbers}}, &page)
	}
	if err != nil {
		return Service{}, fmt.Errorf("ask for the messaging service: %w", err)
	}
	out := Service{Hook: Hook{URL: s.URL, Method: s.Method}, OnNumbers: s.OnNumbers}
	for _, n := range page.Numbers {
		out.Numbers = append(out.Numbers, n.Phone)
	}
	return out, nil
}

// messagingBase returns the base URL of the Messaging API in the same region as the main API:
// https://messaging.dublin.ie1.twilio.com for https://api.dublin.ie1.twilio.com. A base outside
// Twilio, a fake's or a proxy's, serves both.
func messagingBase(base string) string {
	u, err := url.Parse(base)
	if err != nil || !strings.HasSuffix(u.Hostname(), ".twilio.com") {
		return base
	}
	u.Host = strings.Replace(u.Host, "api.", "messaging.", 1)
	return u.String()
}

// Unknown reports whether Twilio answered that a resource doesn't exist (its code 20404).
func Unknown(err error) bool {
	no, ok := errors.AsType[*handlers.Refusal](err)
	return ok && no.Code == 20404
}

// account returns the path of the account in the REST API.
func (t *Twilio) account() string { return "/2010-04-01/Accounts/" + t.c.AccountSID }

// ask decodes the JSON of one resource into a value, and returns the answer's headers. It uses the
// auth token.
func (t *Twilio) ask(
	ctx context.Context, path string, query url.Values, into any,
) (http.Header, error) {
	c := &call{t, ctx, t.c.AccountSID, t.c.AuthToken}
	resp, err := c.SendRequest(http.MethodGet, vendor+path, query, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return nil, fmt.Errorf("read twilio's answer: %w", bare(err))
	}
	return resp.Header, nil
}

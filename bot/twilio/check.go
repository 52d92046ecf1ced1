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

// TextPath is the path of the webhook for patients' texts.
const TextPath = "/twilio/text"

// mostNumbers is how many numbers of an account are looked through: the longest page of Twilio's.
const mostNumbers = "1000"

// Account describes the account that texts are sent from.
type Account struct {
	Status string        // active, suspended or closed
	Skew   time.Duration // how far Twilio's clock is ahead of ours; it tells whole seconds
}

// Account asks for the account. It uses the auth token, since Twilio shows the account to no API
// key but a main one.
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
		// It was told half-way, and what is told as 12:00:00 may be up to a second later.
		ours := asked.Add(t.c.Now().Sub(asked) / 2)
		out.Skew = theirs.Add(time.Second / 2).Sub(ours)
	}
	return out, nil
}

// Key checks that the API key may read texts, which look-ups need. Without a key it does nothing.
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
	_ = resp.Body.Close() // that it came says enough
	return nil
}

// Hook is the webhook that Twilio calls for an incoming text.
type Hook struct {
	URL, Method string
	Application bool // an application's URLs count in place of it
}

// Number is one of the account's phone numbers.
type Number struct {
	Phone      string // in E.164 form
	SMS, Voice bool   // what it can
	Hook       Hook
}

// Numbers lists the account's phone numbers.
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

// Service describes the Messaging Service that texts are sent from.
type Service struct {
	Hook      Hook
	OnNumbers bool     // each number's own hook counts in place of the service's
	Numbers   []string // in E.164 form
}

// Service asks for the Messaging Service and the numbers in it.
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

// messagingBase is where the Messaging API is, in the region of the main one; what stands in for
// Twilio has both in one place.
func messagingBase(base string) string {
	u, err := url.Parse(base)
	if err != nil || !strings.HasSuffix(u.Hostname(), ".twilio.com") {
		return base
	}
	u.Host = strings.Replace(u.Host, "api.", "messaging.", 1)
	return u.String()
}

// Unknown reports whether Twilio answered that a resource doesn't exist.
func Unknown(err error) bool {
	no, ok := errors.AsType[*handlers.Refusal](err)
	return ok && no.Code == 20404
}

// account is the path of the account.
func (t *Twilio) account() string { return "/2010-04-01/Accounts/" + t.c.AccountSID }

// ask gets one thing of Twilio's, with the auth token.
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

package twiliotest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Number is a phone number of the account, as it is set up in the console.
type Number struct {
	Phone       string // in E.164 form
	NoSMS       bool   // it can't text
	NoVoice     bool   // it can't call
	TextURL     string // the console's "A message comes in"
	TextMethod  string // POST if empty
	Application string // the SID of an application whose URLs are called instead
}

// Service is a Messaging Service of the account.
type Service struct {
	SID       string
	TextURL   string   // of the integration; "" takes no incoming texts
	Method    string   // POST if empty
	OnNumbers bool     // "Defer to sender's webhook"
	Numbers   []string // in E.164 form
	Codes     []string // short codes
	Senders   []string // on other channels: "rcs:…", "whatsapp:+…"
}

// Own gives the account a number, or replaces the one with the same Phone.
func (f *Fake) Own(n Number) {
	f.mu.Lock()
	defer f.mu.Unlock()
	same := func(old Number) bool { return old.Phone == n.Phone }
	f.numbers = append(slices.DeleteFunc(f.numbers, same), n)
}

// Serve gives the account a Messaging Service, or replaces the one with the same SID. From then on
// the service's senders decide on which channels it takes texts.
func (f *Fake) Serve(s Service) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.services[s.SID] = s
}

// Account sets the account's status: active, suspended or closed. Texts are taken all the same;
// Rule with the number "" makes them fail.
func (f *Fake) Account(status string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status = status
}

// sid returns the id of the n-th resource (from 0) of a kind, which is two letters: "PN".
func (f *Fake) sid(kind string, n int) string {
	return fmt.Sprintf("%s%s%016x", kind, f.prefix, n+1)
}

// listNumbers is GET …/IncomingPhoneNumbers.json, as Twilio's OpenAPI file has it, with all numbers
// on one page.
func (f *Fake) listNumbers(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	only := r.URL.Query().Get("PhoneNumber")
	shown := []map[string]any{}
	for i, n := range f.numbers {
		if only == "" || strings.Contains(n.Phone, only) {
			shown = append(shown, f.number(i, n))
		}
	}
	base := ""
	if f.c.Absolute {
		base = "https://api.twilio.com"
	}
	uri := base + r.URL.RequestURI()
	answer(w, http.StatusOK, map[string]any{
		"incoming_phone_numbers": shown, "start": 0, "end": max(0, len(shown)-1), "page": 0,
		"page_size": atoi(r.URL.Query().Get("PageSize"), 50), "uri": uri, "first_page_uri": uri,
		"next_page_uri": nil, "previous_page_uri": nil,
	})
}

// number returns the i-th number (from 0) as Twilio shows it.
func (f *Fake) number(i int, n Number) map[string]any {
	sid := f.sid("PN", i)
	return map[string]any{
		"account_sid": f.c.AccountSID, "address_requirements": "none", "address_sid": nil,
		"api_version": "2010-04-01", "beta": false,
		"capabilities": map[string]bool{
			"voice": !n.NoVoice, "sms": !n.NoSMS, "mms": !n.NoSMS, "fax": false,
		},
		"date_created": date(f.c.Now()), "date_updated": date(f.c.Now()),
		"emergency_status":      "Active",
		"emergency_address_sid": nil, "emergency_address_status": "unregistered",
		"friendly_name": n.Phone, "identity_sid": nil,
		"origin": "twilio", "phone_number": n.Phone, "sid": sid,
		"sms_application_sid": known(n.Application),
		"sms_fallback_method": "POST", "sms_fallback_url": nil,
		"sms_method": cmp.Or(n.TextMethod, "POST"), "sms_url": known(n.TextURL),
		"status_callback": nil, "status_callback_method": "POST", "trunk_sid": nil,
		"uri": version + f.c.AccountSID + "/IncomingPhoneNumbers/" + sid + ".json",

		"voice_application_sid": nil, "voice_caller_id_lookup": false,
		"voice_fallback_method": "POST",
		"voice_fallback_url":    nil,
		"voice_method":          "POST", "voice_url": nil, "bundle_sid": nil,
		"voice_receive_mode": "voice",
		"status":             "in-use", "type": "local",
	}
}

// messaging is the beginning of the paths of Messaging Services. Twilio's are on a host of their
// own, https://messaging.twilio.com; the Fake has everything on one.
const messaging = "/v1/Services/"

// service is GET /v1/Services/{Sid}, and its PhoneNumbers, ShortCodes and ChannelSenders, each on
// one page. An unknown service or part is a 404 with code 20404.
func (f *Fake) service(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	sid, part, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, messaging), "/")
	s, ok := f.services[sid]
	at := "https://messaging.twilio.com" + messaging + sid
	parts := []string{"", "PhoneNumbers", "ShortCodes", "ChannelSenders"}
	switch {
	case !ok || r.Method != http.MethodGet || !slices.Contains(parts, part):
		fail(w, Fault{Status: http.StatusNotFound, Code: 20404})
	case part == "":
		answer(w, http.StatusOK, map[string]any{
			"account_sid": f.c.AccountSID, "sid": sid, "friendly_name": "Clinic",
			"date_created":  f.c.Now(),
			"date_updated":  f.c.Now(),
			"sticky_sender": true, "mms_converter": true, "smart_encoding": true,
			"fallback_to_long_code": true, "area_code_geomatch": true,
			"validity_period": 36000, "scan_message_content": "inherit",
			"synchronous_validation":      false,
			"usecase":                     "notifications",
			"us_app_to_person_registered": true, "use_inbound_webhook_on_number": s.OnNumbers,
			"inbound_request_url": known(s.TextURL), "inbound_method": cmp.Or(s.Method, "POST"),
			"fallback_url": nil, "fallback_method": "POST", "status_callback": nil, "url": at,
			"links": map[string]string{"phone_numbers": at + "/PhoneNumbers"},
		})
	default:
		// The three lists have one shape, and the Messaging API's way to tell of pages (meta),
		// which is not the REST API's.
		kind, key, field, all := "PN", "phone_numbers", "phone_number", s.Numbers
		switch part {
		case "ShortCodes":
			kind, key, field, all = "SC", "short_codes", "short_code", s.Codes
		case "ChannelSenders":
			kind, key, field, all = "XE", "senders", "sender", s.Senders
		}
		shown := []map[string]any{}
		for i, n := range all {
			one := map[string]any{
				"sid": f.sid(kind, i), "account_sid": f.c.AccountSID, "service_sid": sid,
				"date_created": f.c.Now(), "date_updated": f.c.Now(), field: n,
				"url": at + "/" + part + "/" + f.sid(kind, i),
			}
			if part != "ChannelSenders" {
				one["country_code"], one["capabilities"] = "US", []string{"MMS", "SMS", "Voice"}
			}
			shown = append(shown, one)
		}
		answer(w, http.StatusOK, map[string]any{
			key: shown,
			"meta": map[string]any{
				"page": 0, "page_size": atoi(r.URL.Query().Get("PageSize"), 50), "key": key,
				"url":            at + "/" + part,
				"first_page_url": at + "/" + part + "?Page=0",
				"next_page_url":  nil, "previous_page_url": nil,
			},
		})
	}
}

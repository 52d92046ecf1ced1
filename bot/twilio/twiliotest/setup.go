package twiliotest

import (
	"fmt"
	"net/http"
	"strings"
)

// Service is a Messaging Service of the account.
type Service struct {
	SID     string
	Numbers []string
}

// Serve gives the account a Messaging Service, or changes it.
func (f *Fake) Serve(s Service) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.services[s.SID] = s
}

// messaging is the part of Twilio's Messaging API that tells of services, at
// https://messaging.twilio.com in the world.
const messaging = "/v1/Services/"

// service is the numbers of a Messaging Service.
func (f *Fake) service(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	sid, part, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, messaging), "/")
	s, ok := f.services[sid]
	if !ok || r.Method != http.MethodGet || part != "PhoneNumbers" {
		fail(w, Fault{Status: http.StatusNotFound, Code: 20404})
		return
	}
	shown := []map[string]any{}
	for i, n := range s.Numbers {
		shown = append(shown, map[string]any{
			"sid": fmt.Sprintf("PN%s%016x", f.prefix, i), "account_sid": f.c.AccountSID,
			"service_sid": sid, "phone_number": n,
		})
	}
	answer(w, http.StatusOK, map[string]any{
		"phone_numbers": shown,
		"meta":          map[string]any{"key": "phone_numbers", "next_page_url": nil},
	})
}

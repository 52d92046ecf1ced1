package settings

import (
	"net/url"
	"strings"
)

// SignIn says how a feed of FeedFHIR signs in to its server, as SMART Backend Services have it. All
// but KeyID and Scope are needed, unless the server is this machine's own.
// source: hl7.org/fhir/smart-app-launch/backend-services
type SignIn struct {
	// TokenURL is where it signs in, and ClientID the id that the server's vendor gave.
	TokenURL string `yaml:"token_url"`
	ClientID string `yaml:"client_id"`
	// KeyEnv names the environment variable with the private key in PEM, RSA or P-384. KeyID is the
	// key's id among those that the server knows of this client.
	KeyEnv string `yaml:"key_env"`
	KeyID  string `yaml:"key_id"`
	// Scope is what is asked for. Without one it is what is needed, in the words of SMART 2.
	Scope string `yaml:"scope"`
	// WriteBack says that what patients answer is written to the server.
	WriteBack bool `yaml:"write_back"`
}

// What is needed of a server, and for writing answers back. source: SMART App Launch 2.2, scopes
const (
	scopeRead  = "system/Appointment.rs system/Patient.rs system/Slot.rs"
	scopeWrite = "system/Appointment.rus system/Patient.rs system/Slot.rs"
)

// WritesBack reports whether what patients answer to the visits of a feed is written to its system.
func (c *Clinic) WritesBack(feed string) bool {
	f, ok := c.Feed(feed)
	return ok && f.WriteBack
}

// checkSignIn checks how a feed signs in, and fills in what it asks for.
func (f *Feed) checkSignIn(at func(key, format string, args ...any)) {
	s := &f.SignIn
	if f.Kind != FeedFHIR {
		if *s != (SignIn{}) {
			at("client_id", "only a feed of kind %s signs in, or takes answers", FeedFHIR)
		}
		return
	}
	u, err := url.Parse(f.URL)
	own := f.URL != "" && err == nil && local(u.Hostname())
	none := s.TokenURL+s.ClientID+s.KeyEnv == ""
	switch {
	case none && own:
	case s.ClientID == "":
		at("client_id", "missing: the server's vendor gives it when Beacon is registered there")
	case s.TokenURL == "":
		at("token_url", "missing: it is token_endpoint in .well-known/smart-configuration under "+
			"the server's address")
	case s.KeyEnv == "":
		at("key_env", "missing: the name of the environment variable with the private key")
	}
	if s.KeyEnv != "" && !envName.MatchString(s.KeyEnv) {
		at("key_env", "want the name of an environment variable like EHR_KEY, not the key")
	}
	if s.TokenURL != "" {
		if err := CheckFeedURL(s.TokenURL); err != nil {
			at("token_url", "%w", err)
		}
	}
	if s.Scope != "" && !strings.Contains(s.Scope, "/") {
		at("scope", "%q: want scopes like %s", s.Scope, scopeRead)
	}
	if s.Scope == "" {
		if s.Scope = scopeRead; s.WriteBack {
			s.Scope = scopeWrite
		}
	}
}

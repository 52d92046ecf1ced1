package main

import (
	"fmt"
	"net/http"

	"github.com/beacon-clinic/beacon/bot/feed/fhir"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// fhir makes the source of a feed from a FHIR server. The error is one of the configuration, by
// variable; it holds no secret.
func (a *app) fhir(f settings.Feed, c *Config, transport http.RoundTripper) (*fhir.Server, error) {
	url, err := c.address(f)
	if err != nil {
		return nil, err
	}
	key := ""
	if f.KeyEnv != "" {
		if key = c.variable(f.KeyEnv); key == "" {
			return nil, fmt.Errorf("%s: missing: it is the private key that signs in", f.KeyEnv)
		}
	}
	server, err := fhir.New(fhir.Config{
		URL: url, TokenURL: f.TokenURL, ClientID: f.ClientID, Key: key, KeyID: f.KeyID,
		Scope: f.Scope, Days: f.Days, Transport: transport,
		Rules: fhir.Rules{
			Types: f.Types, Type: f.Type, Own: a.base.Clinic.Types(), Langs: language.All(),
		},
	})
	if err != nil && key != "" {
		return nil, fmt.Errorf("%s: %w", f.KeyEnv, err)
	}
	return server, err
}

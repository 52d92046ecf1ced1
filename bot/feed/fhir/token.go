package fhir

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// How long a signed sign-in is good for, at most five minutes, and how long before its end a token
// is taken for old: a request that is under way when it ends would be refused.
// source: SMART App Launch 2.2, Backend Services
const (
	assertionTime = 4 * time.Minute
	tokenMargin   = time.Minute
)

// leastRSA is the shortest RSA key, in bits, that servers take. source: SMART App Launch 2.2
const leastRSA = 2048

// tokens signs in to a FHIR server as SMART Backend Services have it: with a signed JWT instead of
// a password, for a token that is good for some minutes. The zero value doesn't sign in.
type tokens struct {
	url, client, keyID, scope string

	method jwt.SigningMethod // nil: the server wants no sign-in
	key    any
	http   *http.Client

	mu    sync.Mutex // held while it signs in: whoever comes meanwhile gets the same token
	token string
	until time.Time
}

// readKey reads a private key in PEM and returns how it signs. An environment variable can't always
// hold line breaks, so \n stands for one. The error doesn't repeat the key.
func readKey(pem string) (jwt.SigningMethod, any, error) {
	b := []byte(strings.ReplaceAll(strings.TrimSpace(pem), `\n`, "\n"))
	if key, err := jwt.ParseRSAPrivateKeyFromPEM(b); err == nil {
		return rsaKey(key)
	}
	key, err := jwt.ParseECPrivateKeyFromPEM(b)
	switch {
	case err != nil:
		return nil, nil, errors.New(
			"isn't a private key in PEM (-----BEGIN PRIVATE KEY-----), RSA " +
				"or of the curve P-384",
		)
	case key.Curve != elliptic.P384():
		return nil, nil, errors.New("is a key of another curve: make one of P-384, for ES384")
	}
	return jwt.SigningMethodES384, (*ecdsa.PrivateKey)(key), nil
}

func rsaKey(key *rsa.PrivateKey) (jwt.SigningMethod, any, error) {
	if key.N.BitLen() < leastRSA {
		return nil, nil, fmt.Errorf("is an RSA key of %d bits: make one of %d or more",
			key.N.BitLen(), leastRSA)
	}
	return jwt.SigningMethodRS384, key, nil
}

// get returns a token, from memory if that is good for a while yet; "" if none is needed.
func (t *tokens) get(ctx context.Context, now time.Time) (string, error) {
	if t.method == nil {
		return "", nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token != "" && now.Before(t.until) {
		return t.token, nil
	}
	t.token = ""
	signed, err := t.assertion(now)
	if err != nil {
		return "", err
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"scope":                 {t.scope},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {signed},
	}
	r, err := http.NewRequestWithContext(
		ctx, http.MethodPost, t.url, strings.NewReader(form.Encode()),
	)
	if err != nil {
		return "", errors.New("the address for signing in can't be read")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	answer, err := do(t.http, r)
	if err != nil {
		return "", fmt.Errorf("signing in: %w", err)
	}
	return t.keep(answer, now)
}

// assertion returns who we are, signed.
func (t *tokens) assertion(now time.Time) (string, error) {
	claims := jwt.RegisteredClaims{
		Issuer: t.client, Subject: t.client, Audience: jwt.ClaimStrings{t.url}, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(assertionTime)),
	}
	token := jwt.NewWithClaims(t.method, single{claims})
	if t.keyID != "" {
		token.Header["kid"] = t.keyID
	}
	signed, err := token.SignedString(t.key)
	if err != nil {
		return "", fmt.Errorf("signing in: %w", err)
	}
	return signed, nil
}

// single has its audience as one text: some servers don't take a list.
type single struct{ jwt.RegisteredClaims }

// MarshalJSON writes the claims.
func (s single) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"iss": s.Issuer, "sub": s.Subject, "aud": s.Audience[0], "jti": s.ID,
		"iat": s.IssuedAt, "exp": s.ExpiresAt,
	})
}

// keep reads the answer to a sign-in and keeps its token.
func (t *tokens) keep(answer answer, now time.Time) (string, error) {
	var said struct {
		Token   string  `json:"access_token"`
		Type    string  `json:"token_type"`
		Seconds float64 `json:"expires_in"`
		Error   string  `json:"error"`
	}
	err := json.Unmarshal(answer.body, &said)
	switch {
	case answer.status != http.StatusOK:
		why := ""
		if oauthError[said.Error] {
			why = " (" + said.Error + ")"
		}
		return "", fmt.Errorf("signing in: the server refuses with %d%s: see whether it has this "+
			"client's public key, and grants the scopes", answer.status, why)
	case err != nil || said.Token == "" || !strings.EqualFold(said.Type, "bearer"):
		return "", errors.New("signing in: the server gives no bearer token")
	case strings.ContainsFunc(said.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", errors.New("signing in: the server's token isn't one")
	}
	lives := time.Duration(min(said.Seconds, time.Hour.Seconds()) * float64(time.Second))
	t.token, t.until = said.Token, now.Add(max(lives-tokenMargin, lives/2))
	return t.token, nil
}

// oauthError are the errors of a sign-in that are repeated to staff; anything else may be text of
// anybody. source: RFC 6749, 5.2
var oauthError = map[string]bool{
	"invalid_request": true, "invalid_client": true, "invalid_grant": true,
	"unauthorized_client": true, "unsupported_grant_type": true, "invalid_scope": true,
}

// drop forgets a token that the server has refused, unless there is another by now.
func (t *tokens) drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == token {
		t.token = ""
	}
}

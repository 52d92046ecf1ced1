package fhir_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/beacon-clinic/beacon/bot/feed/fhir"
	"github.com/beacon-clinic/beacon/handlers"
)

// key makes a private key, and returns it as PEM beside the public one.
func key(t *testing.T, kind string) (string, crypto.PublicKey) {
	t.Helper()
	var private crypto.Signer
	var err error
	switch kind {
	case "RSA":
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	case "P-256":
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	default:
		private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block := &pem.Block{Type: "PRIVATE KEY", Bytes: b}
	return string(pem.EncodeToMemory(block)), private.Public()
}

// authority gives tokens that are good for five minutes, to whoever signs in as it must be.
type authority struct {
	t      *testing.T
	public crypto.PublicKey
	now    time.Time
	given  atomic.Int64
	jtis   map[string]bool
	header map[string]any
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	got := r.FormValue
	if got("grant_type") != "client_credentials" || got("scope") != "system/Appointment.rs" ||
		got("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		a.t.Errorf("asked with %v", r.Form)
	}
	var claims jwt.RegisteredClaims
	token, err := jwt.ParseWithClaims(
		got("client_assertion"),
		&claims,
		func(*jwt.Token) (any, error) { return a.public, nil },
		jwt.WithTimeFunc(func() time.Time { return a.now }),
		jwt.WithExpirationRequired(),
		jwt.WithIssuer("beacon"),
		jwt.WithSubject("beacon"),
		jwt.WithAudience(
			"http://"+r.Host+r.URL.Path,
		),
		jwt.WithValidMethods([]string{"RS384", "ES384"}),
	)
	if err != nil || a.jtis[claims.ID] || claims.ExpiresAt.Sub(a.now) > 5*time.Minute {
		a.t.Errorf("signed in with %v: %v", claims, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	a.jtis[claims.ID], a.header = true, token.Header
	_, _ = fmt.Fprintf(
		w,
		`{"access_token": "t%d", "token_type": "Bearer", "expires_in": 300}`,
		a.given.Add(1),
	)
}

func TestSignsIn(t *testing.T) {
	for _, kind := range []string{"RSA", "P-384"} {
		t.Run(kind, func(t *testing.T) {
			private, public := key(t, kind)
			a := &authority{t: t, public: public, jtis: map[string]bool{}}
			refuse := ""
			e := newEHR(t, map[string]any{
				"POST /token": a.ServeHTTP,
				"GET /r4": func(w http.ResponseWriter, r *http.Request) {
					is := r.Header.Get("Authorization")
					if is == refuse || is != fmt.Sprint("Bearer t", a.given.Load()) {
						w.WriteHeader(http.StatusUnauthorized)
						return
					}
					_, _ = w.Write([]byte(`{"resourceType": "Bundle"}`))
				},
			})
			f := e.fhir(t, func(c *fhir.Config) {
				c.TokenURL, c.ClientID, c.KeyID, c.Key = e.URL+"/token", "beacon", "k1", private
				c.Scope = "system/Appointment.rs"
			})
			for _, c := range []struct {
				now, refuse string
				tokens      int64
			}{
				{now: "2026-11-30T12:00:00Z", tokens: 1},
				{now: "2026-11-30T12:03:50Z", tokens: 1},
				{now: "2026-11-30T12:04:10Z", tokens: 2}, // a minute before its end
				{now: "2026-11-30T12:05:00Z", refuse: "Bearer t2", tokens: 3},
			} {
				a.now, refuse = at(c.now), c.refuse
				_, err := f.Look(t.Context(), handlers.Feed{}, a.now)
				if err != nil || a.given.Load() != c.tokens {
					t.Errorf("at %s %d tokens: %v", c.now, a.given.Load(), err)
				}
			}
			if a.header["kid"] != "k1" || a.header["typ"] != "JWT" {
				t.Errorf("header %v", a.header)
			}
			// One that is refused for good is asked for anew once, not for ever.
			refuse = "Bearer t4"
			if _, err := f.Look(t.Context(), handlers.Feed{}, a.now); err != nil {
				refuse = ""
			}
			a.given.Store(90)
			if _, err := f.Look(t.Context(), handlers.Feed{}, a.now); err != nil {
				t.Error(err)
			}
		})
	}
}

// What a server says when it refuses a sign-in isn't repeated, but for the words of the standard.
func TestSignInRefused(t *testing.T) {
	private, _ := key(t, "P-384")
	for name, c := range map[string]struct {
		answer any
		want   string
	}{
		"the key isn't known": {
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(`{"error": "invalid_client", "error_description": "secret"}`))
			},
			want: "refuses with 400 (invalid_client)",
		},
		"in words of its own": {
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(`{"error": "secret"}`))
			},
			want: "refuses with 403:",
		},
		"it sends elsewhere": {
			answer: func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/else", http.StatusTemporaryRedirect)
			},
			want: "refuses with 307",
		},
		"no JSON":        {answer: "<html>", want: "gives no bearer token"},
		"no token":       {answer: `{"token_type": "bearer"}`, want: "gives no bearer token"},
		"another kind":   {answer: `{"access_token": "x", "token_type": "mac"}`, want: "no bearer token"},
		"a token of two": {answer: `{"access_token": "x\r\ny", "token_type": "bearer"}`, want: "isn't one"},
		"no answer": {
			answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			want:   "can't be reached",
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEHR(t, map[string]any{"POST /token": c.answer})
			f := e.fhir(t, func(c *fhir.Config) {
				c.TokenURL, c.ClientID, c.Key = e.URL+"/token", "beacon", private
			})
			_, err := f.Look(t.Context(), handlers.Feed{}, at(noon))
			if err == nil || !strings.Contains(err.Error(), c.want) ||
				strings.Contains(
					err.Error(),
					"secret",
				) || strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("%v, want %s", err, c.want)
			}
			if strings.Contains(e.log(), "else") {
				t.Error("a redirect was followed")
			}
		})
	}
}

func TestKeys(t *testing.T) {
	good, _ := key(t, "RSA")
	curve, _ := key(t, "P-256")
	for name, c := range map[string]struct{ key, want string }{
		"good":                {key: good},
		"in one line":         {key: strings.ReplaceAll(good, "\n", `\n`)},
		"another curve":       {key: curve, want: "another curve"},
		"a password":          {key: "hunter2", want: "isn't a private key in PEM"},
		"half of it is there": {key: good[:400], want: "isn't a private key in PEM"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fhir.New(fhir.Config{
				URL: "https://ehr.example/r4/", TokenURL: "https://ehr.example/token", ClientID: "x", Key: c.key,
			})
			if (err == nil) != (c.want == "") ||
				err != nil && (!strings.Contains(err.Error(), c.want) ||
					strings.Contains(err.Error(), c.key)) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

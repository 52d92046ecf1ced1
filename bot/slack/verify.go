package slack

import (
	"io"
	"net/http"
	"net/url"

	sdk "github.com/slack-go/slack"
)

// maxBody is far above what Slack sends.
const maxBody = 1 << 20

// signedForm is signed for a request whose body is a form.
func (s *Slack) signedForm(w http.ResponseWriter, r *http.Request) (url.Values, bool) {
	body, ok := s.signed(w, r)
	if !ok {
		return nil, false
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(w, "malformed form", http.StatusBadRequest)
		return nil, false
	}
	return form, true
}

// signed reads a request and checks Slack's signature before anything else looks at the body. When
// it returns false, it has already written the response.
func (s *Slack) signed(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "unreadable or too long", http.StatusBadRequest)
		return nil, false
	}
	// The raw body is what is signed: a parsed and rebuilt one wouldn't do.
	// The verifier refuses what is older than five minutes and an empty secret.
	v, err := sdk.NewSecretsVerifier(r.Header, s.c.SigningSecret)
	if err == nil {
		_, _ = v.Write(body) // a hash takes everything
		err = v.Ensure()
	}
	if err != nil {
		s.c.Log.WarnContext(r.Context(), "slack request refused", "path", r.URL.Path, "err", err)
		http.Error(w, "not signed by Slack", http.StatusForbidden)
		return nil, false
	}
	return body, true
}

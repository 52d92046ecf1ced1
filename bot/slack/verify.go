package slack

import (
	"io"
	"net/http"
	"net/url"

	sdk "github.com/slack-go/slack"
)

// maxBody bounds a request's body, in bytes, because the body is read before its signature is known
// to be good. It is far above what Slack sends.
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
// it returns false, it has already written the response. A request that was recorded passes again
// for five minutes; a repeat does no harm, since [Staff] knows the event's id. source:
// https://docs.slack.dev/authentication/verifying-requests-from-slack/
func (s *Slack) signed(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "unreadable or too long", http.StatusBadRequest)
		return nil, false
	}
	// The signature covers the raw body. The verifier refuses a time more than five minutes from
	// ours, and an empty secret, for which anybody could sign.
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

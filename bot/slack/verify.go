package slack

import (
	"errors"
	"io"
	"net/http"
	"net/url"

	sdk "github.com/slack-go/slack"
)

// maxBody bounds a request's body, in bytes, because the body is read before its signature is known
// to be good. The longest that Slack sends is the event of a message: of 12,000 characters at most
// from a person, twice, each six bytes as JSON.
const maxBody = 192 << 10

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
	no := func(status int, because, say string, err error) ([]byte, bool) {
		s.c.Meter.Refused("slack", because)
		s.c.Log.WarnContext(r.Context(), "slack request refused", "path", r.URL.Path, "err", err)
		http.Error(w, say, status)
		return nil, false
	}
	const unsigned = "not signed by Slack"
	// The verifier refuses a signature that isn't one, a time more than five minutes from ours, and
	// an empty secret, for which anybody could sign: all before the body is read.
	v, err := sdk.NewSecretsVerifier(r.Header, s.c.SigningSecret)
	if err != nil {
		return no(http.StatusForbidden, "signature", unsigned, err)
	}
	if r.ContentLength > maxBody {
		return no(http.StatusBadRequest, "form", tooLong, errors.New(tooLong))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return no(http.StatusBadRequest, "form", tooLong, err)
	}
	_, _ = v.Write(body) // the signature covers the raw body; a hash takes everything
	if err := v.Ensure(); err != nil {
		return no(http.StatusForbidden, "signature", unsigned, err)
	}
	return body, true
}

const tooLong = "unreadable or too long"

package slack

import (
	"io"
	"net/http"

	sdk "github.com/slack-go/slack"
)

// maxBody is far above what Slack sends.
const maxBody = 1 << 20

// signed reads a request and checks Slack's signature of it, before anything looks into it. If it isn't good, it has answered.
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

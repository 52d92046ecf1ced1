package twilio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// most is the longest answer of Twilio's that is read, in bytes. A page of 1000 messages is one or
// two megabytes.
const most = 8 << 20

// call is the client.BaseClient of one task: a send, a look-up, a list. The vendor's typed methods
// take no context, so each task gets a client of its own that carries its context and credentials.
// It makes the requests itself, because the vendor's client reports a refusal without the headers
// (Retry-After), and a transport's error with the URL, which can hold a patient's number.
type call struct {
	t          *Twilio
	ctx        context.Context
	user, pass string // of HTTP basic authentication
}

var _ client.BaseClient = (*call)(nil)

// service returns the vendor's typed API for one task. The handler is built by hand, since the
// vendor's constructor reads credentials from the environment.
func (t *Twilio) service(ctx context.Context, user, pass string) *api.ApiService {
	return api.NewApiService(&client.RequestHandler{Client: &call{t, ctx, user, pass}})
}

// messages returns the service under the credentials that texts are sent and looked up with.
func (t *Twilio) messages(ctx context.Context) *api.ApiService {
	user, pass := t.sender()
	return t.service(ctx, user, pass)
}

// sender returns the credentials that texts are sent and looked up with: the API key's if there is
// one, since a key can be revoked without a new auth token.
func (t *Twilio) sender() (user, pass string) {
	if t.c.APIKey != "" {
		return t.c.APIKey, t.c.APISecret
	}
	return t.c.AccountSID, t.c.AuthToken
}

// AccountSid, which the vendor puts into paths, and the three below complete client.BaseClient.
func (c *call) AccountSid() string       { return c.t.c.AccountSID }
func (c *call) SetTimeout(time.Duration) {} // t.http has one
func (c *call) SetOauth(client.OAuth)    {}
func (c *call) OAuth() client.OAuth      { return nil }

// SendRequest makes one request, to the configured base URL in place of the vendor's. data is the
// form of a POST or the query of a GET. It is never retried: the gate decides what is sent again.
//
// An answer that isn't a success becomes an error here, while the headers are still at hand: a
// [handlers.Refusal] if Twilio surely took nothing, any other error if that is unknown. The caller
// closes the body of a success.
func (c *call) SendRequest(
	method, rawURL string, data url.Values, headers map[string]any, _ ...byte,
) (*http.Response, error) {
	path, ok := strings.CutPrefix(rawURL, vendor+"/")
	if !ok {
		// The list's answers name the next page's URL. Whatever they name, our credentials go
		// nowhere but to Twilio.
		return nil, errors.New("twilio: a URL outside Twilio's API")
	}
	target, body := c.t.base+"/"+path, ""
	if method == http.MethodPost {
		body = data.Encode()
	} else if len(data) > 0 {
		target += "?" + data.Encode()
	}
	r, err := http.NewRequestWithContext(c.ctx, method, target, strings.NewReader(body))
	if err != nil {
		return nil, bare(err)
	}
	for k, v := range headers {
		r.Header.Set(k, fmt.Sprint(v))
	}
	r.Header.Set("User-Agent", "beacon")
	r.Header.Set("Accept", "application/json")
	r.SetBasicAuth(c.user, c.pass)
	resp, err := c.t.http.Do(r)
	if err != nil {
		return nil, unreached(err)
	}
	// The vendor decodes what it is given to its end, however long that is.
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, most), resp.Body}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer resp.Body.Close()
		return nil, c.t.refused(resp)
	}
	return resp, nil
}

// bare strips the URL from an error of net/http, because errors are logged and the URL of a look-up
// holds the patient's number.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

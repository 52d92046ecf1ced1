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

// most is the longest answer of Twilio's that is read: a page of its list is some hundred
// kilobytes.
const most = 8 << 20

// call is the client.BaseClient for a single request. The vendor's typed methods take no context,
// so each request gets a client of its own that carries it.
type call struct {
	t          *Twilio
	ctx        context.Context
	user, pass string
}

var _ client.BaseClient = (*call)(nil)

// service is the vendor's typed API for one call. The handler is built by hand: the vendor's own
// constructor reads the environment.
func (t *Twilio) service(ctx context.Context, user, pass string) *api.ApiService {
	return api.NewApiService(&client.RequestHandler{Client: &call{t, ctx, user, pass}})
}

// messages is the service under the credentials that texts are sent and looked up with.
func (t *Twilio) messages(ctx context.Context) *api.ApiService {
	user, pass := t.sender()
	return t.service(ctx, user, pass)
}

// sender are the credentials that texts are sent and looked up with.
func (t *Twilio) sender() (user, pass string) {
	if t.c.APIKey != "" {
		return t.c.APIKey, t.c.APISecret
	}
	return t.c.AccountSID, t.c.AuthToken
}

func (c *call) AccountSid() string       { return c.t.c.AccountSID }
func (c *call) SetTimeout(time.Duration) {} // t.http has one
func (c *call) SetOauth(client.OAuth)    {}
func (c *call) OAuth() client.OAuth      { return nil }

// SendRequest makes one request, to the base URL that is configured in place of the vendor's. What
// isn't a success becomes an error here, while the headers are still at hand.
func (c *call) SendRequest(
	method, rawURL string, data url.Values, headers map[string]any, _ ...byte,
) (*http.Response, error) {
	path, ok := strings.CutPrefix(rawURL, vendor+"/")
	if !ok {
		// Our credentials go nowhere else.
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

// bare takes the URL off an error: that of a look-up holds the patient's number.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

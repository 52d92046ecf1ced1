package fhir

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The bounds of what is read from a FHIR server. A clinic's visits of a year, with their patients,
// are some thousands.
const (
	requestTime = 20 * time.Second // of one request
	mostBytes   = 8 << 20          // of one answer
	mostPages   = 300              // of one search
	pageSize    = 100              // how many visits a page has, if the server does as it is asked
	mostRecords = 60_000           // of one look
	batch       = 40               // records that are asked for at once by their ids
)

// client asks a FHIR server. It goes to its own origin alone, over https unless that is this
// machine, and follows no redirect: a token must never be shown to anybody else.
type client struct {
	base   *url.URL // ends in a slash
	http   *http.Client
	tokens tokens
}

// answer is what a server answers, read whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// errTooMuch is the error of a search with more pages, or of a look with more records, than are
// read.
var errTooMuch = errors.New("the server has more than is read at once: set fewer days for the feed")

// newHTTP returns a client that is bounded and follows no redirect.
func newHTTP(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport, Timeout: requestTime,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
}

// do makes a request. The errors of net/http hold the address, which may hold a patient's id:
// nothing of it is repeated.
func do(c *http.Client, r *http.Request) (answer, error) {
	got, err := c.Do(r)
	if err != nil {
		return answer{}, unreached(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(got.Body, mostBytes+1))
	switch {
	case err != nil:
		return answer{}, unreached(err)
	case len(body) > mostBytes:
		return answer{}, fmt.Errorf("the server's answer is larger than %d MB", mostBytes>>20)
	}
	return answer{got.StatusCode, got.Header, body}, nil
}

// unreached says why a server didn't answer, without its address.
func unreached(err error) error {
	var slow net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &slow) && slow.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return errors.New("the server didn't answer in time")
	}
	return errors.New("the server can't be reached, or its certificate isn't believed")
}

// ask makes a signed-in request. A token that is refused is asked for anew, once.
func (c *client) ask(
	ctx context.Context, method string, u *url.URL, header http.Header, body []byte, now time.Time,
) (answer, error) {
	for again := false; ; again = true {
		token, err := c.tokens.get(ctx, now)
		if err != nil {
			return answer{}, err
		}
		r, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
		if err != nil {
			return answer{}, errors.New("the server's address can't be read")
		}
		r.Header = header.Clone()
		r.Header.Set("Accept", "application/fhir+json")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		got, err := do(c.http, r)
		if err != nil || got.status != http.StatusUnauthorized || token == "" || again {
			return got, err
		}
		c.tokens.drop(token)
	}
}

// refused says in words for staff what a status that isn't good means.
func refused(status int, what string) error {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Errorf("the server refuses %s (%d): ask its vendor to allow it to this client",
			what, status)
	case status == http.StatusTooManyRequests:
		return fmt.Errorf(
			"the server is asked too often (%d): set a longer pause for the feed",
			status,
		)
	case status >= http.StatusInternalServerError:
		return fmt.Errorf("the server fails (%d)", status)
	case status >= http.StatusMultipleChoices && status < http.StatusBadRequest:
		return fmt.Errorf(
			"the server sends elsewhere (%d): set its own address for the feed",
			status,
		)
	}
	return fmt.Errorf("the server doesn't take %s (%d)", what, status)
}

// bundle is a page of a search.
type bundle struct {
	Type string `json:"resourceType"`
	Link []struct {
		Relation string `json:"relation"`
		URL      string `json:"url"`
	} `json:"link"`
	Entry []struct {
		Resource json.RawMessage `json:"resource"`
	} `json:"entry"`
}

// search reads all pages of a search and gives each record to take. It returns the server's own
// time when it began; zero if it doesn't say.
func (c *client) search(
	ctx context.Context, kind string, q url.Values, now time.Time,
	take func(json.RawMessage) error,
) (began time.Time, err error) {
	u := c.base.JoinPath(kind)
	u.RawQuery = q.Encode()
	seen := map[string]bool{}
	for page := 0; ; page++ {
		if page == mostPages {
			return began, errTooMuch
		}
		seen[u.String()] = true
		got, err := c.ask(ctx, http.MethodGet, u, http.Header{}, nil, now)
		if err != nil {
			return began, err
		}
		var b bundle
		switch err := json.Unmarshal(got.body, &b); {
		case got.status != http.StatusOK:
			return began, refused(got.status, "a search for "+kind)
		case err != nil || b.Type != "Bundle":
			return began, fmt.Errorf("the server's answer to a search for %s isn't FHIR", kind)
		}
		if page == 0 {
			began, _ = http.ParseTime(got.header.Get("Date")) // zero if it isn't one
		}
		for _, one := range b.Entry {
			if err := take(one.Resource); err != nil {
				return began, err
			}
		}
		next, err := c.next(u, b)
		if err != nil || next == nil {
			return began, err
		}
		if u = next; seen[u.String()] {
			return began, errors.New("the server's pages go round in a circle")
		}
	}
}

// next returns the address of the page after one; nil if that is the last. It must be the server's
// own: the token goes there.
func (c *client) next(u *url.URL, b bundle) (*url.URL, error) {
	for _, l := range b.Link {
		if l.Relation != "next" || l.URL == "" {
			continue
		}
		next, err := u.Parse(l.URL)
		if err != nil || next.Scheme != c.base.Scheme || next.User != nil ||
			!strings.EqualFold(next.Host, c.base.Host) {
			return nil, errors.New("the server's next page is at another address than its first: " +
				"ask its vendor for the address that it calls itself by")
		}
		return next, nil
	}
	return nil, nil
}

package twilio

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	// listPage is the most that Twilio lists at a time, and mostPages bounds a list: half a million
	// texts in a day are no clinic's.
	listPage  = 1000
	mostPages = 500
	// limited is how long to wait when Twilio asks us to slow down and doesn't say how long;
	// doubled each time, mostLimited times in a row.
	limited     = 2 * time.Second
	mostLimited = 6
)

// Wait blocks for a duration, or until the context ends, and returns the context's error.
type Wait func(ctx context.Context, d time.Duration) error

// Incoming are the texts that came to our numbers at since or later, the oldest first. Twilio
// filters by the day of date_sent in GMT and lists the newest first, a text some seconds after it
// came; within a second the order is the list's. What came meanwhile doesn't move the pages: each
// names the next.
//
// It waits where Twilio asks us to slow down. Whose a text is goes by the rules of those that come
// in a webhook; ours are left out. source:
// https://www.twilio.com/docs/messaging/api/message-resource
func (t *Twilio) Incoming(
	ctx context.Context, since time.Time, wait Wait,
) ([]handlers.Text, error) {
	numbers, err := t.numbers(ctx, wait)
	if err != nil {
		return nil, err
	}
	var out []handlers.Text
	hidden := 0
	for _, number := range numbers {
		err := t.list(ctx, "To", number, since, wait, func(m api.ApiV2010Message) {
			if text(m.Direction) != "inbound" || !sid.MatchString(text(m.Sid)) {
				return
			}
			at := created(m, since)
			if at.Before(since.Truncate(time.Second)) {
				return
			}
			media, _ := strconv.Atoi(text(m.NumMedia))
			one := handlers.Text{
				ID: text(m.Sid), Body: strings.ToValidUTF8(text(m.Body), "\uFFFD"),
				Media: max(0, media), At: at, Fetched: true,
			}
			own := t.sent(&one, text(m.From), text(m.To))
			one.Mute = one.Sender != "" // no webhook is left whose answer could reach it
			switch {
			case own:
				return
			case one.Mute && strings.HasPrefix(one.Sender, "+"):
				hidden++
				return
			}
			out = append(out, one)
		})
		if err != nil {
			return nil, fmt.Errorf("list incoming texts: %w", err)
		}
	}
	if hidden > 0 {
		t.c.Log.Warn(
			"texts can't be fetched: the account's redaction hides who wrote", "texts", hidden,
		)
	}
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b handlers.Text) int { return a.At.Compare(b.At) })
	return out, nil
}

// Answered marks which of the texts already have a reply of ours in Twilio's list, and notes what
// else we sent to their writers since. texts must be all texts since since, oldest first: a reply
// in a webhook's response doesn't name the text it answers, so it is attributed to the last one
// before it.
func (t *Twilio) Answered(
	ctx context.Context, texts []handlers.Text, since time.Time, wait Wait,
) error {
	of := map[string][]int{}
	for i, one := range texts {
		of[one.From.E164()] = append(of[one.From.E164()], i)
	}
	numbers, err := t.numbers(ctx, wait)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		err := t.list(ctx, "From", number, since, wait, func(m api.ApiV2010Message) {
			at := created(m, since)
			before := of[text(m.To)]
			n, _ := slices.BinarySearchFunc(before, at, func(i int, at time.Time) int {
				return cmp.Or(texts[i].At.Compare(at), -1) // behind those of the same second
			})
			if before = before[:n]; n == 0 {
				return
			}
			if text(m.Direction) == "outbound-reply" {
				texts[before[n-1]].Answered = true
				return
			}
			body := strings.TrimSpace(strings.TrimPrefix(text(m.Body), trial))
			for _, i := range before {
				texts[i].Had = append(texts[i].Had, body)
			}
		})
		if err != nil {
			return fmt.Errorf("list replies: %w", err)
		}
	}
	return nil
}

// created is when a message came to be; otherwise where Twilio doesn't say.
func created(m api.ApiV2010Message, otherwise time.Time) time.Time {
	for _, date := range []*string{m.DateCreated, m.DateSent} {
		if at, err := time.Parse(time.RFC1123Z, text(date)); err == nil {
			return at
		}
	}
	return otherwise
}

// list goes through the messages to or from a number that were sent on since's day or later.
func (t *Twilio) list(
	ctx context.Context, which, number string, since time.Time, wait Wait,
	each func(api.ApiV2010Message),
) error {
	q := url.Values{
		which: {number}, "PageSize": {strconv.Itoa(listPage)},
		"DateSent>": {since.UTC().Format(time.DateOnly)},
	}
	user, pass := t.sender()
	c := &call{t, ctx, user, pass}
	next := "/2010-04-01/Accounts/" + t.c.AccountSID + "/Messages.json?" + q.Encode()
	for range mostPages {
		var page api.ListMessageResponse
		if err := c.get(next, &page, wait); err != nil {
			return err
		}
		for _, m := range page.Messages {
			each(m)
		}
		if next = strings.TrimPrefix(text(page.NextPageUri), vendor); next == "" {
			return nil
		}
	}
	return errors.New("twilio lists more than are read")
}

// numbers are those that patients text: all of the messaging service, or the one that texts are
// sent from. source: https://www.twilio.com/docs/messaging/api/phonenumber-resource
func (t *Twilio) numbers(ctx context.Context, wait Wait) ([]string, error) {
	if t.c.MessagingServiceSID == "" {
		return []string{t.c.From}, nil
	}
	// The account's own credentials: an API key for sending need not see the service.
	at := &Twilio{c: t.c, base: messagingBase(t.base), http: t.http, codes: t.codes}
	c := &call{at, ctx, t.c.AccountSID, t.c.AuthToken}
	var page struct { // a service has 400 numbers at most
		Numbers []struct {
			Phone string `json:"phone_number"`
		} `json:"phone_numbers"`
	}
	service := "/v1/Services/" + url.PathEscape(t.c.MessagingServiceSID)
	if err := c.get(service+"/PhoneNumbers?PageSize=1000", &page, wait); err != nil {
		return nil, fmt.Errorf("list the messaging service's numbers: %w", err)
	}
	out := make([]string, len(page.Numbers))
	for i, n := range page.Numbers {
		out[i] = n.Phone
	}
	return out, nil
}

// get reads what a path of the API answers, as slowly as Twilio asks for.
func (c *call) get(path string, into any, wait Wait) error {
	for n := 0; ; n++ {
		resp, err := c.SendRequest(http.MethodGet, vendor+path, nil, nil)
		var no *handlers.Refusal
		switch {
		case err == nil:
			defer resp.Body.Close()
			return json.NewDecoder(resp.Body).Decode(into)
		case !errors.As(err, &no) || !no.Retry || n == mostLimited:
			return err
		}
		if err := wait(c.ctx, max(no.After, limited<<n)); err != nil {
			return err
		}
	}
}

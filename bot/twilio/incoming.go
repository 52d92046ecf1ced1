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
	// listPage is the most messages that Twilio lists on a page. mostPages bounds a list, lest
	// pages that name each other are read for ever: no clinic gets half a million texts in three
	// days.
	listPage  = 1000
	mostPages = 500
	// limited is the first pause when Twilio asks us to slow down and doesn't say for how long. It
	// is doubled each time. mostLimited is how often in a row we wait before we give up: two
	// minutes in all.
	limited     = 2 * time.Second
	mostLimited = 6
)

// Wait blocks for a duration, or until the context ends, and returns the context's error.
type Wait func(ctx context.Context, d time.Duration) error

// Incoming returns the texts that came to our addresses at since or later (to the second), oldest
// first, whether their webhooks were answered or not. It waits as long as Twilio asks it to. A
// text's sender is read as in a webhook. Texts from the clinic's own numbers are left out, and so
// are those whose sender Twilio's redaction hides, which are counted in the log. After an error it
// returns no texts: some would be missing.
//
// Twilio filters by the day of date_sent in GMT, lists the newest first, and shows a text some
// seconds after it came. Texts of the same second keep the list's order. Each page names the next,
// so that texts which come meanwhile don't move the pages. source:
// https://www.twilio.com/docs/messaging/api/message-resource
func (t *Twilio) Incoming(
	ctx context.Context, since time.Time, wait Wait,
) ([]handlers.Text, error) {
	ours, err := t.addresses(ctx, wait)
	if err != nil {
		return nil, err
	}
	var out []handlers.Text
	hidden := 0
	for _, to := range ours {
		err := t.list(ctx, "To", to, since, wait, func(m api.ApiV2010Message) {
			// The list also has texts that we sent to ourselves, and the id becomes part of a key.
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
			one.Mute = one.Sender != "" // only a webhook's response could have reached it
			switch {
			case own:
				return
			case one.Mute && strings.HasPrefix(one.Sender, "+"): // redacted: "+1212555XXXX"
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
	// Each list has the newest first and dates without fractions. Reversed and sorted stably, texts
	// of one second stay in the order in which they came.
	slices.Reverse(out)
	slices.SortStableFunc(out, func(a, b handlers.Text) int { return a.At.Compare(b.At) })
	return out, nil
}

// Answered sets Answered of the texts that have a reply of ours in Twilio's list, and adds to Had
// what else their writers were sent afterwards, in no particular order. It changes texts in place;
// after an error they may be marked in part.
//
// texts must be all that Incoming returned for since, in its order: a reply in a webhook's response
// doesn't name the text that it answers, so it counts for the last one of that number before it.
func (t *Twilio) Answered(
	ctx context.Context, texts []handlers.Text, since time.Time, wait Wait,
) error {
	of := map[string][]int{} // by number, the indices of its texts, oldest first
	for i, one := range texts {
		of[one.From.E164()] = append(of[one.From.E164()], i)
	}
	ours, err := t.addresses(ctx, wait)
	if err != nil {
		return err
	}
	for _, from := range ours {
		err := t.list(ctx, "From", from, since, wait, func(m api.ApiV2010Message) {
			at := created(m, since)
			before := of[wrote(m)]
			// n is how many of the number's texts came before the message. One of the same second
			// counts as before: an answer within the second is likelier than one ahead of the text.
			n, _ := slices.BinarySearchFunc(before, at, func(i int, at time.Time) int {
				return cmp.Or(texts[i].At.Compare(at), -1)
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

// wrote returns the number that a message of ours went to, without its channel; what is no number
// is returned as Twilio names it.
func wrote(m api.ApiV2010Message) string {
	a, _, err := address(text(m.To))
	if err != nil {
		return text(m.To)
	}
	return a.Phone.E164()
}

// created returns when a message was created or, failing that, sent; otherwise if Twilio says
// neither. Callers pass the beginning of what they read, so that such a text isn't dropped as old.
func created(m api.ApiV2010Message, otherwise time.Time) time.Time {
	for _, date := range []*string{m.DateCreated, m.DateSent} {
		if at, err := time.Parse(time.RFC1123Z, text(date)); err == nil {
			return at
		}
	}
	return otherwise
}

// list calls each with every message to or from an address that was sent on since's day (GMT) or
// later, the newest first. which is "To" or "From". After an error, each has seen some of them.
func (t *Twilio) list(
	ctx context.Context, which, address string, since time.Time, wait Wait,
	each func(api.ApiV2010Message),
) error {
	q := url.Values{
		which: {address}, "PageSize": {strconv.Itoa(listPage)},
		"DateSent>": {since.UTC().Format(time.DateOnly)},
	}
	// The vendor's pager isn't used: it can't wait between two pages, so that a rate limit would
	// end the list.
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
		// Twilio gives the next page as a path; its OpenAPI file allows for a whole URL.
		if next = strings.TrimPrefix(text(page.NextPageUri), vendor); next == "" {
			return nil
		}
	}
	return errors.New("twilio lists more than are read")
}

// addresses returns what patients write to, in the form in which Twilio lists it: the number that
// texts are sent from, or all senders of the messaging service, and each number's address on
// WhatsApp, which the list keeps apart. If Twilio refuses to list short codes or channels' senders,
// that is logged and the rest is returned. sources:
// https://www.twilio.com/docs/messaging/api/phonenumber-resource, …/shortcode-resource,
// …/channelsender-resource
func (t *Twilio) addresses(ctx context.Context, wait Wait) ([]string, error) {
	if t.c.MessagingServiceSID == "" {
		return channels([]string{t.c.From}), nil
	}
	// The account's own credentials: an API key for sending may not be allowed to see the service.
	at := &Twilio{c: t.c, base: messagingBase(t.base), http: t.http, codes: t.codes}
	c := &call{at, ctx, t.c.AccountSID, t.c.AuthToken}
	var out []string
	for _, part := range []string{"PhoneNumbers", "ShortCodes", "ChannelSenders"} {
		var page struct { // a service has 400 senders of a kind at most
			Numbers []struct {
				Phone string `json:"phone_number"`
			} `json:"phone_numbers"`
			Codes []struct {
				Code string `json:"short_code"`
			} `json:"short_codes"`
			Senders []struct {
				Sender string `json:"sender"`
			} `json:"senders"`
		}
		service := "/v1/Services/" + url.PathEscape(t.c.MessagingServiceSID)
		err := c.get(service+"/"+part+"?PageSize=1000", &page, wait)
		var no *handlers.Refusal
		switch {
		case err != nil && part != "PhoneNumbers" && errors.As(err, &no):
			// Go on with the numbers alone: most patients text those.
			t.c.Log.Warn("the messaging service's senders aren't listed", "kind", part, "err", err)
		case err != nil:
			return nil, fmt.Errorf("list the messaging service's %s: %w", part, err)
		}
		for _, n := range page.Numbers {
			out = append(out, n.Phone)
		}
		for _, n := range page.Codes {
			out = append(out, n.Code)
		}
		for _, n := range page.Senders {
			out = append(out, n.Sender)
		}
	}
	return channels(out), nil
}

// channels returns the addresses and, for each number, its address on WhatsApp as well. If a number
// isn't on WhatsApp, Twilio's list for that address is empty.
func channels(addresses []string) []string {
	out := slices.Clone(addresses)
	for _, a := range addresses {
		if named := on(whatsapp, a); strings.HasPrefix(a, "+") && !slices.Contains(out, named) {
			out = append(out, named)
		}
	}
	return out
}

// get decodes the JSON at a path of the API (with its query) into a value. While Twilio takes no
// more requests it waits as long as Twilio says, or with growing pauses, and tries again; any other
// refusal, an unknown outcome and an error of wait end it.
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

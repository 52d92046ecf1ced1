package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// ReceiptPath is the path of the status callback for texts we sent.
const ReceiptPath = "/twilio/receipt"

var _ gate.Carrier = (*Twilio)(nil)

// Send hands a text to Twilio and returns its SID. The URL of its status callback carries our own
// id.
func (t *Twilio) Send(ctx context.Context, o handlers.Outgoing) (string, error) {
	p := (&api.CreateMessageParams{}).
		SetTo(to(o)).
		SetBody(o.Body).
		SetStatusCallback(t.c.PublicURL + ReceiptPath + "?id=" + url.QueryEscape(o.ID))
	if t.c.MessagingServiceSID != "" {
		p.SetMessagingServiceSid(t.c.MessagingServiceSID)
	} else {
		p.SetFrom(on(o.Channel, t.c.From))
	}
	m, err := t.messages(ctx).CreateMessage(p)
	if err != nil {
		return "", fmt.Errorf("send text: %w", err)
	}
	if m.Sid == nil || *m.Sid == "" {
		return "", errors.New("send text: twilio's answer has no SID")
	}
	return *m.Sid, nil
}

const (
	// skew is how far Twilio's clock may be behind ours.
	skew = 5 * time.Second
	// page and pages bound a look-up: no patient gets so many texts in the time that a text's
	// outcome stays unknown.
	page  = 100
	pages = 5
	// trial stands before every text of a trial account.
	trial = "Sent from your Twilio trial account - "
)

// to is a row's address as Twilio names it. Its list, too, has every channel's address apart.
func to(o handlers.Outgoing) string {
	a := o.Address()
	return on(a.Channel, a.Phone.E164())
}

// Find looks in Twilio's list for a text of this body that was sent to the row's address at since
// or after, and returns its SID; "" if there is none.
//
// Twilio filters by date_sent only. A text that it has taken but not sent yet has no date_sent, its
// documentation doesn't say whether a filter leaves such a text out, and that is just the text
// which is looked for after a time-out. So the number's list is asked for without a date first: it
// comes newest first and shows what waits. That order is how it is, not what is promised, so a
// number with more texts than a page is asked for a second time, from since's day on, every page.
// date_created decides in both.
//
// Where the answer can't be had (more texts than are looked through, a body that the account has
// redacted) Find fails rather than say "" and have a text sent twice. A text of the same words sent
// within skew before since is taken for it: that errs the same way.
func (t *Twilio) Find(ctx context.Context, o handlers.Outgoing, since time.Time) (string, error) {
	since = since.UTC().Add(-skew).Truncate(time.Second)
	newest := (&api.ListMessageParams{}).SetTo(to(o)).SetPageSize(page).SetLimit(page)
	first, err := t.find(ctx, newest, o.Body, since)
	if err != nil || first.sid != "" || first.whole {
		return first.sid, err
	}
	dated := (&api.ListMessageParams{}).SetTo(to(o)).SetPageSize(page).
		SetLimit(page * pages).SetDateSentAfter(since.Truncate(24 * time.Hour))
	second, err := t.find(ctx, dated, o.Body, since)
	if err == nil && second.sid == "" && !(first.back && second.whole) {
		err = errors.New("find text: twilio lists more texts to the number than are looked through")
	}
	return second.sid, err
}

// found is what came of going through a list.
type found struct {
	sid   string
	whole bool // the list ended within the bound
	back  bool // it went back to before since
}

// find goes through one list.
func (t *Twilio) find(
	ctx context.Context, p *api.ListMessageParams, body string, since time.Time,
) (f found, err error) {
	list, err := t.messages(ctx).ListMessage(p)
	if err != nil {
		return f, fmt.Errorf("find text: %w", err)
	}
	for _, m := range list {
		at, err := time.Parse(time.RFC1123Z, text(m.DateCreated))
		if err != nil {
			return f, errors.New("find text: twilio lists a text without the date it was created")
		}
		if at.Before(since) {
			f.back = true
			continue
		}
		// A reply in a webhook's answer (outbound-reply) may have the same words, but is none of
		// the ledger's texts.
		if text(m.Direction) != "outbound-api" {
			continue
		}
		switch got := strings.TrimSpace(strings.TrimPrefix(text(m.Body), trial)); got {
		case strings.TrimSpace(body):
			f.sid = text(m.Sid)
			return f, nil
		case "":
			return f, errors.New("find text: twilio lists a text without its body")
		}
	}
	f.whole = len(list) < *p.Limit
	return f, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

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
	"github.com/beacon-clinic/beacon/knowledge"
)

// ReceiptPath is the path of the status callback for texts we sent. [Twilio.Send] adds the row's id
// as the query's id.
const ReceiptPath = "/twilio/receipt"

var _ gate.Carrier = (*Twilio)(nil)

// Send hands a text to Twilio and returns its SID: Twilio took it, and receipts say what became of
// it. A [handlers.Refusal] means that it was not taken. After any other error it may have been:
// [Twilio.Find] tells.
//
// The URL of the status callback carries our own id, so that a receipt finds its row even if it
// comes before the SID is stored.
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
	// page is the size of a page of a look-up, and pages how many are read at most: no patient gets
	// so many texts in the time that a text's outcome stays unknown.
	page  = 100
	pages = 5
	// trial is what Twilio puts before every text of a trial account.
	trial = "Sent from your Twilio trial account - "
)

// to returns a row's address as Twilio names it. Its list, too, keeps the addresses of a number's
// channels apart.
func to(o handlers.Outgoing) string {
	a := o.Address()
	return on(a.Channel, a.Phone.E164())
}

// Find looks in Twilio's list for a text with the row's body that was created for the row's address
// at since or later, and returns its SID; "" means that Twilio surely has none.
//
// Twilio filters by date_sent only. A text that it has taken but not sent yet has no date_sent, and
// its documentation doesn't say whether a filter leaves such a text out. After a time-out that is
// just the text in question. So the number's list is first read without a date: it comes newest
// first and shows what waits. That order is observed, not promised, so if the number has more texts
// than a page, every page from since's day on is read as well. date_created decides in both.
//
// Where the answer can't be had (more texts than are looked through, a body that the account has
// redacted) Find fails rather than say "" and have a text sent twice. A text of the same words is
// taken for it although its typography differs, or it was created within skew before since: that
// errs the same way.
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
	// The first list shows what waits unsent, if it goes back to before since; the second shows
	// what was sent since, if it was read whole. Only both together say that there is none.
	if err == nil && second.sid == "" && !(first.back && second.whole) {
		err = errors.New("find text: twilio lists more texts to the number than are looked through")
	}
	return second.sid, err
}

// found is what came of going through a list.
type found struct {
	sid   string // of the text; "" if it isn't there
	whole bool   // the list ended within the bound, so nothing was left unread
	back  bool   // the list goes back to before since
}

// find goes through one list for a text with a body, created at since or later. It stops at the
// first match. p.Limit must be set.
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
		switch plain(strings.TrimPrefix(text(m.Body), trial)) {
		case plain(body):
			f.sid = text(m.Sid)
			return f, nil
		case "":
			return f, errors.New("find text: twilio lists a text without its body")
		}
	}
	f.whole = len(list) < *p.Limit
	return f, nil
}

// plain returns what two bodies have in common whose words are the same. A messaging service's
// Smart Encoding, on by default, replaces typographic characters to save segments, and Twilio
// doesn't say which form its list shows. Staff's texts are full of them: phones write ’ for '.
// source: https://www.twilio.com/blog/copilot-just-got-even-smarter-announcing-smart-encoding-html
func plain(body string) string {
	return strings.Join(strings.Fields(knowledge.Plain(body)), " ")
}

// text returns what a field of the vendor's structs points to; "" for null.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

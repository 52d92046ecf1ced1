package twilio

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

const (
	// longest is the longest body of a webhook that is read, in bytes. Twilio's are about 1 KiB;
	// the longest text that it delivers, 4,096 characters of WhatsApp's, is 36 KiB as a form.
	longest = 48 << 10
	// mostFields is how many fields a webhook may have. A text with ten pictures has about 50.
	mostFields = 128
	// inTime bounds the work on a webhook. Twilio gives up after 15 s; our answer, if only a 503,
	// must be there before that.
	inTime = 10 * time.Second
)

// sid matches an event's id. Ids become parts of Redis keys, in which colons separate and braces
// choose the slot.
var sid = regexp.MustCompile(`^[A-Za-z0-9]{1,64}$`)

// Text serves the webhook for patients' texts and replies with TwiML in the response. A body that
// isn't UTF-8 is mended rather than refused: a text must not be lost for one bad byte.
func (t *Twilio) Text(w http.ResponseWriter, r *http.Request) {
	form, ok := t.form(w, r, "MessageSid")
	if !ok {
		return
	}
	if form.Get("From") == "" {
		t.refuse(w, r, http.StatusBadRequest, "form", "no From")
		return
	}
	media, _ := strconv.Atoi(form.Get("NumMedia")) // none, if it isn't a number
	ctx, cancel := t.context(r)
	defer cancel()
	bodies, err := t.heard(ctx, form.Get("From"), form.Get("To"), handlers.Text{
		ID:     form.Get("MessageSid"),
		Body:   strings.ToValidUTF8(form.Get("Body"), "\uFFFD"),
		OptOut: form.Get("OptOutType"),
		Media:  max(0, media),
		At:     t.c.Now(),
	})
	if err != nil {
		// Twilio tries again or goes to its fallback URL. The text's id keeps what was done from
		// being done twice.
		t.c.Log.Error("text: not answered",
			"id", form.Get("MessageSid"), "from", mask(form.Get("From")), "err", err)
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	t.answer(w, bodies)
}

// Receipt serves the status callback of texts we sent. Twilio doesn't post a refused receipt again,
// so whatever is refused is logged.
func (t *Twilio) Receipt(w http.ResponseWriter, r *http.Request) {
	form, ok := t.form(w, r, "MessageSid")
	if !ok {
		return
	}
	rec := gate.Receipt{
		ID: r.URL.Query().Get("id"), SID: form.Get("MessageSid"), State: form.Get("MessageStatus"),
		At: t.c.Now(),
	}
	rec.Code, _ = strconv.Atoi(form.Get("ErrorCode"))
	if to, _, err := address(form.Get("To")); err == nil {
		rec.Channel = to.Channel
	}
	if rec.State == "undelivered" || rec.State == "failed" {
		t.receipt(&rec)
	}
	switch rec.State {
	case "queued", "sending", "sent", "delivered", "undelivered", "failed":
	case "":
		t.refuse(w, r, http.StatusBadRequest, "form", "no MessageStatus")
		return
	default:
		// A status that no row has (accepted, scheduled, read). A refusal would only make noise in
		// the account's error log.
		w.WriteHeader(http.StatusNoContent)
		return
	}
	ctx, cancel := t.context(r)
	defer cancel()
	if err := t.c.Receipts.Receipt(ctx, rec); err != nil {
		t.c.Log.Error(
			"receipt: not taken", "id", rec.ID, "sid", rec.SID, "state", rec.State, "err", err,
		)
		http.Error(w, "try again", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// context returns the request's context with a deadline of ours. It outlives the connection: a text
// that has come is handled to its end even if Twilio hangs up.
func (t *Twilio) context(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(r.Context()), inTime)
}

// form returns the fields of a webhook. If they aren't Twilio's or aren't meant for this account,
// it answers the request itself and returns false. id names the field with the event's id, which
// must be sound. No field is used before the signature holds, and what costs little to check comes
// first, since anybody can post here.
func (t *Twilio) form(w http.ResponseWriter, r *http.Request, id string) (url.Values, bool) {
	no := func(status int, because, why string) (url.Values, bool) {
		t.refuse(w, r, status, because, why)
		return nil, false
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return no(http.StatusMethodNotAllowed, "method", "method "+r.Method)
	}
	signature := r.Header.Get("X-Twilio-Signature")
	if signature == "" {
		return no(http.StatusForbidden, "signature", "unsigned")
	}
	mac, ok := macOf(signature)
	if !ok {
		return no(http.StatusForbidden, "signature", "the signature is no HMAC-SHA1 in base64")
	}
	form, err := fields(w, r)
	if err != nil {
		return no(http.StatusBadRequest, "form", err.Error())
	}
	if !t.signed(r.RequestURI, form, mac) {
		return no(
			http.StatusForbidden, "signature",
			"wrongly signed: is PUBLIC_URL what Twilio calls, and the auth token this account's?",
		)
	}
	if sid := form.Get("AccountSid"); sid != "" && sid != t.c.AccountSID {
		return no(http.StatusForbidden, "account", "another account's")
	}
	if !sid.MatchString(form.Get(id)) {
		return no(http.StatusBadRequest, "id", "no "+id)
	}
	return form, true
}

// fields parses the form in a webhook's body. Its errors repeat nothing of the form, unlike those
// of r.ParseForm, so that they can be logged.
func fields(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil ||
		kind != "application/x-www-form-urlencoded" {
		return nil, errors.New("not a form")
	}
	if r.ContentLength > longest {
		return nil, errors.New("the body is too long")
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longest))
	if err != nil {
		return nil, errors.New("the body is too long or was cut off")
	}
	if bytes.Count(b, []byte("&")) >= mostFields {
		return nil, errors.New("a form of too many fields")
	}
	form, err := url.ParseQuery(string(b))
	if err != nil {
		return nil, errors.New("a malformed form") // the parser's own words hold a piece of it
	}
	return form, nil
}

// refuse rejects a webhook request. The reason goes to the log, for the operator, and not into the
// response, for whoever is probing. because is the reason as it is counted.
func (t *Twilio) refuse(w http.ResponseWriter, r *http.Request, status int, because, why string) {
	t.c.Meter.Refused("twilio", because)
	t.c.Log.Warn("twilio webhook refused", "path", r.URL.Path, "status", status, "why", why)
	http.Error(w, http.StatusText(status), status)
}

// answer writes TwiML with a message for each body. Without bodies it is an empty response, and
// Twilio sends nothing. Control characters, which XML can't hold, become U+FFFD. source:
// https://www.twilio.com/docs/messaging/twiml
func (t *Twilio) answer(w http.ResponseWriter, bodies []string) {
	var b bytes.Buffer // its writes can't fail
	b.WriteString(xml.Header + "<Response>")
	for _, one := range bodies {
		b.WriteString("<Message>")
		_ = xml.EscapeText(&b, []byte(one))
		b.WriteString("</Message>")
	}
	b.WriteString("</Response>")
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	// If Twilio has hung up it asks again, and gets the same reply.
	_, _ = w.Write(b.Bytes())
}

package main_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
)

// connects connects every call with a patient.
type connects struct{ patient handlers.Phone }

func (c connects) CallKey(
	context.Context, string, string, string,
) (string, handlers.Phone, error) {
	return "One moment & thanks.", c.patient, nil
}

func (connects) CallEnded(context.Context, handlers.CallEnd) (string, error) {
	return "They couldn't be reached.", nil
}

// element is one of TwiML, as the judge takes it.
type element struct {
	Name       string            `json:"name"`
	Attributes map[string]string `json:"attributes"`
	Text       string            `json:"text,omitempty"`
	Children   []element         `json:"children,omitempty"`
}

// UnmarshalXML reads an element with all that is in it.
func (e *element) UnmarshalXML(d *xml.Decoder, start xml.StartElement) error {
	e.Name, e.Attributes = start.Name.Local, map[string]string{}
	for _, a := range start.Attr {
		e.Attributes[a.Name.Local] = a.Value
	}
	for {
		token, err := d.Token()
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.CharData:
			e.Text += string(token)
		case xml.StartElement:
			var child element
			if err := child.UnmarshalXML(d, token); err != nil {
				return err
			}
			e.Children = append(e.Children, child)
		case xml.EndElement:
			return nil
		}
	}
}

// spoken are the answers that calls can get, as the bot writes them.
func spoken(t *testing.T) map[string]string {
	t.Helper()
	fake := twiliotest.Start(t, twiliotest.Config{})
	patient, err := handlers.NewPhone("+12125550101")
	if err != nil {
		t.Fatal(err)
	}
	bot, err := twilio.New(twilio.Config{
		AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken, From: twiliotest.From,
		BaseURL: fake.URL(), PublicURL: publicURL, Patient: deaf{}, Receipts: deaf{},
		OnCall: deaf{}, Staff: connects{patient}, Now: time.Now,
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []handlers.Outgoing{
		{ID: "alarm", Body: "Nobody has this & <that>.", Case: "text:SM1", Alarm: true},
		{ID: "call:1", Body: "Press 1.", User: "U1"},
		{ID: "me:1", Body: "Press the digits.", User: "U1", Keys: 4},
	} {
		o.To, o.Voice = patient, true
		if _, err := bot.Call(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	calls := fake.Calls()
	out := map[string]string{
		"alarm": calls[0].Twiml, "call": calls[1].Twiml, "own phone": calls[2].Twiml,
	}
	for name, uri := range map[string]string{
		"connected": "/twilio/staff?id=call%3A1&step=key",
		"over":      "/twilio/staff?id=call%3A1&step=patient",
	} {
		form := url.Values{
			"CallSid": {"CA1"}, "AccountSid": {twiliotest.AccountSID}, "Digits": {"1"},
		}
		r := httptest.NewRequestWithContext(
			t.Context(), http.MethodPost, uri, strings.NewReader(form.Encode()),
		)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Twilio-Signature", twiliotest.Sign(
			twiliotest.AuthToken, publicURL+uri, form,
		))
		w := httptest.NewRecorder()
		bot.Staff(w, r)
		out[name] = w.Body.String()
	}
	return out
}

// TestTwiMLIsTwilios: what calls are answered with is what Twilio's own helper writes, and each
// attribute is one that Twilio's types have.
func TestTwiMLIsTwilios(t *testing.T) {
	t.Parallel()
	var names []string
	var asked []map[string]any
	var trees []element
	var judged []map[string]string
	for name, text := range spoken(t) {
		var e element
		if err := xml.Unmarshal([]byte(text), &e); err != nil {
			t.Fatalf("%s: %v: %s", name, err, text)
		}
		names, trees = append(names, name), append(trees, e)
		asked = append(asked, map[string]any{"twiml": e})
		judged = append(judged, attributes(t, name, e)...)
	}
	var written []struct{ XML string }
	ask(t, "twilio.mjs", asked, &written)
	for i, name := range names {
		var theirs element
		if err := xml.Unmarshal([]byte(written[i].XML), &theirs); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(trees[i], theirs) {
			t.Errorf("%s: %+v, the helper writes %+v", name, trees[i], theirs)
		}
	}
	faults := map[string][]string{}
	ask(t, "blocks.mjs", judged, &faults)
	if len(judged) < 5 || len(faults) > 0 {
		t.Errorf("%d judged, faults: %v", len(judged), faults)
	}
	// What is wrong is found, so the look for it works.
	wrong := []map[string]string{{"name": "wrong", "kind": "Dial", "json": `{"timeOut": 25}`}}
	if ask(t, "blocks.mjs", wrong, &faults); len(faults) != 1 {
		t.Errorf("an attribute that there isn't: %v", faults)
	}
}

// attributes are those of an element and of all within it, typed as Twilio's are.
func attributes(t *testing.T, name string, e element) (out []map[string]string) {
	t.Helper()
	for _, child := range e.Children {
		if len(child.Attributes) > 0 {
			typed := map[string]any{}
			for k, v := range child.Attributes {
				typed[k] = v
				if n, err := strconv.Atoi(v); err == nil && !strings.HasPrefix(v, "+") {
					typed[k] = n
				}
				if strings.HasSuffix(k, "Event") {
					typed[k] = strings.Fields(v)
				}
			}
			b, err := json.Marshal(typed)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, map[string]string{
				"name": name + " " + child.Name, "kind": child.Name, "json": string(b),
			})
		}
		out = append(out, attributes(t, name, child)...)
	}
	return out
}

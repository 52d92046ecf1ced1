package twilio_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
)

// FuzzWebhooks posts signed forms at every door: whatever is in them, each gets one of the answers
// that Twilio knows, and what is handed on is fit to be a key and to be read.
func FuzzWebhooks(f *testing.F) {
	for _, name := range []string{"text", "unicode", "mms", "stop", "short-code", "no-sid"} {
		f.Add(uint8(0), "", form(f, name))
	}
	f.Add(uint8(1), "id=visit:v1", "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30005&To=x")
	f.Add(uint8(1), "", "MessageSid=SM1&MessageStatus=read&ErrorCode=-")
	f.Add(uint8(2), "case=c1", "CallSid=CA1&Digits=1")
	f.Add(uint8(2), "case=%F0", "CallSid=CA1&Digits=*&Digits=2")
	b := newBench(f, nil)
	b.house.bodies = []string{"an answer"}
	paths := []string{"/twilio/text", "/twilio/receipt", "/twilio/voice"}
	f.Fuzz(func(t *testing.T, door uint8, query, body string) {
		path := paths[int(door)%len(paths)]
		if strings.ContainsAny(query, " #\x7f") || strings.ContainsFunc(query, func(r rune) bool {
			return r < ' ' || r > '~'
		}) {
			t.Skip("no URL")
		}
		r := signed(t, path, body)
		if query != "" {
			r = signed(t, path+"?"+query, body)
		}
		b.house.texts, b.house.receipts = nil, nil
		b.log.Reset()
		w := httptest.NewRecorder()
		serve := map[string]func(){
			"/twilio/text":    func() { b.Text(w, r) },
			"/twilio/receipt": func() { b.Receipt(w, r) },
			"/twilio/voice":   func() { b.Voice(w, r) },
		}
		serve[path]()
		switch w.Code {
		case 200, 204, 400, 403:
		default:
			t.Errorf("HTTP %d", w.Code)
		}
		for _, one := range b.house.texts {
			if one.ID == "" || strings.ContainsAny(one.ID, ":{} \n") ||
				strings.ToValidUTF8(one.Body, "") != one.Body || one.Media < 0 ||
				one.From == (handlers.Phone{}) && one.Sender == "" {
				t.Errorf("handed on: %+v", one)
			}
		}
		if w.Code >= 400 && len(b.house.texts)+len(b.house.receipts) > 0 {
			t.Errorf("refused, and handed on: %+v %+v", b.house.texts, b.house.receipts)
		}
	})
}

package twiliotest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// bodies are those of a list, page after page; between is called after each page.
func bodies(t *testing.T, f *twiliotest.Fake, query string, between func()) string {
	t.Helper()
	var out []string
	for path := messages + "?" + query; path != ""; {
		status, got, _ := call(t, f, http.MethodGet, path, nil)
		if status != http.StatusOK {
			t.Fatalf("%s: HTTP %d: %v", path, status, got)
		}
		for _, m := range got["messages"].([]any) {
			out = append(out, m.(map[string]any)["body"].(string))
		}
		path, _ = got["next_page_uri"].(string)
		if between != nil {
			between()
		}
	}
	return strings.Join(out, " ")
}

// A text that a patient sends is in the list whatever its webhook is answered with, after a while;
// what the bot answers is a message as well.
func TestIncoming(t *testing.T) {
	now := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	f := twiliotest.Start(
		t, twiliotest.Config{Now: func() time.Time { return now }, ListLag: 5 * time.Second},
	)
	status := http.StatusServiceUnavailable
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, "<Response><Message>answer</Message></Response>")
	}))
	defer bot.Close()
	post := func(sid, body string) {
		form := url.Values{"MessageSid": {sid}, "From": {to}, "Body": {body}}
		if _, err := f.PostText(t.Context(), bot.URL, form); err != nil {
			t.Fatal(err)
		}
	}
	post("SM1", "refused")
	post("SM2", "again")
	status = http.StatusOK
	post("SM2", "again")
	post("SM2", "again")
	const ours = "To=%2B12125550100&DateSent%3E=2026-12-01"
	if got := bodies(t, f, ours, nil); got != "" {
		t.Errorf("the list shows %q at once", got)
	}
	now = now.Add(5 * time.Second)
	for query, want := range map[string]string{
		ours:                             "again refused",
		"From=%2B12125550100":            "answer",
		"To=%2B12125550199":              "",
		"From=%2B12125550101&PageSize=1": "again refused",
	} {
		if got := bodies(t, f, query, nil); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	in := f.Incoming()
	if len(in) != 2 || !in[0].Refused() || in[1].Refused() ||
		fmt.Sprint(in[1].Statuses) != "[503 200 200]" {
		t.Errorf("%+v", in)
	}
}

// What comes while the list is read moves none of its pages.
func TestPagesStandStill(t *testing.T) {
	at := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	f := twiliotest.Start(t, twiliotest.Config{})
	n := 0
	add := func() {
		n++
		f.Add(twiliotest.Message{
			SID: fmt.Sprint("SM", n), From: to, To: twiliotest.From, Body: fmt.Sprint(n),
			Direction: twiliotest.Inbound, Created: at.Add(time.Duration(n) * time.Second),
		})
	}
	for range 5 {
		add()
	}
	if got := bodies(t, f, "To=%2B12125550100&PageSize=2", add); got != "5 4 3 2 1" {
		t.Error(got)
	}
}

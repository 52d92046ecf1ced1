package twiliotest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

const (
	to       = "+12125550101"
	messages = "/2010-04-01/Accounts/" + twiliotest.AccountSID + "/Messages.json"
)

// call is a request with the account's credentials; the answer is decoded into a map.
func call(
	t *testing.T, f *twiliotest.Fake, method, path string, form url.Values,
) (int, map[string]any, http.Header) {
	t.Helper()
	r, err := http.NewRequest(method, f.URL()+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(twiliotest.AccountSID, twiliotest.AuthToken)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var got map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, got, resp.Header
}

func text(body string) url.Values {
	return url.Values{"To": {to}, "From": {twiliotest.From}, "Body": {body}}
}

func TestCreateAndFetch(t *testing.T) {
	f := twiliotest.Start(t, twiliotest.Config{})
	status, m, _ := call(t, f, http.MethodPost, messages, text("hello"))
	if status != http.StatusCreated || m["status"] != "queued" || m["date_sent"] != nil ||
		m["body"] != "hello" || m["error_code"] != nil {
		t.Errorf("HTTP %d: %v", status, m)
	}
	if _, err := time.Parse(time.RFC1123Z, m["date_created"].(string)); err != nil {
		t.Error(err)
	}
	_, again, _ := call(t, f, http.MethodGet, m["uri"].(string), nil)
	if again["sid"] != m["sid"] {
		t.Errorf("fetched %v", again)
	}
	_, account, _ := call(
		t, f, http.MethodGet, strings.TrimSuffix(messages, "/Messages.json")+".json", nil,
	)
	if account["status"] != "active" {
		t.Errorf("the account: %v", account)
	}
	if f.Count(to, "hello") != 1 || f.Count("", "other") != 0 || f.Posts() != 1 {
		t.Errorf("holds %+v", f.Messages())
	}
}

func TestRefusals(t *testing.T) {
	f := twiliotest.Start(t, twiliotest.Config{Rate: 1000})
	f.Rule("+12125550102", 21610)
	f.Serve(twiliotest.Service{SID: "MG1", Senders: []string{"rcs:clinic_agent"}})
	for _, c := range []struct {
		name string
		form url.Values
		code float64
	}{
		{name: "no To", form: url.Values{"From": {twiliotest.From}, "Body": {"x"}}, code: 21604},
		{
			name: "no number",
			form: url.Values{"To": {"hello"}, "From": {twiliotest.From}, "Body": {"x"}},
			code: 21211,
		},
		{name: "no From", form: url.Values{"To": {to}, "Body": {"x"}}, code: 21603},
		{name: "no Body", form: url.Values{"To": {to}, "From": {twiliotest.From}}, code: 21602},
		{name: "too long", form: text(strings.Repeat("é", 1601)), code: 21617},
		{
			name: "a rule",
			form: url.Values{"To": {"+12125550102"}, "From": {twiliotest.From}, "Body": {"x"}},
			code: 21610,
		},
		{
			name: "on another channel than ours",
			form: url.Values{"To": {"whatsapp:" + to}, "From": {twiliotest.From}, "Body": {"x"}},
			code: 21910,
		},
		{
			name: "on a channel that the service has no sender of",
			form: url.Values{
				"To": {"whatsapp:" + to}, "MessagingServiceSid": {"MG1"}, "Body": {"x"},
			},
			code: 21703,
		},
	} {
		status, got, _ := call(t, f, http.MethodPost, messages, c.form)
		if status != http.StatusBadRequest || got["code"] != c.code || got["status"] != 400. ||
			got["more_info"] == "" {
			t.Errorf("%s: HTTP %d: %v, want %v", c.name, status, got, c.code)
		}
	}
	if n := len(f.Messages()); n != 0 {
		t.Errorf("%d were taken", n)
	}
}

func TestRate(t *testing.T) {
	f := twiliotest.Start(t, twiliotest.Config{Rate: 3})
	limited := 0
	for range 12 { // even if a second ends amid them, two seconds hold no more than six
		status, got, header := call(t, f, http.MethodPost, messages, text("x"))
		if status == http.StatusTooManyRequests {
			limited++
			if header.Get("Retry-After") != "1" || got["code"] != 20429. {
				t.Errorf("%v, Retry-After %q", got, header.Get("Retry-After"))
			}
		}
	}
	if limited < 6 || f.Count("", "") != 12-limited {
		t.Errorf("%d of 12 were limited, %d taken", limited, f.Count("", ""))
	}
}

func TestListPagesAndDates(t *testing.T) {
	f := twiliotest.Start(t, twiliotest.Config{})
	day := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for i := range 5 {
		at := day.AddDate(0, 0, i-2)
		f.Add(
			twiliotest.Message{
				To: to, From: twiliotest.From, Body: at.Format(time.DateOnly),
				Direction: "outbound-api", Created: at, Sent: at,
			},
		)
	}
	f.Add(
		twiliotest.Message{
			To: to, Body: "queued", Direction: "outbound-api", Created: day.AddDate(0, 0, 9),
		},
	)
	f.Add(twiliotest.Message{To: "+12125550102", Body: "another's", Created: day})
	for _, c := range []struct{ query, want string }{
		{
			query: "To=%2B12125550101",
			want:  "queued 2026-11-25 2026-11-24 2026-11-23 2026-11-22 2026-11-21",
		},
		{
			query: "To=%2B12125550101&PageSize=2",
			want:  "queued 2026-11-25 2026-11-24 2026-11-23 2026-11-22 2026-11-21",
		},
		{
			query: "To=%2B12125550101&DateSent%3E=2026-11-23T00:00:00Z&PageSize=2",
			want:  "2026-11-25 2026-11-24 2026-11-23",
		},
		{query: "To=%2B12125550101&DateSent%3C=2026-11-22", want: "2026-11-22 2026-11-21"},
		{query: "To=%2B12125550101&DateSent=2026-11-22", want: "2026-11-22"},
		{query: "To=%2B12125550199"},
	} {
		var bodies []string
		for path := messages + "?" + c.query; path != ""; {
			status, got, _ := call(t, f, http.MethodGet, path, nil)
			if status != http.StatusOK {
				t.Fatalf("%s: HTTP %d: %v", path, status, got)
			}
			for _, m := range got["messages"].([]any) {
				bodies = append(bodies, m.(map[string]any)["body"].(string))
			}
			path, _ = got["next_page_uri"].(string)
		}
		if got := strings.Join(bodies, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.query, got, c.want)
		}
	}
}

// bot is a webhook that checks signatures and keeps the statuses.
type bot struct {
	f        *twiliotest.Fake
	mu       sync.Mutex
	statuses map[string][]string // by MessageSid
	unsigned int
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.f.Sign(
		"https://bot.example.com"+r.RequestURI, r.PostForm,
	) != r.Header.Get("X-Twilio-Signature") {
		b.unsigned++
	}
	if r.URL.Path == "/twilio/text" {
		_, _ = w.Write(
			[]byte(`<Response><Message>a &amp; b</Message><Message>c</Message></Response>`),
		)
		return
	}
	sid := r.PostForm.Get("MessageSid")
	b.statuses[sid] = append(
		b.statuses[sid], r.PostForm.Get("MessageStatus")+r.PostForm.Get("ErrorCode"),
	)
	w.WriteHeader(http.StatusNoContent)
}

func TestReceiptsAndTexts(t *testing.T) {
	f := twiliotest.Start(
		t,
		twiliotest.Config{
			Receipts: &twiliotest.Receipts{Repeat: 1, Shuffle: true, Late: time.Millisecond},
		},
	)
	b := &bot{f: f, statuses: map[string][]string{}}
	server := httptest.NewServer(b)
	defer server.Close()
	f.Route("https://bot.example.com", server.URL)
	f.Rule("+12125550102", 30006)
	want := map[string]string{}
	for range 50 {
		for number, last := range map[string]string{
			to: "delivered", "+12125550102": "undelivered30006",
		} {
			form := url.Values{
				"To": {number}, "From": {twiliotest.From}, "Body": {"x"},
				"StatusCallback": {"https://bot.example.com/twilio/receipt?id=1"},
			}
			_, m, _ := call(t, f, http.MethodPost, messages, form)
			want[m["sid"].(string)] = last
		}
	}
	if failed := f.Drain(); failed != 0 {
		t.Errorf("%d receipts failed", failed)
	}
	for sid, last := range want {
		got := b.statuses[sid]
		slices.Sort(got)
		expect := []string{"sent", "sent", last, last}
		slices.Sort(expect)
		if !slices.Equal(got, expect) {
			t.Errorf("%s was told %v, want %v", sid, got, expect)
		}
		if m, _ := f.Message(sid); m.Status != strings.TrimRight(last, "0123456789") ||
			m.Sent.IsZero() {
			t.Errorf("%s ended as %+v", sid, m)
		}
	}
	a, err := f.PostText(
		context.Background(), "https://bot.example.com/twilio/text?x=1",
		url.Values{"From": {to}, "Body": {"hi 😀"}},
	)
	if err != nil || !slices.Equal(a.Bodies, []string{"a & b", "c"}) {
		t.Errorf("answered %+v, %v", a, err)
	}
	if b.unsigned != 0 {
		t.Errorf("%d posts were wrongly signed", b.unsigned)
	}
}

func BenchmarkPost(b *testing.B) {
	f := twiliotest.Start(b, twiliotest.Config{})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	body := text("See you Monday").Encode()
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, _ := http.NewRequest(http.MethodPost, f.URL()+messages, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.SetBasicAuth(twiliotest.AccountSID, twiliotest.AuthToken)
			resp, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body) // or the connection isn't used again
			_ = resp.Body.Close()
		}
	})
}

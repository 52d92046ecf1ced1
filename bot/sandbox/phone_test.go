package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

func TestText(t *testing.T) {
	r := newRig(t)
	r.bot.reply = func(x handlers.Text) (handlers.Reply, error) {
		if x.Body == "hi" {
			return handlers.Reply{}, nil
		}
		return handlers.Reply{
			Bodies: []string{"It is $1.", "And more."}, Kind: "answer", Also: []string{"confirm"},
			Entry: "cost", Confidence: .5, Lang: "en",
		}, nil
	}
	full := `{"replies":["It is $1.","And more."],"kind":"answer","also":["confirm"],` +
		`"entry":"cost","confidence":0.5,"lang":"en"}`
	r.want(
		t, "/sandbox/text", `{"from":"2125550101","body":"hi"}`, 200,
		`{"replies":[],"kind":"","also":[],"entry":"","confidence":0,"lang":""}`,
	)
	r.want(t, "/sandbox/text", `{"from":"2125550101","body":"how much"}`, 200, full)
	r.want(t, "/sandbox/text", `{"from":"+12125550101","body":"how much","id":"SMx"}`, 200, full)
	r.want(t, "/sandbox/text", `{"from":"+12125550101","body":"how much","id":"SMx"}`, 200, full)

	in, out := []string{"in received answer: how much"}, []string{
		"out delivered answer: It is $1.", "out delivered answer: And more.",
	}
	want := append([]string{"in received : hi"}, in...)
	want = append(append(append(want, out...), in...), out...) // the repeated one shows once
	equal(t, r.texts(t, "+12125550101"), want...)
	equal(t, r.texts(t, "%2B12125550102"))

	ids := map[string]int{}
	for _, x := range r.bot.texts {
		ids[x.ID]++
		if x.ID != "SMx" && (!strings.HasPrefix(x.ID, "SM") || len(x.ID) != 34) {
			t.Errorf("id %s", x.ID)
		}
		if x.At.Before(start()) || x.At.After(start().Add(time.Minute)) {
			t.Errorf("texted at %s, by the clock it is about %s", x.At, start())
		}
	}
	if len(ids) != 3 || ids["SMx"] != 2 {
		t.Errorf("ids %v", ids)
	}
}

// How long a text is is counted as the carrier counts it.
func TestMeasure(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct {
		name, body, want string
	}{
		{name: "nothing", body: "", want: `{"characters":0,"encoding":"GSM-7","segments":1}`},
		{
			name: "one segment", body: strings.Repeat("a", 160),
			want: `{"characters":160,"encoding":"GSM-7","segments":1}`,
		},
		{
			name: "one more", body: strings.Repeat("a", 161),
			want: `{"characters":161,"encoding":"GSM-7","segments":2}`,
		},
		{
			name: "a letter that GSM-7 lacks", body: strings.Repeat("ł", 71),
			want: `{"characters":71,"encoding":"UCS-2","segments":2}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.want(t, "/sandbox/measure", fmt.Sprintf(`{"body":%q}`, c.body), 200, c.want)
		})
	}
	r.want(t, "/sandbox/measure", `{"body":1}`, 400, `{"error":"the body: want one JSON object: `+
		`json: cannot unmarshal number into Go struct field .body of type string"}`)
}

func TestTextRefused(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct{ body, want string }{
		{body: `{"from":"12","body":"hi"}`, want: "from: phone"},
		{body: `{"from":"2125550101"}`, want: "body is missing"},
		{body: `{"from":"2125550101","body":"` + strings.Repeat("x", 1601) + `"}`, want: "1600"},
		{body: `{"from":"2125550101","text":"hi"}`, want: "unknown field"},
		{body: `{"from":"2125550101","body":"hi"} {}`, want: "more after the object"},
		{
			body: `{"from":"2125550101","body":"` + strings.Repeat("x", 70<<10) + `"}`,
			want: "too large",
		},
		{body: `nonsense`, want: "one JSON object"},
	} {
		if status, text := r.call(t, "/sandbox/text", c.body); status != 400 ||
			!strings.HasPrefix(text, `{"error":`) || !strings.Contains(text, c.want) {
			t.Errorf("%.60s: got %d %s; want %q", c.body, status, text, c.want)
		}
	}
	r.bot.reply = func(handlers.Text) (handlers.Reply, error) {
		return handlers.Reply{}, errors.New(
			"store: away",
		)
	}
	r.want(
		t, "/sandbox/text", `{"from":"2125550101","body":"hi"}`, http.StatusInternalServerError,
		`{"error":"receive a text: store: away"}`,
	)
	// A text that failed can be sent again under its id, and is answered then.
	r.bot.reply = func(handlers.Text) (handlers.Reply, error) {
		return handlers.Reply{Bodies: []string{"Hello."}, Kind: "courtesy"}, nil
	}
	r.call(
		t, "/sandbox/text",
		fmt.Sprintf(`{"from":"2125550101","body":"hi","id":%q}`, r.bot.texts[0].ID),
	)
	equal(t, r.texts(t, "2125550101"), "in received courtesy: hi", "out delivered courtesy: Hello.")
}

// TestSend checks that the fate of a text that the bot sends is reported by receipts, in order, and
// that the text can be looked up.
func TestSend(t *testing.T) {
	for _, c := range []struct {
		number, shown string
		receipts      []string
	}{
		{
			number: "+12125550101", shown: "out delivered confirm: See you",
			receipts: []string{"sent 0", "delivered 0"},
		},
		{
			number: "+12125550198", shown: "out undelivered confirm: See you (landline (30006))",
			receipts: []string{"sent 0", "undelivered 30006"},
		},
		{
			number: "+12125550197", shown: "out undelivered confirm: See you (unreachable (30003))",
			receipts: []string{"sent 0", "undelivered 30003"},
		},
	} {
		r := newRig(t)
		o := handlers.Outgoing{
			ID: "v1:confirm", To: mustPhone(t, c.number), Kind: "confirm", Body: "See you",
		}
		var sid string
		r.bot.at(start(), func(ctx context.Context) {
			var err error
			if sid, err = r.Send(ctx, o); err != nil {
				t.Error(err)
			}
		})
		if err := r.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		equal(t, r.texts(t, c.number), c.shown)
		var told []string
		for _, x := range r.bot.receipts {
			told = append(told, fmt.Sprint(x.State, " ", x.Code))
			if x.ID != o.ID || x.SID != sid || x.At.Before(start()) {
				t.Errorf("receipt %+v of %s %s", x, o.ID, sid)
			}
		}
		equal(t, told, c.receipts...)

		for _, f := range []struct {
			o     handlers.Outgoing
			since time.Time
			want  string
		}{
			{o: o, since: start(), want: sid},
			{o: o, since: start().Add(time.Hour)},
			{o: handlers.Outgoing{To: o.To, Body: "Other"}, since: start()},
			{o: handlers.Outgoing{To: mustPhone(t, "+12125550199"), Body: o.Body}, since: start()},
		} {
			if got, err := r.Find(t.Context(), f.o, f.since); err != nil || got != f.want {
				t.Errorf(
					"find %q since %s: got %q, %v; want %q", f.o.Body, f.since, got, err, f.want,
				)
			}
		}
	}
}

func TestMessagesRefused(t *testing.T) {
	r := newRig(t)
	if status, text := r.call(t, "/sandbox/messages", ""); status != 400 ||
		!strings.Contains(text, "phone: ") {
		t.Errorf("got %d %s", status, text)
	}
}

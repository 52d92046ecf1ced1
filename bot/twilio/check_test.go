package twilio_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
)

const (
	service = "MG0123456789abcdef0123456789abcdef"
	app     = "AP0123456789abcdef0123456789abcdef"
)

func TestAccount(t *testing.T) {
	ahead := func() time.Time { return time.Date(2026, 11, 23, 14, 30, 40, 0, time.UTC) }
	for _, test := range []struct {
		name   string
		fake   twiliotest.Config
		status string
		skew   time.Duration // to a second
		code   int
	}{
		{
			name: "active", fake: twiliotest.Config{Now: ahead}, status: "active",
			skew: 40 * time.Second,
		},
		{
			name: "suspended", fake: twiliotest.Config{Now: ahead}, status: "suspended",
			skew: 40 * time.Second,
		},
		{name: "another's token", fake: twiliotest.Config{AuthToken: "another"}, code: 20003},
	} {
		t.Run(test.name, func(t *testing.T) {
			fake := twiliotest.Start(t, test.fake)
			fake.Account(test.status)
			b := newBench(t, func(c *twilio.Config) { c.BaseURL = fake.URL() + "/" })
			a, err := b.Account(t.Context())
			if test.code != 0 {
				no, ok := errors.AsType[*handlers.Refusal](err)
				if !ok || no.Code != test.code || !strings.Contains(no.Why, "credentials") {
					t.Errorf("got %v, want that the credentials are refused", err)
				}
				return
			}
			if err != nil || a.Status != test.status || (a.Skew-test.skew).Abs() > time.Second {
				t.Errorf("got %+v %v, want %s and %v", a, err, test.status, test.skew)
			}
		})
	}
}

func TestKey(t *testing.T) {
	fake := twiliotest.Start(t, twiliotest.Config{APIKey: "SK1", APISecret: "secret"})
	for secret, good := range map[string]bool{"secret": true, "another": false} {
		b := newBench(t, func(c *twilio.Config) {
			c.BaseURL, c.APIKey, c.APISecret = fake.URL(), "SK1", secret
		})
		if err := b.Key(t.Context()); (err == nil) != good {
			t.Errorf("secret %q: %v", secret, err)
		}
		// By the auth token: no other key may see the account.
		if _, err := b.Account(t.Context()); err != nil {
			t.Errorf("secret %q: account: %v", secret, err)
		}
	}
}

func TestNumbersAndService(t *testing.T) {
	fake := twiliotest.Start(t, twiliotest.Config{})
	fake.Own(
		twiliotest.Number{Phone: twiliotest.From, TextURL: public + "/twilio/text#rc=2&rp=all"},
	)
	fake.Own(twiliotest.Number{
		Phone: "+12125550199", NoVoice: true, NoSMS: true, TextMethod: "GET", Application: app,
	})
	fake.Serve(twiliotest.Service{
		SID: service, TextURL: public + "/twilio/text", OnNumbers: true,
		Numbers: []string{twiliotest.From},
	})
	b := newBench(
		t, func(c *twilio.Config) { c.BaseURL, c.MessagingServiceSID = fake.URL(), service },
	)
	numbers, err := b.Numbers(t.Context())
	want := []twilio.Number{
		{
			Phone: twiliotest.From, SMS: true, Voice: true,
			Hook: twilio.Hook{URL: public + "/twilio/text#rc=2&rp=all", Method: "POST"},
		},
		{Phone: "+12125550199", Hook: twilio.Hook{Method: "GET", Application: true}},
	}
	if err != nil || !reflect.DeepEqual(numbers, want) {
		t.Errorf("numbers %+v %v, want %+v", numbers, err, want)
	}
	got, err := b.Service(t.Context())
	it := twilio.Service{OnNumbers: true, Numbers: []string{twiliotest.From}}
	it.Hook = twilio.Hook{URL: public + "/twilio/text", Method: "POST"}
	if err != nil || !reflect.DeepEqual(got, it) {
		t.Errorf("service %+v %v, want %+v", got, err, it)
	}
	other := newBench(t, func(c *twilio.Config) {
		c.BaseURL, c.MessagingServiceSID = fake.URL(), "MG1"
	})
	if _, err := other.Service(t.Context()); !twilio.Unknown(err) {
		t.Errorf("a service that isn't there: %v", err)
	}
	fake.Close()
	if _, err := b.Service(t.Context()); err == nil || twilio.Unknown(err) {
		t.Errorf("away: %v", err)
	}
}

// A Twilio that hangs holds nobody up: each asker waits as long as it wants to, and none behind
// another.
func TestChecksKeepTheirDeadline(t *testing.T) {
	fake := twiliotest.Start(t, twiliotest.Config{})
	fake.Hang(true)
	b := newBench(t, func(c *twilio.Config) { c.BaseURL = fake.URL() })
	const limit = 100 * time.Millisecond
	ended := make(chan error, 8)
	began := time.Now()
	for range 8 {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), limit)
			defer cancel()
			_, err := b.Account(ctx)
			ended <- err
		}()
	}
	for range 8 {
		if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	}
	if took := time.Since(began); took > 5*limit {
		t.Errorf("eight that waited %v each took %v", limit, took)
	}
}

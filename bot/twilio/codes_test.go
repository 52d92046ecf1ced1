package twilio_test

import (
	"errors"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Whose fault it is says what is done: a number's is for good, the clinic's waits with what is to
// be mended, the network's is tried again, a text's own fails.
const (
	forGood = "the number's"
	ownOnes = "this text's or patient's"
	passes  = "passes by itself"
	mends   = "the clinic's"
)

func verdicts() map[string][]int {
	return map[string][]int{
		forGood: {
			14101, 21211, 21217, 21265, 21266, 21268, 21614, 21635, 30005, 30006, 30014,
		},
		ownOnes: {
			21602, 21610, 21612, 21617, 30004, 30007, 30019, 30630, 63016, 63024, 63036,
		},
		passes: {
			14107, 20429, 21611, 21730, 30001, 30003, 30008, 30017, 30020, 30021, 30022, 30023,
			30027, 30036, 30410, 30450, 30453, 30485, 30500, 30610, 63010, 63012, 63017, 63018,
			63038,
		},
		mends: {
			10001, 20003, 20005, 20006, 20008, 20010, 20404, 21212, 21408, 21601, 21603, 21606,
			21607, 21608, 21609, 21616, 21657, 21659, 21660, 21661, 21701, 21702, 21703, 21704,
			21705, 21709, 21910, 30002, 30010, 30018, 30024, 30032, 30033, 30034, 30035, 30037,
			30041, 30454, 63001, 63002, 63007, 63008, 63015, 63020, 63051, 63112,
			30741, 30999, 30445, 30508, // of registrations, by their range
		},
	}
}

// judged is whose fault a refusal or a receipt is taken for.
func judged(noTexts, retry bool, mend string) string {
	switch {
	case noTexts:
		return forGood
	case mend != "":
		return mends
	case retry:
		return passes
	}
	return ownOnes
}

// Every code says the same whether Twilio refuses the text or the receipt brings it.
func TestWhatCodesMean(t *testing.T) {
	code := 0
	fake := twiliotest.Start(t, twiliotest.Config{Fault: func(int, url.Values) twiliotest.Fault {
		return twiliotest.Fault{Status: 400, Code: code}
	}})
	b := newBench(t, func(c *twilio.Config) { c.BaseURL = fake.URL() })
	for want, codes := range verdicts() {
		for _, code = range codes {
			_, err := b.Send(t.Context(), row(t))
			no, ok := errors.AsType[*handlers.Refusal](err)
			if !ok {
				t.Fatalf("%d: %v", code, err)
			}
			if got := judged(no.NoTexts, no.Retry, no.Mend); got != want {
				t.Errorf("%d refused: %s, want %s: %+v", code, got, want, no)
			}
			if (want == passes || want == mends) != no.Retry {
				t.Errorf("%d refused: tried again: %v", code, no.Retry)
			}
			rec := receipt(t, b, strconv.Itoa(code))
			same := rec.Why == no.Why || strings.Contains(rec.Why, "doesn't know")
			if got := judged(rec.NoTexts, rec.Retry, rec.Mend); got != want || !same {
				t.Errorf("%d in a receipt: %s, want %s: %+v", code, got, want, rec)
			}
			if no.Why == "" || strings.HasSuffix(no.Why, ".") || strings.Contains(no.Mend, "..") {
				t.Errorf("%d: staff read %q, %q", code, no.Why, no.Mend)
			}
		}
	}
}

// receipt is what a receipt of that code comes to.
func receipt(t *testing.T, b *bench, code string) gate.Receipt {
	t.Helper()
	b.house.receipts = nil
	f, err := url.ParseQuery(form(t, "receipt-failed"))
	if err != nil {
		t.Fatal(err)
	}
	f.Set("ErrorCode", code)
	b.Receipt(httptest.NewRecorder(), signed(t, "/twilio/receipt?id=1", f.Encode()))
	if len(b.house.receipts) != 1 {
		t.Fatalf("%s: not taken", code)
	}
	return b.house.receipts[0]
}

// When what passes is tried again, and how often, is as its code has it.
func TestWhenReceiptsSayToTryAgain(t *testing.T) {
	for _, c := range []struct {
		code  string
		after time.Duration
		tries int
		why   string
	}{
		{code: "30003", after: 15 * time.Minute, why: "unreachable"},
		{code: "30022", after: 5 * time.Minute, why: "no more of our texts"},
		{code: "30017", after: 15 * time.Minute, why: "congested"},
		{code: "30008", after: 30 * time.Minute, tries: 2, why: "doesn't say why"},
		{code: "30410", after: 30 * time.Minute, tries: 2, why: "didn't answer in time"},
		// The bench's now is 6:30 in the morning at the Pacific.
		{code: "30023", after: 17*time.Hour + 35*time.Minute, why: "of the day"},
		{code: "63038", after: 3 * time.Hour, why: "24 hours"},
		{code: "", after: 30 * time.Minute, tries: 2, why: "Twilio doesn't say why"},
		{code: "30777", tries: 0, why: "doesn't know, taken as one of our number's registration"},
		{
			code: "39999", after: 30 * time.Minute, tries: 2,
			why: "a reason that Beacon doesn't know, taken as one that passes",
		},
	} {
		rec := receipt(t, newBench(t, nil), c.code)
		if !rec.Retry || rec.After != c.after || rec.Tries != c.tries ||
			!strings.Contains(rec.Why, c.why) {
			t.Errorf("%s: %+v, want %+v", c.code, rec, c)
		}
		if strings.Contains(rec.Reason(), "(0)") {
			t.Errorf("%s: staff read %q", c.code, rec.Reason())
		}
	}
}

// The on-call phone may be a landline: what a call comes to says nothing of texts. Without a number
// to call from the clinic has to set one.
func TestCallRefused(t *testing.T) {
	fake := twiliotest.Start(t, twiliotest.Config{})
	o := handlers.Outgoing{ID: "x", To: phone(t, to), Body: "Nobody has this.", Voice: true}
	for _, c := range []struct {
		name  string
		from  string
		code  int
		retry bool
		mend  string // a part of it
		why   string // a part of it
	}{
		{name: "an invalid number", from: twiliotest.From, code: 21211, why: "not a valid number"},
		{name: "may not call", from: twiliotest.From, code: 10005, retry: true, mend: "support"},
		{name: "not that country", from: twiliotest.From, code: 21215, retry: true, mend: "Geo"},
		{name: "from nothing", retry: true, mend: "TWILIO_FROM", why: "no number to call from"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fake.Rule(to, c.code)
			b := newBench(t, func(tc *twilio.Config) {
				tc.BaseURL, tc.From, tc.MessagingServiceSID = fake.URL(), c.from, "MG1"
			})
			_, err := b.Call(t.Context(), o)
			no, ok := errors.AsType[*handlers.Refusal](err)
			if !ok || no.Code != c.code || no.NoTexts || no.Retry != c.retry {
				t.Fatalf("%v, want %+v", err, c)
			}
			if !strings.Contains(no.Why, c.why) || !mended(no.Mend, c.mend) {
				t.Errorf("staff read %q, %q; want %+v", no.Why, no.Mend, c)
			}
		})
	}
}

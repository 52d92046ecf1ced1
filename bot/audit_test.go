package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers/audit"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// What is done on the command line is written down, and whether that is as it was written can be
// asked.
func TestAuditOnTheCommandLine(t *testing.T) {
	server := redistest.Start(t, "no")
	env := map[string]string{"REDIS_URL": server.URL(), "BEACON_KEYS": redistest.Key}
	if out, err := typed(t.Context(), env, "", "audit", "verify"); err != nil || !strings.HasPrefix(out, "entries in order  0\n") {
		t.Errorf("of nothing: %s %v", out, err)
	}
	for _, args := range []string{
		"export +12125550123", "forget +12125550123", "forget +12125550123 --yes", "keys rotate",
		"appointments list", "appointments why 0123", "appointments import nowhere.csv",
	} {
		_, _ = typed(t.Context(), env, "", strings.Fields(args)...) // some find nothing
	}
	out, err := typed(t.Context(), env, "", "audit", "list", "--days", "1", "--json")
	var all []audit.Acted
	if err == nil {
		err = json.Unmarshal([]byte(out), &all)
	}
	var acts []string
	for _, e := range all {
		acts = append(acts, strings.TrimSpace(e.Do+" "+e.About))
		if !strings.HasPrefix(e.User, "command line") || e.Event == "" {
			t.Errorf("%+v", e)
		}
	}
	want := []string{
		"bot export …0123", "bot forget, to see of what …0123", "bot forget …0123",
		"bot keys rotate", "bot appointments list", "command why 0123",
	}
	if err != nil || !slices.Equal(acts, want) || strings.Contains(out, "5550123") {
		t.Errorf("%v %q, want %q:\n%s", err, acts, want, out)
	}
	out, err = typed(t.Context(), env, "", "audit", "list")
	if err != nil || !strings.HasPrefix(out, "N  AT ") || strings.Count(out, "\n") != 7 ||
		!strings.Contains(out, "bot export") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = typed(t.Context(), env, "", "audit", "verify")
	found := regexp.MustCompile(`head +(6:[0-9a-f]{64})\n`).FindStringSubmatch(out)
	if err != nil || found == nil || !strings.Contains(out, "Every entry is as it was written.") {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := typed(t.Context(), env, "", "audit", "verify", "--head", found[1]); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	day := "{beacon}:audit:" + time.Now().UTC().Format(time.DateOnly)
	for _, c := range []struct {
		name   string
		args   []string
		tamper []string
		err    string
	}{
		{name: "no head", args: []string{"--head", "6"}, err: `--head: "6": want N:HASH`},
		{
			name: "another head", args: []string{"--head", "6:" + strings.Repeat("0", 64)},
			err: "the audit is broken at entry 6: changed: it isn't the one that was written down",
		},
		{
			name: "a later head", args: []string{"--head", "9:" + strings.Repeat("0", 64)},
			err: "the audit is broken at entry 7: cut off: there were 9 entries",
		},
		{
			name: "the end cut off", tamper: []string{"RPOP", day},
			err: "the audit is broken at entry 6: cut off: there were 6 entries",
		},
		{
			name: "one changed", tamper: []string{"LSET", day, "1", "changed"},
			err: "the audit is broken at entry 2: changed",
		},
	} {
		if c.tamper != nil {
			if _, err := server.CLI(c.tamper...); err != nil {
				t.Fatal(err)
			}
		}
		_, err := typed(t.Context(), env, "", append([]string{"audit", "verify"}, c.args...)...)
		if err == nil || !strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: %v, want %q", c.name, err, c.err)
		}
	}
	_, err = typed(t.Context(), map[string]string{"PORT": "1"}, "", "audit", "verify")
	if err == nil || !strings.HasPrefix(err.Error(), "REDIS_URL is not set and no sandbox") {
		t.Error(err)
	}
}

// acts are what was written down since the last look: who did what about whom.
func (f *floor) acts(from *int64) (out []string) {
	f.t.Helper()
	all, err := f.app.store.Audit(f.t.Context(), time.Time{})
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range all {
		if e.N > *from {
			*from = e.N
			out = append(out, strings.TrimSpace(e.User+" "+e.Do+" "+e.About))
		}
	}
	return out
}

// Every act of staff that comes through Slack's doors leaves one entry, and a repeated one none.
func TestEveryActLeavesOneEntry(t *testing.T) {
	f := newFloor(t, false)
	seen := int64(0)
	leaves := func(name string, act func() (slacktest.Answer, error), want ...string) {
		t.Helper()
		f.acts(&seen) // of what led here
		a, err := act()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		f.work()
		if got := f.acts(&seen); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
		_, _ = f.slack.Again(t.Context(), a)
		f.work()
		if got := f.acts(&seen); len(got) > 0 {
			t.Errorf("%s, repeated: %q", name, got)
		}
	}
	command := func(text, want string) {
		t.Helper()
		var all []string
		if want != "" {
			all = []string{want}
		}
		leaves(text, func() (slacktest.Answer, error) {
			return f.slack.Command(t.Context(), slacktest.Desk, "UNURSE", text)
		}, all...)
	}
	for _, c := range []struct{ text, want string }{
		{text: "help"},
		{text: "status"},
		{text: "ask what are your hours"},
		{text: "dance"},
		{text: "off 0141", want: "command off 0141"}, // nobody is known who ends so
		{text: "off Zoe Example", want: "command off"},
		{text: "today", want: "command today"},
		{text: "failed", want: "command failed"},
		{text: "book 310-555-0141 2026-12-03 14:00 consult Ana", want: "command book …0141"},
		{text: "off 0141", want: "command off …0141"},
		{text: "waitlist", want: "command waitlist"},
		{text: "waitlist list", want: "command waitlist"},
		{text: "waitlist add 0141 consult", want: "command waitlist add …0141"},
		{text: "waitlist remove 310-555-0141", want: "command waitlist remove …0141"},
		{text: "say (310) 555-0142 please call us", want: "command say …0142"},
		{text: "consent 0141", want: "command consent …0141"},
		{text: "why 310-555-0142", want: "command why …0142"},
		{text: "retry all", want: "command retry"},
		{text: "dismiss abcde", want: "command dismiss"},
		{text: "teach zqentry does it sting", want: "command teach"},
		{text: "forget does it sting", want: "command forget"},
		{text: "taught", want: "command taught"},
	} {
		if c.want != "" {
			c.want = "UNURSE " + c.want
		}
		command(c.text, c.want)
	}
	if _, err := f.slack.Command(t.Context(), slacktest.Lobby, "UNURSE", "why 0141"); err != nil {
		t.Fatal(err)
	}
	f.work()
	if got := f.acts(&seen); len(got) > 0 {
		t.Errorf("what wasn't permitted: %q", got)
	}
	f.allPressed(leaves)
	if v, err := f.app.store.Verify(t.Context(), redis.Head{}); err != nil || v.Broken != 0 {
		t.Errorf("%+v %v", v, err)
	}
}

// allPressed presses every button that there is, writes in threads and books by the form.
func (f *floor) allPressed(
	leaves func(name string, act func() (slacktest.Answer, error), want ...string),
) {
	t := f.t
	t.Helper()
	// card is the newest card that has a button.
	card := func(action string) slacktest.Message {
		t.Helper()
		for _, m := range slices.Backward(f.threads()) {
			if slices.Contains(m.Buttons(), action) {
				return m
			}
		}
		t.Fatalf("no card has the button %s", action)
		return slacktest.Message{}
	}
	press := func(action, ends string) {
		t.Helper()
		m := card(action)
		about := " " + f.caseOf(m.ID())
		if ends != "" {
			about = " …" + ends + about
		}
		leaves("press "+action, func() (slacktest.Answer, error) {
			return f.slack.Press(t.Context(), m.ID(), action, "UNURSE")
		}, "UNURSE press "+action+about)
	}
	f.texts("+13105550143", "i want to die")
	press(desk.ActionTake, "0143")
	press(desk.ActionClear, "0143")
	f.texts("+13105550144", "i am worried about my husband")
	press(desk.ActionDanger, "0144")
	f.texts("+13105550145", "i am worried about my husband")
	press(desk.ActionRead, "0145")
	f.asks("book 310-555-0146 2026-12-16 14:00 consult Ana")
	f.texts("+13105550146", "can we do another day")
	press(desk.ActionWaitlist, "0146")
	press(desk.ActionTake, "0146")
	thread := card(desk.ActionHandBack)
	leaves("reply", func() (slacktest.Answer, error) {
		_, a, err := f.slack.Reply(t.Context(), thread.ID(), "UNURSE", "see you then")
		return a, err
	}, "UNURSE reply …0146 "+f.caseOf(thread.ID()))
	press(desk.ActionHandBack, "0146")
	leaves("a thread of nobody's", func() (slacktest.Answer, error) {
		return f.slack.Event(t.Context(), map[string]any{
			"type": "message", "channel": slacktest.Desk, "user": "UNURSE", "text": "lunch?",
			"ts": "1.2", "thread_ts": "1.1", "parent_user_id": "UNURSE",
		})
	})
	f.twilio.Rule("+13105550148", 21614)
	f.asks("book 310-555-0148 2026-12-08 10:00 consult Ana")
	press(desk.ActionRetry, "0148")
	f.asks("book 310-555-0149 2026-12-14 10:00 consult Ana")
	f.asks("off 310-555-0149 yes")
	f.clock.Add(61 * time.Second) // for a minute it could be undone
	f.work()
	f.clock.Add(24*time.Hour + 5*time.Minute) // the caps leave no room today
	f.work()
	press(desk.ActionStop, "")
	press(desk.ActionDone, "")
	f.asks("book")
	view := f.slack.Views()[0]
	leaves("the form", func() (slacktest.Answer, error) {
		return f.slack.Submit(t.Context(), view, map[string]string{
			"phone": "310 555 0141", "name": "Ana", "type": "consult", "date": "2026-12-09",
			"time": "14:30", "lang": "en",
		})
	}, "UNURSE command book …0141")
	f.texts("+13105550147", "i want to die")
	alarm := f.caseOf(card(desk.ActionTake).ID())
	leaves("a key of the on-call phone", func() (slacktest.Answer, error) {
		for range 2 {
			if _, err := f.app.staff.OnCall(t.Context(), "CA1", alarm, "1"); err != nil {
				return slacktest.Answer{}, err
			}
		}
		return slacktest.Answer{}, nil
	}, "on call press take by phone …0147 "+alarm)
}

// caseOf is the id of the case whose card begins a thread.
func (f *floor) caseOf(thread string) string {
	f.t.Helper()
	c, ok, err := f.app.store.CaseIn(f.t.Context(), thread)
	if err != nil || !ok {
		f.t.Fatalf("%s: no case, %v", thread, err)
	}
	return c.ID
}

package sandbox_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
)

const (
	head = `[{"thread":"T1","channel":"desk","at":"2026-11-23T09:00:00-05:00","phone":"…0101",` +
		`"text":"A question\ncan i bring my dog","open":true,`
	free = `"actions":[{"id":"take","text":"I have this"},{"id":"done","text":"Done"},` +
		`{"id":"snooze","text":"Remind me…"},` +
		`{"id":"call","text":"Call"},{"id":"number","text":"Show number"},` +
		`{"id":"words","text":"Show words"}],`
)

func question(t testing.TB) handlers.Case {
	t.Helper()
	return handlers.Case{
		ID: "c1", Channel: handlers.DeskChannel, Phone: mustPhone(t, "+12125550101"),
		Kind:  "handoff",
		Title: "A question", Text: "can i bring my dog", At: start().UTC(), Open: true,
	}
}

// card shows a case and checks its thread.
func (r rig) card(t testing.TB, c handlers.Case, thread string) {
	t.Helper()
	if got, err := r.Card(t.Context(), c, false); err != nil || got != thread {
		t.Fatalf("card: got %s, %v; want %s", got, err, thread)
	}
}

func TestDesk(t *testing.T) {
	r := newRig(t)
	r.want(t, "/sandbox/desk", "", 200, "[]")
	c := question(t)
	r.card(t, c, "T1")
	r.want(t, "/sandbox/desk", "", 200, head+free+`"replies":[]}]`)

	note := handlers.Post{ID: "p1", From: "patient", Text: "hello?"}
	for range 2 { // a post may come twice
		if err := r.Note(t.Context(), c, note); err != nil {
			t.Fatal(err)
		}
	}
	r.want(
		t, "/sandbox/desk", "", 200,
		head+free+`"replies":[{"from":"patient","text":"hello?","state":""}]}]`,
	)

	c.TakenBy, c.Thread = "Sam", "T1"
	r.card(t, c, "T1")
	c.Open = false
	r.card(t, c, "T1")
	_, text := r.call(t, "/sandbox/desk", "")
	const closed = `"open":false,"taken_by":"Sam",` +
		`"actions":[{"id":"propose","text":"Add to knowledge"}],`
	if !strings.Contains(text, closed) {
		t.Errorf("a closed card: %s", text)
	}
	other := handlers.Case{
		ID: "c2", Channel: handlers.UrgentChannel, Phone: c.Phone, Title: "Call", At: start(),
		Open: true, OptOut: true,
	}
	r.card(t, other, "T2")
	if _, text = r.call(t, "/sandbox/desk", ""); !strings.Contains(
		text, `{"thread":"T2","channel":"urgent"`,
	) || !strings.Contains(
		text, `"text":"CALL: has opted out of texts. Call","open":true`,
	) {
		t.Errorf("an urgent card: %s", text)
	}
	if err := r.Note(t.Context(), handlers.Case{ID: "c9"}, note); err == nil {
		t.Error("a note without a card passed")
	}
}

// TestReply checks the state that a staff message shows after each order of marks.
func TestReply(t *testing.T) {
	for _, c := range []struct{ name, marks, want string }{
		{name: "waits", want: `"state":"pending"`},
		{name: "sent", marks: "sent", want: `"state":"sent"`},
		{name: "delivered", marks: "sent delivered", want: `"state":"delivered"`},
		{name: "out of order", marks: "delivered sent", want: `"state":"delivered"`},
		{name: "failed", marks: "sent failed", want: `"state":"failed","why":"because"`},
		{name: "refused", marks: "refused", want: `"state":"refused","why":"because"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			k := question(t)
			r.card(t, k, "T1")
			r.bot.staff = func(x handlers.ThreadReply) error {
				if x.Thread != "T1" || x.User != "sam" || x.Text != "Yes." {
					t.Errorf("the handler got %+v", x)
				}
				for _, state := range strings.Fields(c.marks) {
					r.bot.at(start(), func(ctx context.Context) {
						why := map[bool]string{true: "because"}[state == "failed" ||
							state == "refused"]
						if err := r.Mark(
							ctx, k, handlers.Post{ID: state, Mark: x.ID, State: state, Why: why},
						); err != nil {
							t.Error(err)
						}
					})
				}
				return nil
			}
			r.want(
				t, "/sandbox/reply", `{"thread":"T1","text":"Yes.","user":"sam"}`, 200,
				`{"id":"SR00000000000000000000000000000001"}`,
			)
			r.want(
				t, "/sandbox/desk", "", 200,
				head+free+`"replies":[{"from":"sam","text":"Yes.",`+c.want+
					`,"id":"SR00000000000000000000000000000001"}]}]`,
			)
		})
	}
}

func TestStaffRefused(t *testing.T) {
	r := newRig(t)
	r.card(t, question(t), "T1")
	for _, c := range []struct {
		path, body string
		status     int
		want       string
	}{
		{
			path: "/sandbox/reply", body: `{"thread":"T9","text":"Yes.","user":"sam"}`, status: 404,
			want: "no such thread",
		},
		{
			path: "/sandbox/reply", body: `{"thread":"T1","text":" ","user":"sam"}`, status: 400,
			want: "text is missing",
		},
		{
			path: "/sandbox/revise", body: `{"thread":"T1","id":"SR9","text":"No."}`, status: 404,
			want: "no such message",
		},
		{
			path: "/sandbox/press", body: `{"thread":"T9","action":"take","user":"sam"}`,
			status: 404, want: "no such thread",
		},
		{
			path: "/sandbox/press", body: `{"thread":"T1","action":"hand_back","user":"sam"}`,
			status: 400, want: "it has: take, done",
		},
	} {
		if status, text := r.call(t, c.path, c.body); status != c.status ||
			!strings.HasPrefix(text, `{"error":`) || !strings.Contains(text, c.want) {
			t.Errorf("%s %s: got %d %s", c.path, c.body, status, text)
		}
	}
	r.bot.staff = func(handlers.ThreadReply) error { return errors.New("store: away") }
	r.want(
		t, "/sandbox/reply", `{"thread":"T1","text":"Yes."}`, 500,
		`{"error":"staff reply: store: away"}`,
	)
	r.want(
		t, "/sandbox/desk", "", 200,
		head+free+`"replies":[{"from":"staff","text":"Yes.",`+
			`"state":"failed","why":"not taken: try again",`+
			`"id":"SR00000000000000000000000000000006"}]}]`,
	)
}

func TestPressCommandImport(t *testing.T) {
	r := newRig(t)
	r.card(t, question(t), "T1")
	if status, text := r.call(
		t, "/sandbox/press", `{"thread":"T1","action":"take","user":"sam"}`,
	); status != 200 {
		t.Errorf("press: %d %s", status, text)
	}
	equal(t, r.bot.did, "sam take T1")
	r.want(t, "/sandbox/command", `{"text":"today","user":"sam"}`, 200, `{"text":"sam: today"}`)
	r.want(t, "/sandbox/command", `{"text":"/clinic  say 1 hi"}`, 200, `{"text":"staff: say 1 hi"}`)
	r.want(t, "/sandbox/import", "a\nb\n", 200,
		`{"faults":[],"imported":2,"unchanged":0,"updated":0,"warnings":[]}`)
	r.want(t, "/sandbox/importing", "", 200, `{"done":1,"of":2}`)
	r.want(
		t, "/sandbox/patients", "", 200,
		`[{"name":"Ada Moreno","phone":"+12125550101","texts":0},`+
			`{"name":"Ben Okafor","phone":"+12125550102","texts":0},`+
			`{"name":"Cleo Imported","phone":"+12125550103","texts":0},`+
			`{"name":"On call","phone":"+12125550112","clinic":true,"texts":0}]`,
	)
}

// TestSettledAtOnce checks that what a text makes due has been delivered when its request is
// answered.
func TestSettledAtOnce(t *testing.T) {
	r := newRig(t)
	r.bot.reply = func(x handlers.Text) (handlers.Reply, error) {
		r.bot.at(x.At, func(context.Context) { r.card(t, question(t), "T1") })
		return handlers.Reply{Kind: "handoff"}, nil
	}
	r.call(t, "/sandbox/text", `{"from":"2125550101","body":"can i bring my dog"}`)
	r.want(t, "/sandbox/desk", "", 200, head+free+`"replies":[]}]`)
}

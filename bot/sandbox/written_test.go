package sandbox_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
)

// What staff write reaches the handler as a phone gets it; what they change or delete does too, and
// only their own.
func TestWritten(t *testing.T) {
	r := newRig(t)
	k := question(t)
	r.card(t, k, "T1")
	var got []string
	r.bot.staff = func(x handlers.ThreadReply) error { got = append(got, x.Text); return nil }
	const id = "SR00000000000000000000000000000001"
	r.want(t, "/sandbox/reply", `{"thread":"T1","text":"*Yes* :+1: <b> & a","user":"sam"}`, 200,
		`{"id":"`+id+`"}`)
	equal(t, got, "Yes 👍 <b> & a")

	err := r.Note(t.Context(), k, handlers.Post{ID: id + ":waits", Text: "Stays inside."})
	if err != nil {
		t.Fatal(err)
	}
	if _, text := r.call(t, "/sandbox/desk", ""); !strings.Contains(text, `"state":"not sent"`) {
		t.Errorf("what waits: %s", text)
	}
	if err := r.Mark(t.Context(), k, handlers.Post{ID: "m", Mark: id, State: "sent"}); err != nil {
		t.Fatal(err)
	}
	change := func(text, user string) (int, string) {
		return r.call(t, "/sandbox/revise",
			`{"thread":"T1","id":"`+id+`","text":"`+text+`","user":"`+user+`"}`)
	}
	if status, text := change("No.", "eve"); status != 400 {
		t.Errorf("another's message: %d %s", status, text)
	}
	for _, text := range []string{"No.", "No.", ""} { // what is changed to the same isn't changed
		if status, said := change(text, "sam"); status != 200 {
			t.Errorf("%q: %d %s", text, status, said)
		}
		_, shown := r.call(t, "/sandbox/desk", "")
		want := `"text":"No.","state":"sent","id":"` + id + `","edited":true`
		if text != "" && !strings.Contains(shown, want) || text == "" && strings.Contains(shown, id) {
			t.Errorf("after %q: %s", text, shown)
		}
	}
	equal(t, r.bot.did, "sam changes "+id+" to No.", "sam changes "+id+" to ")
}

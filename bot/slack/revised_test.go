package slack_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
)

// What staff change or delete in a thread reaches Staff, once for each change of words.
func TestRevisions(t *testing.T) {
	const thread = "CDESK:1764599400.000100"
	revised := handlers.Revision{
		Message: "slack:CDESK:1764599460.000200", Thread: thread, User: ann,
	}
	edited := revised
	edited.ID = "revised:" + revised.Message + ":1764599470.000300"
	edited.Text = "Please come at 10"
	deleted := revised
	deleted.ID, deleted.Gone = "revised:"+revised.Message+":1764599480.000400", true
	for _, c := range []struct {
		name, file, old, now string
		want                 []handlers.Revision
	}{
		{name: "edited", file: "edited", want: []handlers.Revision{edited}},
		{name: "deleted", file: "deleted", want: []handlers.Revision{deleted}},
		{name: "a preview of a link", file: "edited", old: `"edited"`, now: `"previewed"`},
		{name: "no other words", file: "edited", old: "come at 10", now: "come at 9"},
		{name: "by a bot", file: "deleted", old: `"type": "message", "user"`, now: `"bot_id": "B1", "user"`},
		{name: "in no thread", file: "deleted", old: `"thread_ts"`, now: `"other_ts"`},
		{name: "elsewhere", file: "edited", old: "CDESK", now: "CLOBBY"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t)
			body := string(read(t, "event/"+c.file+".json"))
			if c.old != "" {
				body = strings.ReplaceAll(body, c.old, c.now)
			}
			if status, _ := r.post(t, "/slack/event", []byte(body)); status != 200 {
				t.Errorf("status %d", status)
			}
			if !reflect.DeepEqual(r.staff.revised, c.want) {
				t.Errorf("got %+v, want %+v", r.staff.revised, c.want)
			}
		})
	}
}

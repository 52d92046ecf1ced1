package knowledge_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/beacon-clinic/beacon/knowledge"
)

// A desk that can't be reached or paged as it is set is refused when the words are loaded, by name.
func TestDeskThatCantWork(t *testing.T) {
	shipped, err := os.ReadFile("clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	load := func(desk string) error {
		_, err := knowledge.Read(fstest.MapFS{"clinic.yaml": {Data: []byte(
			string(shipped[:strings.Index(string(shipped), "\ndesk:")]) + "\ndesk:\n" + desk,
		)}})
		return err
	}
	const phone = "oncall_phone: "
	for _, test := range []struct{ name, desk, says string }{
		{
			name: "a number as people write it", desk: phone + `"(212) 555-0112"`,
			says: "desk.oncall_phone",
		},
		{name: "no country", desk: phone + `"2125550112"`, says: "desk.oncall_phone"},
		{name: "an emergency number", desk: phone + `"911"`, says: "desk.oncall_phone"},
		{name: "a number cut short", desk: phone + `"+1555"`, says: "desk.oncall_phone"},
		{name: "a digit short", desk: phone + `"+1212555011"`, says: "desk.oncall_phone"},
		{name: "a number with its country", desk: phone + `"+12125550112"`},
		{name: "no on-call phone", desk: phone + `""`},
		{name: "pages before now", desk: "page_minutes: -1", says: "desk.page_minutes: -1"},
		{name: "on-call before now", desk: "oncall_minutes: -5", says: "desk.oncall_minutes: -5"},
		{
			name: "on-call in weeks", desk: "oncall_minutes: 100000",
			says: "desk.oncall_minutes: 100000",
		},
		{name: "nurses before now", desk: "nurse_minutes: -1", says: "desk.nurse_minutes: -1"},
		{name: "answers before now", desk: "reply_minutes: -1", says: "desk.reply_minutes: -1"},
		{name: "a talk that ended before", desk: "person_hours: -1", says: "desk.person_hours: -1"},
		{
			name: "pauses that shrink", desk: "page_minutes: 5\n  page_most_minutes: 1",
			says: "desk.page_most_minutes: 1",
		},
		{name: "long pauses, and none longer", desk: "page_minutes: 120"},
	} {
		t.Run(test.name, func(t *testing.T) {
			switch err := load("  " + test.desk + "\n"); {
			case test.says == "" && err != nil:
				t.Error(err)
			case test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)):
				t.Errorf("got %v, want a fault of %s", err, test.says)
			}
		})
	}
}

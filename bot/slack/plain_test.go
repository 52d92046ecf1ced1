package slack_test

import (
	"testing"
)

func TestPlainWords(t *testing.T) {
	for _, test := range []struct{ slack, want string }{
		{slack: "5 &lt; 6 &amp;&amp; 7 &gt; 6", want: "5 < 6 && 7 > 6"},
		{slack: "&amp;lt;", want: "&lt;"},
		{slack: "&lt;@U123456&gt;", want: "<@U123456>"},
		{slack: "ask <@U123456> please", want: "ask please"},
		{slack: "ask <@U123456|ann>", want: "ask ann"},
		{
			slack: "see <https://clinic.example/map|https://clinic.example/map>",
			want:  "see https://clinic.example/map",
		},
		{slack: "see <https://clinic.example/map>", want: "see https://clinic.example/map"},
		{slack: "see <https://clinic.example/|clinic.example>", want: "see clinic.example"},
		{
			slack: "see <https://clinic.example/map|our map>",
			want:  "see our map (https://clinic.example/map)",
		},
		{slack: "call <tel:+12125550100|+1 212 555 0100>", want: "call +1 212 555 0100"},
		{slack: "<mailto:desk@clinic.example|desk@clinic.example>", want: "desk@clinic.example"},
		{slack: "<!channel> hi", want: "hi"},
		{slack: "<!date^1764599400^{time}|2:30 PM>", want: "2:30 PM"},
		{slack: "in <#CDESK|desk>", want: "in #desk"},
		{slack: " two\nlines  kept \n", want: "two\nlines  kept"},
	} {
		r := start(t)
		event := map[string]any{
			"type": "message", "channel": "CDESK", "user": ann, "text": test.slack, "ts": "2.1",
			"thread_ts": "1.1",
		}
		if _, err := r.fake.Event(soon(t), event); err != nil {
			t.Fatal(err)
		}
		if len(r.staff.replies) != 1 || r.staff.replies[0].Text != test.want {
			t.Errorf("%q: got %+v, want %q", test.slack, r.staff.replies, test.want)
		}
	}
}

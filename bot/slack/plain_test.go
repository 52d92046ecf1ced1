package slack_test

import (
	"encoding/json"
	"testing"
)

func TestPlainWords(t *testing.T) {
	for _, test := range []struct{ slack, want string }{
		{slack: "5 &lt; 6 &amp;&amp; 7 &gt; 6", want: "5 < 6 && 7 > 6"},
		{slack: "&amp;lt;", want: "&lt;"},
		{slack: "&lt;@U123456&gt;", want: "<@U123456>"},
		{slack: "ask <@U123456> please", want: "ask somebody please"},
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
		{slack: "*Eat nothing* after _midnight_", want: "Eat nothing after midnight"},
		{slack: "*a* *b* *c*", want: "a b c"},
		{slack: "come at ~9~ 10", want: "come at 10"},
		{slack: "*_both_*, `code`", want: "both, code"},
		{slack: "2*3*4 or iv_infusion_2", want: "2*3*4 or iv_infusion_2"},
		{slack: "```one\ntwo```", want: "one\ntwo"},
		{slack: "&gt; is it far?\nno", want: "\"is it far?\"\nno"},
		{slack: "see you :+1::skin-tone-4::tada:", want: "see you 👍🏽🎉"},
		{slack: "at 9:30:00 :nosuchthing:", want: "at 9:30:00 :nosuchthing:"},
		{slack: ":smile::skin-tone-3:", want: "😄"},
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

// Slack's clients send rich text besides the markup, in which alone it stands for certain what was
// typed and what is a mark.
func TestRichWords(t *testing.T) {
	section := func(of string) string {
		return `{"type":"rich_text_section","elements":[` + of + `]}`
	}
	for _, test := range []struct {
		name, rich, markup, want string
		names                    bool
	}{
		{
			name: "stars that were typed", markup: "5 *4* 3",
			rich: section(`{"type":"text","text":"5 *4* 3"}`), want: "5 *4* 3",
		},
		{
			name: "styles",
			rich: section(`{"type":"text","text":"Eat ","style":{"bold":true}},` +
				`{"type":"text","text":"a lot of ","style":{"strike":true}},` +
				`{"type":"text","text":"nothing"}`),
			want: "Eat nothing",
		},
		{
			name: "emoji with a tone",
			rich: section(`{"type":"text","text":"Fine "},{"type":"emoji","name":"+1",` +
				`"unicode":"1f44d-1f3fd","skin_tone":4}`),
			want: "Fine 👍🏽",
		},
		{
			name: "emoji by name alone", want: "🧑🏾‍⚕️",
			rich: section(`{"type":"emoji","name":"health_worker","skin_tone":5}`),
		},
		{
			name: "emoji of the workspace", want: "Thanks (party parrot)",
			rich: section(`{"type":"text","text":"Thanks "},{"type":"emoji","name":"party_parrot"}`),
		},
		{
			name: "a link keeps its address", want: "See our map (https://clinic.example/map)",
			rich: section(`{"type":"text","text":"See "},{"type":"link","text":"our map",` +
				`"url":"https://clinic.example/map"}`),
		},
		{
			name: "a list", want: "Bring:\n- a friend\n- your card\n  1. both sides",
			rich: section(`{"type":"text","text":"Bring:"}`) +
				`,{"type":"rich_text_list","style":"bullet","indent":0,"elements":[` +
				section(`{"type":"text","text":"a friend"}`) + `,` +
				section(`{"type":"text","text":"your card"}`) +
				`]},{"type":"rich_text_list","style":"ordered","indent":1,"elements":[` +
				section(`{"type":"text","text":"both sides"}`) + `]}`,
		},
		{
			name: "a quotation", want: "\"is it far?\"\nNo.",
			rich: `{"type":"rich_text_quote","elements":[{"type":"text","text":"is it far?"}]},` +
				section(`{"type":"text","text":"No."}`),
		},
		{
			name: "a colleague first", names: true, want: "can you look?",
			rich: section(`{"type":"user","user_id":"U1"},{"type":"text","text":" can you look?"}`),
		},
		{
			name: "a colleague later", want: "ask somebody please",
			rich: section(`{"type":"text","text":"ask "},{"type":"user","user_id":"U1"},` +
				`{"type":"text","text":" please"}`),
		},
		{
			name: "what isn't known", markup: "as *markup*", want: "as markup",
			rich: section(`{"type":"hologram"}`),
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := start(t)
			var blocks any
			rich := `[{"type":"rich_text","elements":[` + test.rich + `]}]`
			if err := json.Unmarshal([]byte(rich), &blocks); err != nil {
				t.Fatal(err)
			}
			event := map[string]any{
				"type": "message", "channel": "CDESK", "user": ann, "text": test.markup,
				"blocks": blocks, "ts": "2.1", "thread_ts": "1.1",
			}
			if _, err := r.fake.Event(soon(t), event); err != nil {
				t.Fatal(err)
			}
			if len(r.staff.replies) != 1 || r.staff.replies[0].Text != test.want ||
				r.staff.replies[0].Names != test.names {
				t.Errorf("got %+v, want %q", r.staff.replies, test.want)
			}
		})
	}
}

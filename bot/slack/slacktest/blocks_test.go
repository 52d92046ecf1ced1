package slacktest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
)

// long returns n letters.
func long(n int) string { return strings.Repeat("x", n) }

// The fake takes blocks up to Slack's limits and refuses what is over them, saying where.
func TestBlocks(t *testing.T) {
	section := func(s string) string {
		return fmt.Sprintf(`{"type":"section","text":{"type":"mrkdwn","text":"%s"}}`, s)
	}
	button := func(label, more string) string {
		return fmt.Sprintf(
			`{"type":"button","text":{"type":"plain_text","text":"%s"}%s}`, label, more,
		)
	}
	actions := func(all ...string) string {
		return `{"type":"actions","elements":[` + strings.Join(all, ",") + `]}`
	}
	table := func(rows int, cell string) string {
		row := `[{"type":"raw_text","text":"` + cell + `"}]`
		return `{"type":"table","rows":[` + strings.TrimSuffix(strings.Repeat(row+",", rows), ",") +
			`]}`
	}
	many := func(n int, one string) string {
		return strings.TrimSuffix(strings.Repeat(one+",", n), ",")
	}
	for _, test := range []struct{ name, blocks, want string }{
		{name: "a section of 3,000", blocks: section(long(3000))},
		{name: "a section of 3,001", blocks: section(long(3001)), want: "/blocks/0/text/text"},
		{name: "an empty section", blocks: section(""), want: "more than 0 characters"},
		{name: "50 blocks", blocks: many(50, `{"type":"divider"}`)},
		{name: "51 blocks", blocks: many(51, `{"type":"divider"}`), want: "no more than 50 items"},
		{
			name:   "a header of 151",
			blocks: `{"type":"header","text":{"type":"plain_text","text":"` + long(151) + `"}}`,
			want:   "less than 151 characters",
		},
		{
			name:   "a header with markup",
			blocks: `{"type":"header","text":{"type":"mrkdwn","text":"x"}}`, want: "plain_text",
		},
		{
			name: "11 fields", want: "/blocks/0/fields",
			blocks: `{"type":"section","fields":[` +
				many(11, `{"type":"mrkdwn","text":"x"}`) + `]}`,
		},
		{
			name: "a field of 2,001", want: "/blocks/0/fields/0/text",
			blocks: `{"type":"section","fields":[{"type":"mrkdwn","text":"` + long(2001) + `"}]}`,
		},
		{name: "a button of 75", blocks: actions(button(long(75), ""))},
		{name: "a button of 76", blocks: actions(button(long(76), "")), want: "/elements/0/text"},
		{
			name:   "a value of 2,001",
			blocks: actions(button("x", `,"value":"`+long(2001)+`"`)), want: "/elements/0/value",
		},
		{name: "a green button", blocks: actions(button("x", `,"style":"green"`)), want: "/style"},
		{
			name: "an action id twice in a block", want: "already in use in this block",
			blocks: actions(button("x", `,"action_id":"a"`), button("y", `,"action_id":"a"`)),
		},
		{
			name: "an action id in two blocks",
			blocks: actions(button("x", `,"action_id":"a"`)) + "," +
				actions(button("y", `,"action_id":"a"`)),
		},
		{name: "25 buttons", blocks: actions(many(25, button("x", "")))},
		{name: "26 buttons", blocks: actions(many(26, button("x", ""))), want: "1 to 25 items"},
		{
			name: "an image without a description", want: "/alt_text",
			blocks: `{"type":"image","image_url":"https://clinic.example/a.png"}`,
		},
		{
			name: "an image that wasn't uploaded", want: "invalid slack file",
			blocks: `{"type":"image","alt_text":"x","slack_file":{"id":"F404"}}`,
		},
		{name: "a table", blocks: table(100, "x")},
		{name: "a table of 101 rows", blocks: table(101, "x"), want: "1 to 100 items"},
		{name: "a table with an empty cell", blocks: table(1, ""), want: "/rows/0/0/text"},
		{name: "two tables", blocks: table(1, "x") + "," + table(1, "x"), want: "only_one_table"},
		{name: "a table of 10,001", blocks: table(1, long(10_001)), want: "10000 characters"},
		{
			name: "a menu without options", want: "/options",
			blocks: actions(`{"type":"static_select","options":[]}`),
		},
		{
			name: "an element where it can't be", want: "unsupported element type",
			blocks: actions(`{"type":"plain_text_input"}`),
		},
		{name: "a block that there isn't", blocks: `{"type":"x"}`, want: "unsupported block type"},
		{
			name: "a block id twice", want: "already in use",
			blocks: `{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}`,
		},
	} {
		f := slacktest.New()
		body := post(t, f.URL()+"chat.postMessage", url.Values{
			"token": {slacktest.BotToken}, "channel": {slacktest.Desk}, "text": {"x"},
			"blocks": {"[" + test.blocks + "]"},
		}.Encode())
		f.Close()
		ok := strings.Contains(body, `"ok":true`)
		if ok != (test.want == "") || !strings.Contains(body, test.want) {
			t.Errorf("%s: %.300s, want %q", test.name, body, test.want)
		}
	}
}

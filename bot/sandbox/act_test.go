package sandbox_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// booking is a Staff whose answers have buttons and forms.
type booking struct{ sandbox.Staff }

func (booking) Command(context.Context, handlers.Command) (answer.Answer, error) {
	return answer.Answer{Parts: []answer.Part{
		{Text: "Off with it, " + answer.Moment(start()) + "?"},
		{Table: &answer.Table{Head: []string{"WHO", "WHEN"}, Rows: [][]string{{"Ada", "9:00"}}}},
		{Buttons: []answer.Button{
			{Text: "Do it", Do: `off {"sure":true}`, Style: answer.Danger},
			{Text: "Another", Do: `book {}`},
		}},
	}}, nil
}

func (b booking) Press(ctx context.Context, p handlers.Press) (answer.Answer, error) {
	if p.Action == "book {}" {
		return answer.Answer{Form: &answer.Form{
			Title: "Book a visit", Submit: "Book", Do: `book {}`,
			Fields: []answer.Field{{Name: "name", Label: "Name", Kind: answer.Line, Optional: true}},
		}}, nil
	}
	return answer.Say("%s did %s.", p.User, p.Action), nil
}

func (b booking) home(context.Context, string) (answer.Answer, error) {
	return answer.Answer{Parts: []answer.Part{
		{Title: "Mon Nov 23"},
		{Picture: &answer.Picture{Name: "seen", Alt: "12 answered", PNG: []byte("\x89PNG")}},
	}}, nil
}

// start of the sandbox with such a Staff, drawn from the blocks that Slack would get.
func desk(t *testing.T) rig {
	t.Helper()
	return newRig(t, func(c *sandbox.Config) {
		staff := booking{c.Staff}
		c.Staff, c.Home = staff, staff.home
	})
}

// What an act comes to is the same blocks, forms and pictures that Slack would get.
func TestActs(t *testing.T) {
	r := desk(t)
	for _, c := range []struct{ name, path, body, want string }{
		{
			name: "an answer", path: "/sandbox/command", body: `{"text":"off 0101"}`,
			want: `"action_id":"off:2:0","value":"off {\"sure\":true}","style":"danger"`,
		},
		{
			name: "a press in it", path: "/sandbox/press", want: `"text":"Sam did off {\"sure\":true}."`,
			body: `{"action":"off:2:0","value":"off {\"sure\":true}","user":"Sam"}`,
		},
		{
			name: "a form", path: "/sandbox/press", body: `{"action":"book:2:1","value":"book {}"}`,
			want: `"private_metadata":"book {}"`,
		},
		{
			name: "what is wrong with it", path: "/sandbox/submit", body: `{"do":"book {}"}`,
			want: `"wrong":{"name":"Give a name."}`,
		},
		{
			name: "its end", path: "/sandbox/submit", want: `"text":"Sam did book {} for Ada"`,
			body: `{"do":"book {}","user":"Sam","values":{"name":"Ada"}}`,
		},
		{
			name: "Home", path: "/sandbox/home?user=Sam",
			want: `"slack_file":{"id":"data:image/png;base64,iVBORw=="}`,
		},
	} {
		if status, got := r.call(t, c.path, c.body); status != 200 || !strings.Contains(got, c.want) {
			t.Errorf("%s: %d %s, want %s", c.name, status, got, c.want)
		}
	}
}

// On the page all of it is pressed.
func TestActsOnThePage(t *testing.T) {
	path := chromium(t)
	p := open(t, path, desk(t).url)
	p.do(chromedp.SendKeys(chromedp.CSS("#clinic"), "off 0101\r"))
	p.shows("#answer td", "Ada")
	p.shows("#answer .words", "Off with it, Mon, Nov 23, 9:00 AM?")
	p.do(chromedp.Click(chromedp.CSS("#answer .actions button:last-child")))
	p.shows("#modal h2", "Book a visit")
	p.do(chromedp.Click(chromedp.CSS("#modal .main")))
	p.shows("#modal .fault", "Give a name.")
	p.do(chromedp.SendKeys(chromedp.CSS("#field-name"), "Ada\r"))
	p.shows("#answer", "Sam did book {} for Ada")
	p.true(`!document.querySelector("#modal").open`)
	p.do(chromedp.SendKeys(chromedp.CSS("#clinic"), "off 0101\r"))
	p.do(chromedp.Click(chromedp.CSS("#answer .actions button:first-child")))
	p.shows("#answer", `Sam did off {"sure":true}.`)
	p.do(chromedp.Click(chromedp.CSS("#home summary")))
	p.shows("#home h3", "Mon Nov 23")
	p.true(`document.querySelector("#home img").alt === "12 answered"`)
}

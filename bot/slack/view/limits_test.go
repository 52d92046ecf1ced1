package view_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/veil"
)

// secret stands in every veiled part.
const secret = "zqsecret"

// texts are short, long, blank, odd, veiled, and full of what Slack would read as markup.
func texts() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		piece := rapid.SampledFrom([]string{
			"", " ", "\n", "at nine", "<!channel>", "<@U2147483697>", "&<>", "*bold*", "😀", "\x00",
			"\xff", "\x01<!here>\x02", "\u202e", "`", "~", "…", "\u00a0", strings.Repeat("w", 80),
			strings.Repeat("é\n", 400), strings.Repeat("👩‍⚕️", 200),
			veil.Veiled(secret, ""), veil.Veiled(secret, "hidden"), veil.Veiled(secret, "x")[:5],
			answer.Person("U2147483697"), answer.Person("on call <!here>"),
			answer.Moment(time.Unix(1796135400, 0)), answer.Person("U1ABC")[:3],
		})
		text := strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "pieces"), "")
		return strings.Repeat(text, rapid.SampledFrom([]int{1, 1, 1, 1, 1, 30}).Draw(t, "times"))
	})
}

func rows(t *rapid.T, most int) (out [][]string) {
	n := rapid.SampledFrom([]int{0, 1, 3, 9, most}).Draw(t, "rows")
	width := rapid.SampledFrom([]int{0, 1, 2, 3, 24}).Draw(t, "columns")
	words := rapid.SliceOfN(texts(), 1, 5).Draw(t, "cells")
	for r := range n {
		var row []string
		for c := range max(0, width-r%2) { // not all are as long
			row = append(row, words[(r+c)%len(words)])
		}
		out = append(out, row)
	}
	return out
}

func acts() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"", "off {}", "book", strings.Repeat("a", 400) + " {}", "say " + strings.Repeat("é", 1500),
		"say " + strings.Repeat("x", 3000),
	})
}

func parts(t *rapid.T) (out []answer.Part) {
	for range rapid.SampledFrom([]int{1, 3, 9, 9, 60}).Draw(t, "parts") {
		var p answer.Part
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			p.Title = texts().Draw(t, "title")
		case 1, 2:
			p.Text = texts().Draw(t, "text")
		case 3:
			p.Small = texts().Draw(t, "small")
		case 4:
			p.Quote = texts().Draw(t, "quote")
		case 5:
			p.Table = &answer.Table{Rows: rows(t, 120)}
			if rapid.Bool().Draw(t, "head") && len(p.Table.Rows) > 0 {
				p.Table.Head = p.Table.Rows[0]
			}
		case 6:
			text := texts().Draw(t, "button")
			for range rapid.SampledFrom([]int{0, 1, 2, 30}).Draw(t, "buttons") {
				p.Buttons = append(p.Buttons, answer.Button{
					Text: text, Do: acts().Draw(t, "do"),
					Style: rapid.SampledFrom([]answer.Style{"", answer.Primary, answer.Danger}).
						Draw(t, "style"),
				})
			}
		case 7:
			p.Picture = &answer.Picture{
				Name: rapid.SampledFrom([]string{"known", "other"}).Draw(t, "picture"),
				Alt:  texts().Draw(t, "alt"),
			}
		case 8:
			p.Rule = true
		case 9:
			p.Dial = rapid.OneOf(texts(), rapid.StringMatching(`\+1?\d{7,12}`)).Draw(t, "dial")
		}
		out = append(out, p)
	}
	return out
}

func form(t *rapid.T) (f answer.Form) {
	f.Title, f.Submit = texts().Draw(t, "form title"), texts().Draw(t, "submit")
	f.Parts = parts(t)
	for range rapid.SampledFrom([]int{0, 2, 5, 60}).Draw(t, "fields") {
		one := answer.Field{
			Name: rapid.SampledFrom([]string{
				"", "a", "b", "c", "d", strings.Repeat("n", 300),
			}).Draw(t, "name"),
			Label: texts().Draw(t, "label"), Hint: texts().Draw(t, "hint"),
			Value: rapid.OneOf(texts(), rapid.SampledFrom([]string{
				"2026-12-01", "14:30", "yes", "o1",
			})).Draw(t, "value"),
			Kind: rapid.SampledFrom([]answer.Kind{
				answer.Line, answer.Area, answer.Choice, answer.Date, answer.Time, answer.Check, "",
			}).Draw(t, "kind"),
			Optional: rapid.Bool().Draw(t, "optional"), Most: rapid.IntRange(-1, 5000).Draw(t, "most"),
		}
		option := texts().Draw(t, "option")
		for i := range rapid.SampledFrom([]int{0, 1, 3, 120}).Draw(t, "options") {
			one.Options = append(one.Options, answer.Option{Value: fmt.Sprint("o", i), Text: option})
		}
		f.Fields = append(f.Fields, one)
	}
	return f
}

// Whatever an answer holds, Slack takes what it is rendered as: no text is longer than its place or
// empty, nothing there is too many of, no id stands twice, only our own tags are written, and what
// is veiled is in no notification and, without words, nowhere.
func TestWithinSlacksLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := view.Renderer{
			Words: rapid.Bool().Draw(t, "words"), Plain: rapid.Bool().Draw(t, "plain"),
			Files: map[string]string{"known": "F1"},
		}
		a := answer.Answer{Parts: parts(t)}
		f := form(t)
		messages := r.Messages(a)
		if len(messages) > 5 {
			t.Fatalf("%d messages: a response URL takes five", len(messages))
		}
		for _, m := range messages {
			j := judge{t: t, what: "message", words: r.Words}
			j.text(m.Text, 3000)
			j.tagless(m.Text)
			if strings.Contains(m.Text, secret) {
				t.Fatalf("a notification tells: %q", m.Text)
			}
			j.blocks(m.Blocks, 50, true)
		}
		judge{t: t, what: "Home", words: r.Words}.blocks(r.Home(a).Blocks.BlockSet, 100, false)
		read := r.Read(f.Title, a, "")
		modal := r.Modal(f, strings.Repeat("m", 3000))
		for _, v := range []any{read, modal} {
			var got map[string]any
			raw, err := json.Marshal(v)
			if err == nil {
				err = json.Unmarshal(raw, &got)
			}
			if err != nil {
				t.Fatal(err)
			}
			j := judge{t: t, what: "modal", words: r.Words}
			for _, key := range []string{"title", "submit", "close"} {
				if o, ok := got[key].(map[string]any); ok {
					j.text(fmt.Sprint(o["text"]), 24)
				}
			}
			j.blocks(got["blocks"], 100, false)
		}
	})
}

// judge checks what is rendered against what Slack documents. It knows nothing of how it was made.
type judge struct {
	t     *rapid.T
	what  string
	words bool
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// text checks a text that may have so many characters.
func (j judge) text(s string, most int) {
	if n := units(s); n > most || strings.TrimSpace(s) == "" {
		j.t.Fatalf("%s: a text of %d characters, %d at most: %.200q", j.what, n, most, s)
	}
	j.clean(s)
}

// clean checks that a text holds none of the handlers' marks, and shows nothing that is veiled.
func (j judge) clean(s string) {
	for _, mark := range []string{"\x0e", "\x0f", "\x1f", "\x11", "\x12"} {
		if strings.Contains(s, mark) {
			j.t.Fatalf("%s: %q in %.300q", j.what, mark, s)
		}
	}
	if !j.words && strings.Contains(s, secret) {
		j.t.Fatalf("%s: shows what is veiled: %.300q", j.what, s)
	}
}

// blocks checks blocks of a surface.
func (j judge) blocks(blocks any, most int, message bool) {
	raw, err := json.Marshal(blocks)
	var all []map[string]any
	if err == nil {
		err = json.Unmarshal(raw, &all)
	}
	if err != nil {
		j.t.Fatal(err)
	}
	if len(all) > most || len(all) == 0 {
		j.t.Fatalf("%s: %d blocks", j.what, len(all))
	}
	ids, names, count, tables := map[string]bool{}, map[string]bool{}, 0, 0
	for _, b := range all {
		switch b["type"] {
		case "header":
			j.object(b["text"], 150)
		case "section":
			j.section(b)
		case "context":
			if e := b["elements"].([]any); len(e) > 10 {
				j.t.Fatalf("%d elements", len(e))
			}
		case "actions":
			if e := b["elements"].([]any); len(e) == 0 || len(e) > 25 {
				j.t.Fatalf("%d elements", len(e))
			}
		case "image":
			j.text(fmt.Sprint(b["alt_text"]), 2000)
		case "table":
			tables++
			j.table(b)
		case "input":
			j.object(b["label"], 2000)
			if names[fmt.Sprint(b["block_id"])] {
				j.t.Fatalf("%s stands twice", b["block_id"])
			}
			names[fmt.Sprint(b["block_id"])] = true
		case "divider", "rich_text":
		default:
			j.t.Fatalf("%s: a block of type %v", j.what, b["type"])
		}
		walk(b, func(o map[string]any) { count += j.element(o, ids) })
	}
	if tables > 0 && !message || tables > 1 {
		j.t.Fatalf("%s: %d tables", j.what, tables)
	}
	if message && count > 13_000 {
		j.t.Fatalf("%s: %d characters together", j.what, count)
	}
}

// tagless checks that markup holds no tags but ours.
func (j judge) tagless(s string) {
	for _, tag := range []string{"<!here", "<!channel", "<!everyone", "\x01", "\x02"} {
		if strings.Contains(s, tag) {
			j.t.Fatalf("%s: %q in %.300q", j.what, tag, s)
		}
	}
}

func (j judge) object(o any, most int) {
	text, _ := o.(map[string]any)
	j.text(fmt.Sprint(text["text"]), most)
}

func (j judge) section(b map[string]any) {
	if b["text"] != nil {
		j.object(b["text"], 3000)
	}
	fields, _ := b["fields"].([]any)
	if len(fields) > 10 || len(fields) == 0 && b["text"] == nil {
		j.t.Fatalf("%d fields", len(fields))
	}
	for _, f := range fields {
		j.object(f, 2000)
	}
}

// table checks a table block: 100 rows of 20 cells, none empty, all as long, 10,000 characters.
func (j judge) table(b map[string]any) {
	rows, total := b["rows"].([]any), 0
	if len(rows) == 0 || len(rows) > 100 {
		j.t.Fatalf("%d rows", len(rows))
	}
	for _, row := range rows {
		cells := row.([]any)
		if len(cells) == 0 || len(cells) > 20 || len(cells) != len(rows[0].([]any)) {
			j.t.Fatalf("%d cells", len(cells))
		}
		for _, c := range cells {
			text := 0
			walk(c, func(o map[string]any) {
				if s, ok := o["text"].(string); ok {
					text += units(s)
				}
				if o["type"] == "user" || o["type"] == "date" {
					text++
				}
			})
			if text == 0 {
				j.t.Fatal("an empty cell")
			}
			total += text
		}
	}
	if total > 10_000 {
		j.t.Fatalf("a table of %d characters", total)
	}
}

// element checks any object within a block, and returns how many characters it holds.
func (j judge) element(o map[string]any, ids map[string]bool) int {
	id, hasID := o["action_id"].(string)
	if hasID && (units(id) > 255 || ids[id]) {
		j.t.Fatalf("%s: the id %.50q is too long, or stands twice", j.what, id)
	}
	ids[id] = hasID
	switch o["type"] {
	case "button":
		j.object(o["text"], 75)
		if n := units(fmt.Sprint(o["value"])); n == 0 || n > 2000 {
			j.t.Fatalf("a value of %d", n)
		}
	case "static_select", "checkboxes":
		options, _ := o["options"].([]any)
		if len(options) == 0 || len(options) > 100 {
			j.t.Fatalf("%d options", len(options))
		}
		for _, one := range options {
			j.object(one.(map[string]any)["text"], 75)
		}
	case "plain_text_input":
		most, _ := o["max_length"].(float64)
		if most == 0 {
			most = 3000
		}
		if s, _ := o["initial_value"].(string); most > 3000 || units(s) > int(most) {
			j.t.Fatalf("%d characters in a field of %v", units(s), most)
		}
		if o["placeholder"] != nil {
			j.object(o["placeholder"], 150)
		}
	}
	if s, ok := o["text"].(string); ok {
		if s == "" {
			j.t.Fatalf("%s: an empty text in %v", j.what, o["type"])
		}
		j.clean(s)
		if o["type"] == "mrkdwn" {
			j.tagless(s)
		}
		return units(s)
	}
	return 0
}

// walk visits every object within a value.
func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			walk(one, visit)
		}
	case map[string]any:
		visit(v)
		for _, one := range v {
			walk(one, visit)
		}
	}
}

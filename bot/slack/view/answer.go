package view

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers/answer"
)

// most is how many messages an answer becomes at most: a response URL takes five. source:
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
const most = 5

// Messages renders an answer, without its form and its file. It is several messages if it has more
// than one holds: a table, fifty blocks, some thousands of characters.
func (r Renderer) Messages(a answer.Answer) (out []Message) {
	all := r.blocks(a.Parts, r.place())
	for len(all) > 0 && len(out) < most {
		n, texts, table := 0, 0, false
		for n < len(all) && n < maxBlocks-1 && !(table && all[n].table) &&
			(n == 0 || texts+all[n].texts <= maxTexts) {
			texts += all[n].texts
			table = table || all[n].table
			n++
		}
		m := Message{Text: "More of the same answer."}
		if len(out) == 0 {
			m.Text = gist(a)
		}
		for _, b := range all[:n] {
			m.Blocks = append(m.Blocks, b.block)
		}
		if all = all[n:]; len(all) > 0 && len(out) == most-1 {
			m.Blocks = append(m.Blocks, small(tooMuch))
		}
		out = append(out, m)
	}
	return out
}

// tooMuch ends an answer of which more isn't shown.
const tooMuch = "There is more than can be shown here. Ask for less at a time."

// gist is an answer for notifications and screen readers, where what is veiled stays so.
func gist(a answer.Answer) string {
	var all []string
	for _, p := range a.Parts {
		text := p.Title + p.Text + p.Small
		if p.Table != nil {
			text = fmt.Sprintf("A table of %d rows.", len(p.Table.Rows))
		}
		if p.Picture != nil {
			text = p.Picture.Alt
		}
		if line := (Renderer{}).pieces(text, " "); len(line) > 0 {
			all = append(append(all, line...), " ")
		}
	}
	return cmp.Or(strings.TrimSpace(fit(all, maxSection)), "Beacon's answer")
}

// block is a block, and what counts of it against a message's limits.
type block struct {
	block sdk.Block
	texts int
	table bool
}

// place is what a surface of Slack can show.
type place int

const (
	tables  place = iota // messages
	columns              // messages that Slack refused a table in: tables in characters of one width
	lines                // modals and Home
)

// blocks renders parts. A paragraph that one button follows has it at its side. What is empty is
// left out, since Slack refuses an empty text.
func (r Renderer) blocks(parts []answer.Part, in place) (out []block) {
	for i, p := range parts {
		switch {
		case p.Rule:
			out = append(out, block{block: sdk.NewDividerBlock()})
		case p.Title != "":
			out = append(out, r.title(p.Title)...)
		case p.Text != "":
			out = append(out, r.paragraph(p.Text)...)
		case p.Small != "":
			if text := r.text(p.Small, maxContext, " "); strings.TrimSpace(text) != "" {
				out = append(out, block{block: small(text), texts: units(text)})
			}
		case p.Quote != "":
			if text := quote(r.shown(p.Quote)); text != "> " {
				out = append(out, block{block: section(text), texts: units(text)})
			}
		case p.Dial != "":
			if text := dialled(r.shown(p.Dial)); strings.TrimSpace(text) != "" {
				out = append(out, block{block: section(text), texts: units(text)})
			}
		case p.Table != nil && in == lines:
			out = append(out, r.list(*p.Table)...)
		case p.Table != nil:
			out = append(out, r.table(*p.Table, in)...)
		case p.Picture != nil:
			out = append(out, r.picture(*p.Picture)...)
		case len(p.Buttons) > 0:
			out = r.buttons(out, p.Buttons, i)
		}
	}
	return out
}

// title renders a heading. One with a token is a bold paragraph: a header shows no tags.
func (r Renderer) title(s string) []block {
	text := r.bare(s, maxHeader)
	if text == "" {
		return nil
	}
	if tagged := r.text(s, maxHeader, " "); strings.Contains(tagged, "<") {
		tagged = strong(tagged, true)
		return []block{{block: section(tagged), texts: units(tagged)}}
	}
	return []block{{block: sdk.NewHeaderBlock(label(text)), texts: units(text)}}
}

// numbers matches a telephone number in E.164 form, one of North America in its three parts.
var numbers = regexp.MustCompile(`^\+(?:1(\d{3})(\d{3})(\d{4})|\d{7,15})$`)

// dialled renders a telephone number that a tap dials, on a phone. What is none is only shown.
func dialled(e164 string) string {
	m := numbers.FindStringSubmatch(e164)
	if m == nil {
		return silent(e164, maxSection, " ")
	}
	as := e164
	if m[1] != "" {
		as = strings.Join(m[1:], "-")
	}
	return ":telephone_receiver: <tel:" + e164 + "|" + as + ">"
}

// paragraph renders a text, in several blocks if it is longer than one takes.
func (r Renderer) paragraph(s string) (out []block) {
	for _, text := range paragraphs(r.pieces(s, "\n"), maxSection) {
		if strings.TrimSpace(text) != "" {
			out = append(out, block{block: section(text), texts: units(text)})
		}
	}
	return out
}

// picture renders an image by the id that Slack gave its file; its words, if it has none.
func (r Renderer) picture(p answer.Picture) []block {
	alt := r.bare(p.Alt, maxAlt)
	if alt == "" {
		return nil
	}
	id := r.Files[p.Name]
	if id == "" {
		return r.paragraph(p.Alt)
	}
	return []block{{
		block: sdk.NewImageBlockSlackFile(&sdk.SlackFileObject{ID: id}, alt, "", nil),
		texts: units(alt),
	}}
}

// buttons adds buttons to what stands before them. An act that a button can't hold would be another
// act if it were cut, so such a button is left out. at makes the ids of the place unique.
func (r Renderer) buttons(out []block, all []answer.Button, at int) []block {
	var elements []sdk.BlockElement
	texts := 0
	for i, b := range all {
		text := r.bare(b.Text, maxButton)
		if text == "" || b.Do == "" || units(b.Do) > maxValue {
			continue
		}
		name, _, _ := strings.Cut(b.Do, " ")
		id := cut(name, maxID/2) + ":" + strconv.Itoa(at) + ":" + strconv.Itoa(i)
		button := sdk.NewButtonBlockElement(id, b.Do, label(text))
		button.Style = sdk.Style(b.Style)
		elements = append(elements, button)
		texts += units(text) + units(b.Do)
	}
	if len(elements) == 1 && len(out) > 0 {
		last := &out[len(out)-1]
		if s, ok := last.block.(*sdk.SectionBlock); ok && s.Accessory == nil && s.Text != nil {
			s.Accessory = sdk.NewAccessory(elements[0])
			last.texts += texts
			return out
		}
	}
	for len(elements) > 0 {
		n := min(len(elements), maxActions)
		out = append(out, block{block: sdk.NewActionBlock("", elements[:n]...), texts: texts})
		elements, texts = elements[n:], 0
	}
	return out
}

// small returns a line in small type. Its text must be escaped already.
func small(text string) sdk.Block { return sdk.NewContextBlock("", mrkdwn(text)) }

// place returns what messages can show.
func (r Renderer) place() place {
	if r.Plain {
		return columns
	}
	return tables
}

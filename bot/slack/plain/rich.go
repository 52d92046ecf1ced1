package plain

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Written is what a member of staff wrote, as plain text.
type Written struct {
	Text  string
	Names bool // it begins by naming a colleague, or all of them
	Among bool // it names one further on
}

// Read returns what stands in a message. Slack's clients send it twice: as blocks that say of every
// part what it is, and in a markup in which a star that was typed can't be told from one that makes
// bold. So the markup counts only if there are no blocks, or none that this version knows. name is
// that of [Text]. source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
func Read(markup string, blocks []byte, name func(user string) string) Written {
	var all []rich
	if json.Unmarshal(blocks, &all) == nil {
		w := writer{name: name}
		text, err := w.rich(all)
		if w.Text = strings.TrimSpace(text); err == nil && w.Text != "" {
			return w.Written
		}
	}
	w := writer{name: name}
	w.Text = w.markup(markup)
	return w.Written
}

// rich is a block of rich text, or a part of one. source:
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
type rich struct {
	Type     string          `json:"type"`
	Elements []rich          `json:"elements"`
	Text     string          `json:"text"`
	URL      string          `json:"url"`
	User     string          `json:"user_id"`
	Name     string          `json:"name"`      // of an emoji
	Unicode  string          `json:"unicode"`   // of an emoji: its code points, tone included
	Tone     int             `json:"skin_tone"` // of an emoji
	Fallback string          `json:"fallback"`  // of a date: how to write it
	Value    string          `json:"value"`     // of a colour
	Indent   int             `json:"indent"`    // of a list
	Offset   int             `json:"offset"`    // of a list: how many items come before it
	Style    json.RawMessage `json:"style"`     // of a list its kind, of text how it looks
}

// errUnread is the error of a part of rich text that this version doesn't know.
var errUnread = errors.New("plain: a kind of rich text that isn't known")

// rich writes rich text. Each block, paragraph, list and quotation begins on a line of its own.
func (w *writer) rich(all []rich) (string, error) {
	var b strings.Builder
	for _, r := range all {
		text, err := w.part(r)
		if err != nil {
			return "", err
		}
		if b.Len() > 0 && text != "" && r.stands() && !strings.HasSuffix(b.String(), "\n") {
			b.WriteString("\n")
		}
		b.WriteString(text)
	}
	return closed(b.String()), nil
}

// stands reports whether a part begins on a line of its own.
func (r rich) stands() bool { return strings.HasPrefix(r.Type, "rich_text") }

// part writes one part.
func (w *writer) part(r rich) (string, error) {
	switch r.Type {
	case "rich_text", "rich_text_section", "rich_text_preformatted":
		return w.rich(r.Elements)
	case "rich_text_quote":
		text, err := w.rich(r.Elements)
		return `"` + strings.TrimSpace(text) + `"`, err
	case "rich_text_list":
		return w.list(r)
	case "text":
		return w.words(r.styled()), nil
	case "link":
		return w.words(unmark(r.URL, r.Text)), nil
	case "emoji":
		return w.words(cmp.Or(characters(r.Unicode), emojiOf(r.Name, r.Tone))), nil
	case "user", "usergroup", "broadcast":
		return w.mention(r.User, ""), nil
	case "channel":
		return taken, nil
	case "date":
		return w.words(r.Fallback), nil
	case "color":
		return w.words(r.Value), nil
	}
	return "", fmt.Errorf("%w: %s", errUnread, r.Type)
}

// styled returns words as they are meant: what is struck out is taken out.
func (r rich) styled() string {
	var style struct {
		Strike bool `json:"strike"`
	}
	// One of text is an object, one of a list a string.
	if json.Unmarshal(r.Style, &style) == nil && style.Strike {
		return taken
	}
	return r.Text
}

// list writes a list with an item a line, numbered if it is.
func (w *writer) list(r rich) (string, error) {
	var lines []string
	for i, item := range r.Elements {
		text, err := w.part(item)
		if err != nil {
			return "", err
		}
		mark := "- "
		if string(r.Style) == `"ordered"` {
			mark = strconv.Itoa(r.Offset+i+1) + ". "
		}
		lines = append(lines, strings.Repeat("  ", r.Indent)+mark+strings.TrimSpace(text))
	}
	return strings.Join(lines, "\n"), nil
}

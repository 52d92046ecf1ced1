package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// written is what a member of staff wrote, as plain text for a patient's phone.
type written struct {
	text  string
	names bool // it begins by naming a colleague, or all of them
}

// written returns what stands in a message. Slack's clients send it twice: as blocks that say of
// every part what it is, and in a markup in which a star that was typed can't be told from one that
// makes bold. So the markup counts only if there are no blocks, or none that this version knows.
// source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
func (m message) written() written {
	var all []rich
	if json.Unmarshal(m.Blocks, &all) == nil {
		text, err := richText(all)
		if text = strings.TrimSpace(text); err == nil && text != "" {
			return written{text: text, names: richNames(all)}
		}
	}
	return written{text: plain(m.Text), names: named.MatchString(m.Text)}
}

// named matches a message that begins with a mention of somebody: a user, a group, or everybody.
var named = regexp.MustCompile(`^\s*<(?:@|!subteam\^|!here|!channel|!everyone)`)

// rich is a block of rich text, or a part of one. source:
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
type rich struct {
	Type     string          `json:"type"`
	Elements []rich          `json:"elements"`
	Text     string          `json:"text"`
	URL      string          `json:"url"`
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
var errUnread = errors.New("slack: a kind of rich text that isn't known")

// richNames reports whether rich text begins by naming a colleague.
func richNames(all []rich) bool {
	for _, r := range all {
		switch {
		case r.Type == "user", r.Type == "usergroup", r.Type == "broadcast":
			return true
		case len(r.Elements) > 0:
			return richNames(r.Elements)
		case strings.TrimSpace(r.Text) != "" || r.Type != "text":
			return false
		}
	}
	return false
}

// richText returns rich text as plain text. Each block, paragraph, list and quotation begins on a
// line of its own.
func richText(all []rich) (string, error) {
	var b strings.Builder
	for _, r := range all {
		text, err := r.plain()
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

// plain returns a part as plain text.
func (r rich) plain() (string, error) {
	switch r.Type {
	case "rich_text", "rich_text_section", "rich_text_preformatted":
		return richText(r.Elements)
	case "rich_text_quote":
		text, err := richText(r.Elements)
		return `"` + strings.TrimSpace(text) + `"`, err
	case "rich_text_list":
		return r.list()
	case "text":
		return r.styled(), nil
	case "link":
		return unmark(r.URL, r.Text), nil
	case "emoji":
		if text := characters(r.Unicode); text != "" {
			return text, nil
		}
		return emojiOf(r.Name, r.Tone), nil
	case "user", "usergroup", "broadcast", "channel":
		return taken, nil
	case "date":
		return r.Fallback, nil
	case "color":
		return r.Value, nil
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

// list returns a list with an item a line, numbered if it is.
func (r rich) list() (string, error) {
	var lines []string
	for i, item := range r.Elements {
		text, err := item.plain()
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

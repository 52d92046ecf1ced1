package slacktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Message is a message that the bot or a person posted. The fields with JSON names are those that
// Slack shows in a channel's history.
type Message struct {
	Channel   string          `json:"channel,omitempty"`
	TS        string          `json:"ts"`
	ThreadTS  string          `json:"thread_ts,omitempty"`
	User      string          `json:"user"`
	BotID     string          `json:"bot_id,omitempty"`
	Text      string          `json:"text"`
	Blocks    json.RawMessage `json:"blocks,omitempty"`
	Metadata  json.RawMessage `json:"metadata,omitempty"`
	Edited    *Edit           `json:"edited,omitempty"` // who changed it last, and when
	Files     []FileRef       `json:"files,omitempty"`
	Reactions []string        `json:"-"`
	OnlyFor   string          `json:"-"` // of an ephemeral one: the only user who sees it
	Updates   int             `json:"-"` // how often chat.update or a response URL changed it
	Deleted   bool            `json:"-"`
}

// Edit says who changed a message last, and when.
type Edit struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

// FileRef is a file as a message shows it.
type FileRef struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Title string `json:"title"`
}

// ID returns "channel:ts". The ID of a card is also that of its thread.
func (m Message) ID() string { return m.Channel + ":" + m.TS }

// Thread returns the ID of the message under which this one is a reply. For one that is no reply it
// ends with a colon.
func (m Message) Thread() string { return m.Channel + ":" + m.ThreadTS }

// Buttons returns the action ids of the message's buttons, in their order.
func (m Message) Buttons() []string {
	var ids []string
	for _, e := range elements(m.Blocks) {
		if e.kind() == "button" {
			ids = append(ids, e.action())
		}
	}
	return ids
}

// Labels returns what stands on the message's buttons, in their order.
func (m Message) Labels() []string { return labels(m.Blocks) }

// Words returns every text in the message's blocks, a line each, as a reader sees them; without
// blocks, the message's own text.
func (m Message) Words() string {
	if len(m.Blocks) == 0 {
		return m.Text
	}
	return words(m.Blocks)
}

// words returns every text in blocks, a line each. The description of an image is one of them: it
// is what a screen reader says.
func words(blocks json.RawMessage) string {
	var lines []string
	walk(blocks, func(o map[string]any) {
		if s, ok := o["alt_text"].(string); ok {
			lines = append(lines, s)
		}
		if s, ok := o["text"].(string); ok {
			lines = append(lines, s)
		}
	})
	return strings.Join(lines, "\n")
}

// labels returns what stands on the buttons of blocks, in their order.
func labels(blocks json.RawMessage) []string {
	var all []string
	for _, e := range elements(blocks) {
		if e.kind() == "button" {
			all = append(all, e.label())
		}
	}
	return all
}

// element is something in a block that can be pressed or filled in.
type element struct {
	object map[string]any
	block  string         // the id of its block, which Slack makes up where the bot gave none
	around map[string]any // the block itself
}

func (e element) kind() string   { return text(e.object["type"]) }
func (e element) action() string { return text(e.object["action_id"]) }

// label returns what a reader sees on the element: the text of a button, the placeholder of a menu,
// the label of an input.
func (e element) label() string {
	for _, o := range []any{e.object["text"], e.around["label"], e.object["placeholder"]} {
		if s := textOf(o); s != "" {
			return s
		}
	}
	return ""
}

// elements returns what can be pressed or filled in, in the order of the blocks.
func elements(blocks json.RawMessage) []element {
	var all []map[string]any
	if json.Unmarshal(blocks, &all) != nil {
		return nil
	}
	var found []element
	for i, b := range all {
		id := text(b["block_id"])
		if id == "" {
			id = fmt.Sprintf("b%d", i+1)
		}
		var inside []any
		if list, ok := b["elements"].([]any); ok && b["type"] == "actions" {
			inside = list
		}
		for _, o := range append(inside, b["accessory"], b["element"]) {
			if o, ok := o.(map[string]any); ok && o["type"] != "image" {
				found = append(found, element{object: o, block: id, around: b})
			}
		}
	}
	return found
}

// text returns a JSON string; "" for anything else.
func text(v any) string {
	s, _ := v.(string)
	return s
}

// textOf returns the text of a text object; "" for anything else.
func textOf(v any) string {
	o, _ := v.(map[string]any)
	return text(o["text"])
}

// walk visits every object in a JSON text, a parent before its children, arrays in their order and
// fields by name. What isn't JSON has none.
func walk(raw json.RawMessage, visit func(map[string]any)) {
	var v any
	if json.Unmarshal(raw, &v) == nil {
		walkValue(v, visit)
	}
}

// walkValue is walk for JSON that was decoded.
func walkValue(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			walkValue(one, visit)
		}
	case map[string]any:
		visit(v)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			walkValue(v[key], visit)
		}
	}
}

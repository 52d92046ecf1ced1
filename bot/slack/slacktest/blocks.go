package slacktest

import (
	"encoding/json"
	"fmt"
	"unicode/utf16"
)

// limits returns the most characters that the text of a kind of object may have. source:
// https://docs.slack.dev/reference/block-kit/blocks
func limits(kind string) int {
	switch kind {
	case "header":
		return 150
	case "button":
		return 75
	default:
		return 3_000
	}
}

// checkBlocks returns Slack's error code for blocks that it refuses because there are more than
// most, or because a text, value, id or list of options is too long or empty. It returns "" for
// good ones, and for none.
func checkBlocks(blocks json.RawMessage, most int) string {
	if blocks == nil {
		return ""
	}
	var all []map[string]any
	if json.Unmarshal(blocks, &all) != nil {
		return "invalid_blocks_format"
	}
	if len(all) > most {
		return "invalid_blocks"
	}
	bad := ""
	walk(blocks, func(o map[string]any) {
		kind, _ := o["type"].(string)
		if text, ok := o["text"].(map[string]any); ok {
			s, _ := text["text"].(string)
			if n := length(s); n == 0 || n > limits(kind) {
				bad = "invalid_blocks"
			}
		}
		if s, ok := o["text"].(string); ok && length(s) > 3_000 {
			bad = "invalid_blocks"
		}
		if s, ok := o["value"].(string); ok && length(s) > 2_000 {
			bad = "invalid_blocks"
		}
		for _, key := range []string{"action_id", "block_id"} {
			if length(fmt.Sprint(o[key])) > 255 {
				bad = "invalid_blocks"
			}
		}
		if options, ok := o["options"].([]any); ok && (len(options) == 0 || len(options) > 100) {
			bad = "invalid_blocks"
		}
	})
	return bad
}

// checkView returns Slack's error code for a modal that it refuses; "" for a good one. Titles have
// 24 characters at most, private metadata 3,000. source:
// https://docs.slack.dev/reference/views/modal-views
func checkView(view json.RawMessage) string {
	var v struct {
		Type    string `json:"type"`
		Title   struct{ Text string }
		Submit  struct{ Text string }
		Close   struct{ Text string }
		Private string          `json:"private_metadata"`
		Blocks  json.RawMessage `json:"blocks"`
	}
	if json.Unmarshal(view, &v) != nil || v.Type != "modal" || v.Blocks == nil {
		return "invalid_arguments"
	}
	for _, s := range []string{v.Title.Text, v.Submit.Text, v.Close.Text} {
		if length(s) > 24 {
			return "invalid_arguments"
		}
	}
	if v.Title.Text == "" || length(v.Private) > 3_000 {
		return "invalid_arguments"
	}
	return checkBlocks(v.Blocks, 100)
}

// length counts UTF-16 units, the strictest reading of Slack's "characters".
func length(s string) int { return len(utf16.Encode([]rune(s))) }

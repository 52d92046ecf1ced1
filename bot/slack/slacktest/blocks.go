package slacktest

import (
	"encoding/json"
	"fmt"
	"unicode/utf16"
)

// limits are Block Kit's, by the kind of object and the place of its text.
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

// checkBlocks refuses what Slack refuses: too many, too long, or empty.
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

// checkView refuses a modal that Slack refuses.
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

// length is in UTF-16 units.
func length(s string) int { return len(utf16.Encode([]rune(s))) }

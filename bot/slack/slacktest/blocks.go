package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf16"
)

// The surfaces that blocks stand on.
const (
	message = "message"
	modal   = "modal"
	home    = "home"
)

// How many blocks a surface takes. source: https://docs.slack.dev/reference/block-kit/blocks
func mostBlocks(surface string) int {
	if surface == message {
		return 50
	}
	return 100
}

// object is a JSON object.
type object = map[string]any

// checker collects what Slack would refuse of blocks.
type checker struct {
	f       *Slack
	surface string
	faults  []string
	ids     map[string]bool // the blocks' ids
	tables  int
	prose   int // characters in blocks of markdown
	inputs  int
}

// fault notes what is wrong, and where, as Slack's own messages do.
func (c *checker) fault(at, why string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf("[ERROR] %s [json-pointer:%s]", fmt.Sprintf(why, args...), at))
}

// checkBlocks returns Slack's error code for a message's blocks that it refuses, with its reasons
// in the answer; "" for good ones, and for none. The lock is held.
func (f *Slack) checkBlocks(blocks json.RawMessage, surface string) (reply, string) {
	if blocks == nil {
		return nil, ""
	}
	var all []any
	if json.Unmarshal(blocks, &all) != nil {
		return nil, "invalid_blocks_format"
	}
	c := &checker{f: f, surface: surface, ids: map[string]bool{}}
	c.blocks("/blocks", all)
	if c.tables > 1 {
		return because("only_one_table_allowed"), "invalid_attachments"
	}
	if len(c.faults) > 0 {
		return because(c.faults...), "invalid_blocks"
	}
	return nil, ""
}

// because returns an answer with Slack's reasons for a refusal.
func because(why ...string) reply {
	return reply{"response_metadata": reply{"messages": why}}
}

// blocks checks a list of blocks.
func (c *checker) blocks(at string, all []any) {
	if n := len(all); n > mostBlocks(c.surface) {
		c.fault(at, "no more than %d items allowed", mostBlocks(c.surface))
	}
	for i, b := range all {
		at := fmt.Sprintf("%s/%d", at, i)
		o, ok := b.(object)
		if !ok {
			c.fault(at, "must be an object")
			continue
		}
		c.block(at, o)
	}
	if c.prose > 12_000 {
		c.fault(at, "markdown blocks have no more than 12000 characters together")
	}
}

// block checks one block. source: https://docs.slack.dev/reference/block-kit/blocks
func (c *checker) block(at string, b object) {
	if id, ok := b["block_id"]; ok {
		c.short(at+"/block_id", id, 255)
		if c.ids[text(id)] {
			c.fault(at+"/block_id", "%q is already in use", text(id))
		}
		c.ids[text(id)] = true
	}
	switch b["type"] {
	case "divider":
	case "section":
		c.section(at, b)
	case "header":
		c.plain(at+"/text", b["text"], 150)
	case "context":
		c.context(at, b)
	case "actions":
		c.actions(at, b)
	case "image":
		c.image(at, b)
		c.optional(at+"/title", b["title"], 2000)
	case "input":
		c.input(at, b)
	case "rich_text":
		c.rich(at, b)
	case "table", "data_table":
		c.table(at, b)
	case "markdown":
		c.prose += length(text(b["text"]))
		if c.surface != message || text(b["text"]) == "" {
			c.fault(at, "a markdown block has a text, and stands in a message")
		}
	default:
		c.fault(at+"/type", "unsupported block type %v", b["type"])
	}
}

func (c *checker) section(at string, b object) {
	fields, has := b["fields"].([]any)
	switch {
	case b["text"] != nil:
		c.text(at+"/text", b["text"], 3000)
	case !has:
		c.fault(at, "a section has a text or fields")
	}
	if has && (len(fields) == 0 || len(fields) > 10) {
		c.fault(at+"/fields", "1 to 10 items allowed")
	}
	for i, one := range fields {
		c.text(fmt.Sprintf("%s/fields/%d", at, i), one, 2000)
	}
	if b["accessory"] != nil {
		c.elements(at+"/accessory", []any{b["accessory"]}, 1, accessories())
	}
}

func (c *checker) context(at string, b object) {
	all, _ := b["elements"].([]any)
	if len(all) == 0 || len(all) > 10 {
		c.fault(at+"/elements", "1 to 10 items allowed")
	}
	for i, one := range all {
		at := fmt.Sprintf("%s/elements/%d", at, i)
		if o, ok := one.(object); ok && o["type"] == "image" {
			c.image(at, o)
			continue
		}
		c.text(at, one, 3000)
	}
}

func (c *checker) actions(at string, b object) {
	all, _ := b["elements"].([]any)
	c.elements(at+"/elements", all, 25, actors())
}

// image checks an image block or element: it is described, and somewhere.
func (c *checker) image(at string, b object) {
	alt := text(b["alt_text"])
	if alt == "" || length(alt) > 2000 {
		c.fault(at+"/alt_text", "1 to 2000 characters allowed")
	}
	if link, ok := b["image_url"]; ok {
		c.short(at+"/image_url", link, 3000)
		return
	}
	file, _ := b["slack_file"].(object)
	switch x := c.f.file(text(file["id"])); {
	case file == nil:
		c.fault(at, "an image has an image_url or a slack_file")
	case text(file["url"]) == "" && (x == nil || !x.done):
		c.fault(at+"/slack_file", "invalid slack file")
	}
}

func (c *checker) input(at string, b object) {
	c.inputs++
	c.plain(at+"/label", b["label"], 2000)
	c.optional(at+"/hint", b["hint"], 2000)
	c.elements(at+"/element", []any{b["element"]}, 1, fillable())
}

// rich checks formatted text, whose parts are sections, lists, quotes and code.
func (c *checker) rich(at string, b object) {
	all, ok := b["elements"].([]any)
	if !ok || len(all) == 0 {
		c.fault(at+"/elements", "required")
	}
	kinds := []string{
		"rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted",
	}
	for i, one := range all {
		if o, _ := one.(object); !slices.Contains(kinds, text(o["type"])) {
			c.fault(fmt.Sprintf("%s/elements/%d", at, i), "unsupported type %v", o["type"])
		}
	}
	walkValue(all, func(o object) {
		if o["type"] == "text" && text(o["text"]) == "" {
			c.fault(at, "must be more than 0 characters")
		}
	})
}

// table checks a table: in a message only, one a message, up to 100 rows of up to 20 cells, none of
// them empty. A data table has a head besides, and a caption. source:
// https://docs.slack.dev/reference/block-kit/blocks/table-block, …/data-table-block
func (c *checker) table(at string, b object) {
	c.tables++
	if c.surface != message {
		c.fault(at+"/type", "a table stands in a message")
	}
	least, most := 1, 100
	if b["type"] == "data_table" {
		least, most = 2, 101
		c.short(at+"/caption", b["caption"], 3000)
	}
	rows, _ := b["rows"].([]any)
	if len(rows) < least || len(rows) > most {
		c.fault(at+"/rows", "%d to %d items allowed", least, most)
	}
	whole := 0
	for i, row := range rows {
		cells, _ := row.([]any)
		if len(cells) == 0 || len(cells) > 20 {
			c.fault(fmt.Sprintf("%s/rows/%d", at, i), "1 to 20 items allowed")
		}
		for k, cell := range cells {
			o, _ := cell.(object)
			whole += c.cell(fmt.Sprintf("%s/rows/%d/%d", at, i, k), o)
		}
	}
	if whole > 10_000 {
		c.fault(at+"/rows", "no more than 10000 characters in all cells")
	}
	settings, _ := b["column_settings"].([]any)
	if len(settings) > 20 {
		c.fault(at+"/column_settings", "no more than 20 items allowed")
	}
}

// cell checks a cell of a table and returns how many characters it has.
func (c *checker) cell(at string, o object) (n int) {
	switch o["type"] {
	case "raw_text":
		n = length(text(o["text"]))
		if n == 0 {
			c.fault(at+"/text", "must be more than 0 characters")
		}
	case "raw_number":
		if _, ok := o["value"].(float64); !ok {
			c.fault(at+"/value", "must be a number")
		}
	case "rich_text":
		c.rich(at, o)
		walkValue(o, func(o object) { n += length(text(o["text"])) })
	default:
		c.fault(at+"/type", "unsupported cell type %v", o["type"])
	}
	return n
}

// text checks a text object of either kind.
func (c *checker) text(at string, v any, most int) {
	o, ok := v.(object)
	n := length(text(o["text"]))
	switch {
	case !ok || o["type"] != "plain_text" && o["type"] != "mrkdwn":
		c.fault(at, "must be a text object")
	case n == 0:
		c.fault(at+"/text", "must be more than 0 characters")
	case n > most:
		c.fault(at+"/text", "must be less than %d characters", most+1)
	}
}

// plain checks a text object without markup.
func (c *checker) plain(at string, v any, most int) {
	if o, ok := v.(object); ok && o["type"] != "plain_text" {
		c.fault(at+"/type", "must be plain_text")
	}
	c.text(at, v, most)
}

// optional is plain for a text that may be missing.
func (c *checker) optional(at string, v any, most int) {
	if v != nil {
		c.plain(at, v, most)
	}
}

// short checks a string that isn't empty.
func (c *checker) short(at string, v any, most int) {
	if n := length(text(v)); n == 0 || n > most {
		c.fault(at, "1 to %d characters allowed", most)
	}
}

// length counts UTF-16 units, the strictest reading of Slack's "characters".
func length(s string) int { return len(utf16.Encode([]rune(s))) }

package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// menus returns the kinds of menus to choose from.
func menus() []string {
	return []string{
		"static_select", "external_select", "users_select", "conversations_select",
		"channels_select", "multi_static_select", "multi_external_select", "multi_users_select",
		"multi_conversations_select", "multi_channels_select",
	}
}

// actors returns the kinds of elements of an actions block. source:
// https://docs.slack.dev/reference/block-kit/blocks/actions-block
func actors() []string {
	return append(
		menus(), "button", "checkboxes", "datepicker", "datetimepicker", "overflow",
		"radio_buttons", "timepicker", "workflow_button", "rich_text_input",
	)
}

// accessories returns the kinds of elements beside a section's text. source:
// https://docs.slack.dev/reference/block-kit/blocks/section-block
func accessories() []string {
	return append(
		menus(), "button", "checkboxes", "datepicker", "image", "overflow", "radio_buttons",
		"timepicker", "workflow_button",
	)
}

// fillable returns the kinds of elements of an input block. source:
// https://docs.slack.dev/reference/block-kit/blocks/input-block
func fillable() []string {
	return append(
		menus(), "plain_text_input", "number_input", "email_text_input", "url_text_input",
		"checkboxes", "datepicker", "datetimepicker", "radio_buttons", "timepicker", "file_input",
		"rich_text_input",
	)
}

// elements checks the elements of one block: their number, their kinds, and that no two have the
// same action id. source: https://docs.slack.dev/reference/block-kit/block-elements
func (c *checker) elements(at string, all []any, most int, kinds []string) {
	if len(all) == 0 || len(all) > most {
		c.fault(at, "1 to %d items allowed", most)
	}
	seen := map[string]bool{}
	for i, one := range all {
		at := at
		if most > 1 {
			at = fmt.Sprintf("%s/%d", at, i)
		}
		e, _ := one.(object)
		if !slices.Contains(kinds, text(e["type"])) {
			c.fault(at+"/type", "unsupported element type %v", e["type"])
			continue
		}
		if id, ok := e["action_id"]; ok {
			c.short(at+"/action_id", id, 255)
			if seen[text(id)] {
				c.fault(at+"/action_id", "%q is already in use in this block", text(id))
			}
			seen[text(id)] = true
		}
		c.element(at, e)
		c.confirm(at+"/confirm", e["confirm"])
		c.optional(at+"/placeholder", e["placeholder"], 150)
	}
}

// element checks one element by its kind.
func (c *checker) element(at string, e object) {
	switch text(e["type"]) {
	case "image":
		c.image(at, e)
	case "button":
		c.button(at, e)
	case "static_select", "multi_static_select":
		c.menu(at, e)
	case "overflow":
		c.options(at+"/options", e["options"], 5)
	case "checkboxes", "radio_buttons":
		c.options(at+"/options", e["options"], 10)
		c.among(at, e)
	case "datepicker":
		c.moment(at+"/initial_date", e["initial_date"], time.DateOnly)
	case "timepicker":
		c.moment(at+"/initial_time", e["initial_time"], "15:04")
	case "plain_text_input":
		c.line(at, e)
	}
}

func (c *checker) button(at string, e object) {
	c.plain(at+"/text", e["text"], 75)
	if v, ok := e["value"]; ok {
		c.short(at+"/value", v, 2000)
	}
	if v, ok := e["url"]; ok {
		c.short(at+"/url", v, 3000)
	}
	if v, ok := e["accessibility_label"]; ok {
		c.short(at+"/accessibility_label", v, 75)
	}
	c.style(at+"/style", e["style"])
}

// style checks the colour of a button.
func (c *checker) style(at string, v any) {
	if v != nil && v != "primary" && v != "danger" {
		c.fault(at, "must be primary or danger")
	}
}

func (c *checker) menu(at string, e object) {
	groups, grouped := e["option_groups"].([]any)
	if !grouped {
		c.options(at+"/options", e["options"], 100)
		c.among(at, e)
		return
	}
	if len(groups) == 0 || len(groups) > 100 {
		c.fault(at+"/option_groups", "1 to 100 items allowed")
	}
	for i, one := range groups {
		at := fmt.Sprintf("%s/option_groups/%d", at, i)
		g, _ := one.(object)
		c.plain(at+"/label", g["label"], 75)
		c.options(at+"/options", g["options"], 100)
	}
}

// options checks a list of options. source:
// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
func (c *checker) options(at string, v any, most int) {
	all, _ := v.([]any)
	if len(all) == 0 || len(all) > most {
		c.fault(at, "1 to %d items allowed", most)
	}
	for i, one := range all {
		at := fmt.Sprintf("%s/%d", at, i)
		o, _ := one.(object)
		c.text(at+"/text", o["text"], 75)
		c.short(at+"/value", o["value"], 150)
		c.optional(at+"/description", o["description"], 75)
	}
}

// among checks that what is chosen at first is one of the options, exactly.
func (c *checker) among(at string, e object) {
	options, _ := e["options"].([]any)
	chosen, _ := e["initial_options"].([]any)
	if one := e["initial_option"]; one != nil {
		chosen = append(chosen, one)
	}
	for _, one := range chosen {
		if !slices.ContainsFunc(options, func(o any) bool { return same(o, one) }) {
			c.fault(at+"/initial_option", "must be one of the options")
		}
	}
}

// same reports whether two values are the same JSON.
func same(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

// moment checks a date or a time, which may be missing.
func (c *checker) moment(at string, v any, layout string) {
	if v == nil {
		return
	}
	if _, err := time.Parse(layout, text(v)); err != nil {
		c.fault(at, "must be like %s", layout)
	}
}

// line checks an input of a line or more. source:
// https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
func (c *checker) line(at string, e object) {
	least, most := 0.0, 3000.0
	if v, ok := e["min_length"].(float64); ok {
		least = v
	}
	if v, ok := e["max_length"].(float64); ok {
		most = v
	}
	if least < 0 || most < 1 || most > 3000 || least > most {
		c.fault(at, "min_length and max_length are 0 to 3000")
	}
	if n := length(text(e["initial_value"])); n > int(most) {
		c.fault(at+"/initial_value", "must be less than %d characters", int(most)+1)
	}
}

// confirm checks a question that is asked before an element acts. source:
// https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
func (c *checker) confirm(at string, v any) {
	if v == nil {
		return
	}
	o, _ := v.(object)
	c.plain(at+"/title", o["title"], 100)
	c.text(at+"/text", o["text"], 300)
	c.plain(at+"/confirm", o["confirm"], 30)
	c.plain(at+"/deny", o["deny"], 30)
	c.style(at+"/style", o["style"])
}

// checkView returns Slack's error code for a view that it refuses, with its reasons; "" for a good
// one. id is that of the view that it takes the place of, if any. The lock is held. source:
// https://docs.slack.dev/reference/views/modal-views, …/home-tab-views
func (f *Slack) checkView(view json.RawMessage, kind, id string) (reply, string) {
	var v object
	if json.Unmarshal(view, &v) != nil {
		return because("[ERROR] missing required field: view"), "invalid_arguments"
	}
	if len(view) > maxView {
		return nil, "view_too_large"
	}
	for _, other := range f.views {
		x := text(v["external_id"])
		if x != "" && !other.Closed && other.ID != id && text(other.object()["external_id"]) == x {
			return nil, "duplicate_external_id"
		}
	}
	c := &checker{f: f, surface: kind, ids: map[string]bool{}}
	if v["type"] != kind {
		c.fault("/view/type", "must be %s", kind)
	}
	blocks, ok := v["blocks"].([]any)
	if !ok {
		c.fault("/view/blocks", "required")
	}
	c.blocks("/view/blocks", blocks)
	for name, most := range map[string]int{
		"private_metadata": 3000, "callback_id": 255, "external_id": 255,
	} {
		if length(text(v[name])) > most {
			c.fault("/view/"+name, "must be less than %d characters", most+1)
		}
	}
	if kind == modal {
		c.plain("/view/title", v["title"], 24)
		c.optional("/view/submit", v["submit"], 24)
		c.optional("/view/close", v["close"], 24)
		if c.inputs > 0 && v["submit"] == nil {
			c.fault("/view/submit", "required where there is an input")
		}
	}
	if len(c.faults) > 0 {
		return because(c.faults...), "invalid_arguments"
	}
	return nil, ""
}

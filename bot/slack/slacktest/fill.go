package slacktest

import (
	"fmt"
	"strings"
)

// state returns the object in which a payload holds what was chosen or filled in. An option is
// given by its value or its text, several with commas between them.
func (e element) state(value string) (map[string]any, error) {
	s := map[string]any{"type": e.kind()}
	switch kind := e.kind(); kind {
	case "datepicker":
		s["selected_date"] = orNil(value)
	case "timepicker":
		s["selected_time"] = orNil(value)
	case "users_select":
		s["selected_user"] = orNil(value)
	case "static_select", "radio_buttons", "overflow":
		one, err := e.option(value)
		s["selected_option"] = one
		return s, err
	case "checkboxes", "multi_static_select":
		chosen := []any{}
		for v := range strings.SplitSeq(value, ",") {
			one, err := e.option(v)
			if err != nil {
				return nil, err
			}
			if one != nil {
				chosen = append(chosen, one)
			}
		}
		s["selected_options"] = chosen
	default:
		s["value"] = orNil(value)
	}
	return s, nil
}

// option returns the option with a value or a text; nil for "".
func (e element) option(value string) (any, error) {
	value = strings.TrimSpace(value)
	if value == "" {
		return nil, nil
	}
	var there []string
	for _, o := range e.choices() {
		if text(o["value"]) == value || textOf(o["text"]) == value {
			return o, nil
		}
		there = append(there, textOf(o["text"]))
	}
	return nil, fmt.Errorf("%q has no option %q; there are %q", e.label(), value, there)
}

// choices returns the options of a menu, those in groups included.
func (e element) choices() (all []map[string]any) {
	lists := []any{e.object["options"]}
	groups, _ := e.object["option_groups"].([]any)
	for _, g := range groups {
		if g, ok := g.(map[string]any); ok {
			lists = append(lists, g["options"])
		}
	}
	for _, list := range lists {
		options, _ := list.([]any)
		for _, o := range options {
			if o, ok := o.(map[string]any); ok {
				all = append(all, o)
			}
		}
	}
	return all
}

// initial returns what stands in an input before anybody touches it.
func (e element) initial() string {
	for _, name := range []string{"initial_value", "initial_date", "initial_time", "initial_user"} {
		if s := text(e.object[name]); s != "" {
			return s
		}
	}
	chosen, _ := e.object["initial_options"].([]any)
	if one := e.object["initial_option"]; one != nil {
		chosen = append(chosen, one)
	}
	var values []string
	for _, one := range chosen {
		if o, ok := one.(map[string]any); ok {
			values = append(values, text(o["value"]))
		}
	}
	return strings.Join(values, ",")
}

// orNil returns a string, or nil for "": Slack sends null for what is empty.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

package view

import (
	"cmp"
	"slices"
	"strings"
	"time"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers/answer"
)

// The callback ids of our modals: a form to be filled in, and an answer to be read.
const (
	FormCallback   = "form"
	AnswerCallback = "answer"
)

// Modal renders a form. metadata comes back with its submission, as it is. source:
// https://docs.slack.dev/reference/views/modal-views
func (r Renderer) Modal(f answer.Form, metadata string) sdk.ModalViewRequest {
	fields := r.fields(f.Fields)
	above := r.view(f.Parts, maxViewBlocks-len(fields))
	if len(above)+len(fields) == 0 {
		above = []sdk.Block{section("Press the button to go on.")}
	}
	v := r.modal(f.Title, metadata, append(above, fields...))
	v.CallbackID = FormCallback
	v.Submit = label(cmp.Or(r.bare(f.Submit, maxTitle), "Go on"))
	return v
}

// Read renders an answer as a modal that is only read, for acts that belong to no channel.
func (r Renderer) Read(title string, a answer.Answer, metadata string) sdk.ModalViewRequest {
	v := r.modal(title, metadata, r.view(a.Parts, maxViewBlocks))
	v.CallbackID = AnswerCallback
	return v
}

// modal returns a modal of blocks. Its button to close isn't "Cancel", which could be read as
// cancelling a visit.
func (r Renderer) modal(title, metadata string, blocks []sdk.Block) sdk.ModalViewRequest {
	if len(blocks) == 0 {
		blocks = []sdk.Block{section("Done.")}
	}
	return sdk.ModalViewRequest{
		Type: sdk.VTModal, Title: label(cmp.Or(r.bare(title, maxTitle), "Beacon")),
		Close: label("Close"), PrivateMetadata: metadata, Blocks: sdk.Blocks{BlockSet: blocks},
	}
}

// Home renders an answer as the App Home of one person. source:
// https://docs.slack.dev/reference/views/home-tab-views
func (r Renderer) Home(a answer.Answer) sdk.HomeTabViewRequest {
	blocks := r.view(a.Parts, maxViewBlocks)
	if len(blocks) == 0 {
		blocks = []sdk.Block{section("There is nothing to show yet.")}
	}
	return sdk.HomeTabViewRequest{Type: sdk.VTHomeTab, Blocks: sdk.Blocks{BlockSet: blocks}}
}

// view renders parts for a modal or a Home, up to so many blocks.
func (r Renderer) view(parts []answer.Part, most int) (out []sdk.Block) {
	for _, b := range r.blocks(parts, lines) {
		if len(out) == most-1 {
			return append(out, small(tooMuch))
		}
		out = append(out, b.block)
	}
	return out
}

// mostFields is how many fields a form shows: some blocks are left for what stands above them.
const mostFields = maxViewBlocks / 2

// fields renders the fields of a form. One whose name can't be its block's id is left out, like a
// second one of a name.
func (r Renderer) fields(all []answer.Field) (out []sdk.Block) {
	seen := map[string]bool{}
	for _, f := range all {
		if len(out) == mostFields {
			break
		}
		if f.Name == "" || units(f.Name) > maxID || seen[f.Name] {
			continue
		}
		seen[f.Name] = true
		var hint *sdk.TextBlockObject
		element := r.element(f)
		picked := f.Kind == answer.Date || f.Kind == answer.Time || f.Kind == answer.Choice
		if text := r.bare(f.Hint, maxLabel); text != "" && picked {
			hint = label(text) // what is typed in shows its hint in the field
		}
		block := sdk.NewInputBlock(
			f.Name, label(cmp.Or(r.bare(f.Label, maxLabel), cut(f.Name, maxLabel))), hint, element,
		)
		block.Optional = f.Optional || f.Kind == answer.Check // an empty box is an answer
		out = append(out, block)
	}
	return out
}

// element renders what a field is filled in with. Its id is the field's name.
func (r Renderer) element(f answer.Field) sdk.BlockElement {
	options := r.options(f.Options)
	switch {
	case f.Kind == answer.Choice && len(options) > 0:
		choice := sdk.NewOptionsSelectBlockElement(
			sdk.OptTypeStatic, label("Choose"), f.Name, options...,
		)
		if i := slices.IndexFunc(options, func(o *sdk.OptionBlockObject) bool {
			return o.Value == f.Value
		}); i >= 0 {
			choice.InitialOption = options[i]
		}
		return choice
	case f.Kind == answer.Date:
		date := sdk.NewDatePickerBlockElement(f.Name)
		if _, err := time.Parse(time.DateOnly, f.Value); err == nil {
			date.InitialDate = f.Value
		}
		return date
	case f.Kind == answer.Time:
		at := sdk.NewTimePickerBlockElement(f.Name)
		if _, err := time.Parse("15:04", f.Value); err == nil {
			at.InitialTime = f.Value
		}
		return at
	case f.Kind == answer.Check:
		yes := sdk.NewOptionBlockObject(
			"yes", label(cmp.Or(r.bare(f.Hint, maxOption), "Yes")), nil,
		)
		check := sdk.NewCheckboxGroupsBlockElement(f.Name, yes)
		if f.Value == yes.Value {
			check.InitialOptions = []*sdk.OptionBlockObject{yes}
		}
		return check
	}
	return r.input(f)
}

// input renders a field that is typed in.
func (r Renderer) input(f answer.Field) sdk.BlockElement {
	var hint *sdk.TextBlockObject
	if text := r.bare(f.Hint, maxHint); text != "" {
		hint = label(text)
	}
	in := sdk.NewPlainTextInputBlockElement(hint, f.Name)
	in.Multiline = f.Kind == answer.Area
	in.MaxLength = min(max(f.Most, 0), maxInput)
	in.InitialValue = cut(r.shown(f.Value), cmp.Or(in.MaxLength, maxInput))
	if !in.Multiline {
		in.InitialValue = strings.Join(strings.Fields(in.InitialValue), " ")
	}
	return in
}

// options renders the options of a choice. One whose value would have to be cut is left out.
func (r Renderer) options(all []answer.Option) (out []*sdk.OptionBlockObject) {
	for _, o := range all {
		text := cmp.Or(r.bare(o.Text, maxOption), r.bare(o.Value, maxOption))
		if len(out) == maxOptions || o.Value == "" || units(o.Value) > maxOptValue || text == "" {
			continue
		}
		out = append(out, sdk.NewOptionBlockObject(o.Value, label(text), nil))
	}
	return out
}

// Value returns what was filled in where a field stands. Slack leaves empty fields out, or sends
// null.
func Value(a sdk.BlockAction) string {
	if len(a.SelectedOptions) > 0 { // of a box that is ticked
		return a.SelectedOptions[0].Value
	}
	return cmp.Or(a.SelectedOption.Value, a.SelectedDate, a.SelectedTime, a.Value)
}

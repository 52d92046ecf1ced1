package view

import (
	"strings"

	sdk "github.com/slack-go/slack"
)

// BookForm is the booking modal's callback id.
const BookForm = "book"

// The fields of the booking modal. Each is the id both of the input block, by which Slack shows an
// error, and of its element, by which the value is found.
const (
	FieldPhone = "phone"
	FieldName  = "name"
	FieldType  = "type"
	FieldDate  = "date"
	FieldTime  = "time"
	FieldLang  = "lang"
)

// Book returns the form that a bare "/clinic book" opens. The channel travels in its private
// metadata, since a submission doesn't say where the form was opened. source:
// https://docs.slack.dev/reference/views/modal-views
func Book(types []string, channel string) sdk.ModalViewRequest {
	phone := sdk.NewPlainTextInputBlockElement(label("+1 212 555 0101"), FieldPhone)
	phone.MaxLength = 30 // characters: twice E.164's fifteen digits, for spaces and brackets
	name := sdk.NewPlainTextInputBlockElement(label("First name is enough"), FieldName)
	name.MaxLength = 80
	// The value is the visit type's id in the clinic's own file. Its label is made from the id, so
	// that there is no second list to keep in step.
	var visits []*sdk.OptionBlockObject
	for _, t := range types[:min(len(types), maxOptions)] {
		name := label(cut(strings.ReplaceAll(t, "_", " "), maxOption))
		visits = append(visits, sdk.NewOptionBlockObject(cut(t, maxOptValue), name, nil))
	}
	langs := []*sdk.OptionBlockObject{
		sdk.NewOptionBlockObject("en", label("English"), nil),
		sdk.NewOptionBlockObject("es", label("Spanish"), nil),
	}
	lang := sdk.NewOptionsSelectBlockElement(sdk.OptTypeStatic, nil, FieldLang, langs...)
	lang.InitialOption = langs[0]
	return sdk.ModalViewRequest{
		Type: sdk.VTModal, CallbackID: BookForm, PrivateMetadata: cut(channel, maxPrivate),
		// Not "Cancel", which could be read as cancelling the visit.
		Title: label("Book a visit"), Submit: label("Book"), Close: label("Close"),
		Blocks: sdk.Blocks{BlockSet: []sdk.Block{
			sdk.NewInputBlock(FieldPhone, label("Mobile number"), nil, phone),
			sdk.NewInputBlock(FieldName, label("Name"), nil, name),
			sdk.NewInputBlock(
				FieldType, label("Visit"), nil,
				sdk.NewOptionsSelectBlockElement(
					sdk.OptTypeStatic, label("Choose"), FieldType, visits...,
				),
			),
			sdk.NewInputBlock(
				FieldDate, label("Date"), nil, sdk.NewDatePickerBlockElement(FieldDate),
			),
			sdk.NewInputBlock(
				FieldTime, label("Time, at the clinic"), nil,
				sdk.NewTimePickerBlockElement(FieldTime),
			),
			sdk.NewInputBlock(FieldLang, label("Language"), nil, lang),
		}},
	}
}

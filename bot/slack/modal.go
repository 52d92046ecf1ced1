package slack

import (
	"context"
	"strings"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers"
)

// bookForm is the booking modal's callback id.
const bookForm = "book"

// The fields of the booking modal. Each is the id both of the input block, by which Slack shows an
// error, and of its element, by which the value is found.
const (
	fieldPhone = "phone"
	fieldName  = "name"
	fieldType  = "type"
	fieldDate  = "date"
	fieldTime  = "time"
	fieldLang  = "lang"
)

// bookView returns the form that a bare "/clinic book" opens. The channel travels in its private
// metadata, since a submission doesn't say where the form was opened. source:
// https://docs.slack.dev/reference/views/modal-views
func (s *Slack) bookView(channel string) sdk.ModalViewRequest {
	phone := sdk.NewPlainTextInputBlockElement(label("+1 212 555 0101"), fieldPhone)
	phone.MaxLength = 30 // characters: twice E.164's fifteen digits, for spaces and brackets
	name := sdk.NewPlainTextInputBlockElement(label("First name is enough"), fieldName)
	name.MaxLength = 80
	// The value is the visit type's id in the clinic's own file. Its label is made from the id, so
	// that there is no second list to keep in step.
	var types []*sdk.OptionBlockObject
	for _, t := range s.c.VisitTypes[:min(len(s.c.VisitTypes), maxOptions)] {
		name := label(cut(strings.ReplaceAll(t, "_", " "), maxOption))
		types = append(types, sdk.NewOptionBlockObject(cut(t, maxOptValue), name, nil))
	}
	langs := []*sdk.OptionBlockObject{
		sdk.NewOptionBlockObject("en", label("English"), nil),
		sdk.NewOptionBlockObject("es", label("Spanish"), nil),
	}
	lang := sdk.NewOptionsSelectBlockElement(sdk.OptTypeStatic, nil, fieldLang, langs...)
	lang.InitialOption = langs[0]
	return sdk.ModalViewRequest{
		Type: sdk.VTModal, CallbackID: bookForm, PrivateMetadata: cut(channel, maxPrivate),
		// Not "Cancel", which could be read as cancelling the visit.
		Title: label("Book a visit"), Submit: label("Book"), Close: label("Close"),
		Blocks: sdk.Blocks{BlockSet: []sdk.Block{
			sdk.NewInputBlock(fieldPhone, label("Mobile number"), nil, phone),
			sdk.NewInputBlock(fieldName, label("Name"), nil, name),
			sdk.NewInputBlock(
				fieldType, label("Visit"), nil,
				sdk.NewOptionsSelectBlockElement(
					sdk.OptTypeStatic, label("Choose"), fieldType, types...,
				),
			),
			sdk.NewInputBlock(
				fieldDate, label("Date"), nil, sdk.NewDatePickerBlockElement(fieldDate),
			),
			sdk.NewInputBlock(
				fieldTime, label("Time, at the clinic"), nil,
				sdk.NewTimePickerBlockElement(fieldTime),
			),
			sdk.NewInputBlock(fieldLang, label("Language"), nil, lang),
		}},
	}
}

// submit runs the booking that the form describes as a /clinic book command, after the
// acknowledgement. If a field is missing it returns the errors for Slack to show in the form, which
// stays open; otherwise nil, which closes it. Whether the values make sense is for Staff to judge.
func (s *Slack) submit(ctx context.Context, c sdk.InteractionCallback) any {
	// Slack leaves empty fields out, or sends null.
	value := func(field string) sdk.BlockAction {
		if c.View.State == nil {
			return sdk.BlockAction{}
		}
		return c.View.State.Values[field][field]
	}
	phone, digits := number(value(fieldPhone).Value)
	name := strings.Join(strings.Fields(value(fieldName).Value), " ")
	faults := map[string]string{}
	need := func(field string, ok bool, say string) {
		if !ok {
			faults[field] = say
		}
	}
	visit, lang := value(fieldType).SelectedOption.Value, value(fieldLang).SelectedOption.Value
	date, at := value(fieldDate).SelectedDate, value(fieldTime).SelectedTime
	// Slack itself requires every field, but it takes a phone or a name of blanks, and a form that
	// was opened before an update may lack a field.
	need(fieldPhone, digits >= 7, "Give the number with its area code.")
	need(fieldName, name != "", "Give a name.")
	need(fieldType, visit != "", "Choose the visit.")
	need(fieldDate, date != "", "Choose the date.")
	need(fieldTime, at != "", "Choose the time.")
	need(fieldLang, lang != "", "Choose the language.")
	if len(faults) > 0 {
		return sdk.NewErrorsViewSubmissionResponse(faults)
	}
	// The channel decides who may book. Members can't change the metadata, and Slack signed it.
	channel := c.View.PrivateMetadata
	command := handlers.Command{
		ID: "view:" + c.View.ID, User: c.User.ID, FromDesk: s.desk(channel),
		Text: strings.Join([]string{"book", phone, date, at, visit, lang, name}, " "),
	}
	s.later(ctx, func(ctx context.Context) {
		s.answer(ctx, command, asker{channel: channel, user: c.User.ID})
	})
	return nil
}

// number strips a typed phone number to its digits and a leading plus, since spaces separate the
// words of a command. It also returns how many digits there are.
func number(s string) (compact string, digits int) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
			b.WriteRune(r)
		case r == '+' && b.Len() == 0:
			b.WriteRune(r)
		}
	}
	return b.String(), digits
}

// label returns a plain_text object, in which Slack shows markup and emoji codes as they are.
func label(s string) *sdk.TextBlockObject {
	return sdk.NewTextBlockObject(sdk.PlainTextType, s, false, false)
}

package slack

import (
	"context"
	"strings"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/handlers"
)

// bookForm is the booking modal's callback id.
const bookForm = "book"

// The fields of the booking modal: the id of each input block and of its element.
const (
	fieldPhone = "phone"
	fieldName  = "name"
	fieldType  = "type"
	fieldDate  = "date"
	fieldTime  = "time"
	fieldLang  = "lang"
)

// bookView is the form that a bare "/clinic book" opens. The channel travels in its private
// metadata, since a submission doesn't say where the form was opened.
func (s *Slack) bookView(channel string) sdk.ModalViewRequest {
	phone := sdk.NewPlainTextInputBlockElement(label("+1 212 555 0101"), fieldPhone)
	phone.MaxLength = 30
	name := sdk.NewPlainTextInputBlockElement(label("First name is enough"), fieldName)
	name.MaxLength = 80
	// The value is the visit type's id in the clinic's own file; its label is made of that, so that
	// there is one list of types.
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
		// "Cancel" could be read as the visit's.
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

// submit books what the form says. What is missing is shown in the form; the rest is judged by
// Staff, after the acknowledgement.
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
	// Slack requires all of them already, but for a phone or a name of blanks; an old form may lack
	// one.
	need(fieldPhone, digits >= 7, "Give the number with its area code.")
	need(fieldName, name != "", "Give a name.")
	need(fieldType, visit != "", "Choose the visit.")
	need(fieldDate, date != "", "Choose the date.")
	need(fieldTime, at != "", "Choose the time.")
	need(fieldLang, lang != "", "Choose the language.")
	if len(faults) > 0 {
		return sdk.NewErrorsViewSubmissionResponse(faults)
	}
	// Slack signed it, and members can't change it: it says where the form was opened, so who may
	// book.
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

// number takes a typed number's spaces and brackets out, since the command's words are parted by
// spaces.
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

// label is a plain text object.
func label(s string) *sdk.TextBlockObject {
	return sdk.NewTextBlockObject(sdk.PlainTextType, s, false, false)
}

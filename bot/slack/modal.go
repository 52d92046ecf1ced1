package slack

import (
	"context"
	"strings"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers"
)

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
	phone, digits := number(value(view.FieldPhone).Value)
	name := strings.Join(strings.Fields(value(view.FieldName).Value), " ")
	faults := map[string]string{}
	need := func(field string, ok bool, say string) {
		if !ok {
			faults[field] = say
		}
	}
	visit, lang := value(view.FieldType).SelectedOption.Value, value(view.FieldLang).SelectedOption.Value
	date, at := value(view.FieldDate).SelectedDate, value(view.FieldTime).SelectedTime
	// Slack itself requires every field, but it takes a phone or a name of blanks, and a form that
	// was opened before an update may lack a field.
	need(view.FieldPhone, digits >= 7, "Give the number with its area code.")
	need(view.FieldName, name != "", "Give a name.")
	need(view.FieldType, visit != "", "Choose the visit.")
	need(view.FieldDate, date != "", "Choose the date.")
	need(view.FieldTime, at != "", "Choose the time.")
	need(view.FieldLang, lang != "", "Choose the language.")
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

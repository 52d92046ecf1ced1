package schedule

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// Fill returns the booking that a form describes, or what is wrong in it.
func (b Book) Fill(k *act.Kit, values map[string]string) (act.Act, map[string]string) {
	wrong := map[string]string{}
	b.Type, b.Lang = values["type"], values["lang"]
	b.Called = strings.Join(strings.Fields(values["name"]), " ")
	if b.Who == "" {
		b.Who = k.AllOf(values["phone"])
	}
	if b.Who == "" {
		wrong["phone"] = "Say whom: the number, its last digits, or a name."
	}
	switch read, _ := k.Reader().Moment(values["date"] + " " + values["time"]); {
	case values["date"] == "":
		wrong["date"] = "Choose the date."
	case values["time"] == "":
		wrong["time"] = "Choose the time."
	case !read.Sure():
		wrong["date"] = cmp.Or(read.Why, "Choose another time.")
	default:
		b.Start = read.At[0]
	}
	return b, wrong
}

// bookFor asks for all that a booking of one patient needs.
func bookFor(
	ctx context.Context, k *act.Kit, s handlers.State, name string,
) (none answer.Answer, err error) {
	patients := handlers.Patients(slices.Concat(s.Past, s.Visits))
	if len(patients) == 0 { // nothing is known: the form asks for all
		return bookForm(k, Book{}, ""), nil
	}
	who, err := k.Ref(ctx, s.Phone)
	if len(patients) == 1 {
		name = patients[0]
	}
	return bookForm(k, Book{Who: who}, k.Called(name, s.Phone)), err
}

// bookForm asks for all that a booking needs; of says whose it is, "" if the form asks that too. What
// is left out is that of the patient's last visit.
func bookForm(k *act.Kit, b Book, of string) answer.Answer {
	var types []answer.Option
	for _, name := range k.Base.Clinic.Types() {
		types = append(types, answer.Option{Value: name, Text: strings.ReplaceAll(name, "_", " ")})
	}
	form := &answer.Form{
		Title: "Book a visit", Submit: "Book", Do: act.Encode(b),
		Fields: []answer.Field{
			{
				Name: "phone", Label: "Mobile number", Kind: answer.Line, Most: 80,
				Hint: "Or a name or the last digits, of a patient who has been here",
			},
			{
				Name: "name", Label: "Name", Kind: answer.Line, Most: 80, Optional: true,
				Hint: "Of a new patient; first name is enough",
			},
			{
				Name: "type", Label: "Visit", Kind: answer.Choice, Options: types, Optional: true,
				Hint: "If it isn't that of their last visit",
			},
			{Name: "date", Label: "Date", Kind: answer.Date},
			{Name: "time", Label: "Time, at the clinic", Kind: answer.Time},
			{
				Name: "lang", Label: "Language", Kind: answer.Choice, Optional: true,
				Options: []answer.Option{
					{Value: "en", Text: "English"}, {Value: "es", Text: "Spanish"},
				},
			},
		},
	}
	if of != "" {
		form.Parts = []answer.Part{{Text: "A visit for " + of + "."}}
		form.Fields = form.Fields[1:]
	}
	return answer.Answer{Form: form}
}

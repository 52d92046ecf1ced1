package staff

import (
	"context"
	"strings"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// BookForm asks for what a booking needs.
type BookForm struct{}

func (BookForm) name() string { return "book_form" }

func (BookForm) do(_ context.Context, h *Handler, _ Asked) (answer.Answer, error) {
	var types []answer.Option
	for _, name := range h.Base.Clinic.Types() {
		types = append(types, answer.Option{Value: name, Text: strings.ReplaceAll(name, "_", " ")})
	}
	return answer.Answer{Form: &answer.Form{
		Title: "Book a visit", Submit: "Book", Do: Encode(Book{}),
		Fields: []answer.Field{
			{Name: "phone", Label: "Mobile number", Hint: "+1 212 555 0101", Most: 30},
			{Name: "name", Label: "Name", Hint: "First name is enough", Most: 80},
			{Name: "type", Label: "Visit", Kind: answer.Choice, Options: types},
			{Name: "date", Label: "Date", Kind: answer.Date},
			{Name: "time", Label: "Time, at the clinic", Kind: answer.Time},
			{
				Name: "lang", Label: "Language", Kind: answer.Choice, Value: "en",
				Options: []answer.Option{
					{Value: "en", Text: "English"}, {Value: "es", Text: "Spanish"},
				},
			},
		},
	}}, nil
}

// fill returns the booking that a form describes, or what is wrong in it. Slack itself requires
// every field, but it takes a number or a name of blanks.
func (Book) fill(h *Handler, values map[string]string) (Act, map[string]string) {
	b, wrong := Book{Type: values["type"], Lang: values["lang"]}, map[string]string{}
	phone, err := h.Phone(values["phone"])
	if err != nil {
		wrong["phone"] = "Give the number with its area code."
	}
	b.Who = Who(phone.E164())
	if b.Name = strings.Join(strings.Fields(values["name"]), " "); b.Name == "" {
		wrong["name"] = "Give a name."
	}
	if _, ok := h.Base.Clinic.VisitTypes[b.Type]; !ok {
		wrong["type"] = "Choose the visit."
	}
	if b.Lang != language.Spoken(b.Lang) {
		wrong["lang"] = "Choose the language."
	}
	switch b.Start, err = h.Start(values["date"]+" "+values["time"], h.Base.Clinic.Location()); {
	case values["date"] == "":
		wrong["date"] = "Choose the date."
	case values["time"] == "":
		wrong["time"] = "Choose the time."
	case err != nil:
		wrong["date"] = err.Error()
	case !b.Start.After(h.Now()):
		wrong["date"] = "That time has passed."
	}
	return b, wrong
}

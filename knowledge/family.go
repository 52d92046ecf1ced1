package knowledge

import (
	"strings"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// Kin is a visit of one of several patients with one phone, as a text to it says.
type Kin struct {
	Called   string // what to call the patient
	When     string // day and time, in words
	Prepare  string // how to prepare, in words; "" if the text doesn't say it
	AsksRide bool   // who drives them home is asked
	InPerson bool   // they come to the clinic
}

// familySuffix ends the name of a reminder that tells of several patients' visits.
const familySuffix = "_family"

// RemindFamily words a reminder of several patients' visits, each by name, and with each name what
// is that patient's own. first says that it is the first text that the number gets. fits is false
// if it has more than MostUnasked segments: then each patient is told by a text of their own.
func (b *Base) RemindFamily(kind string, kin []Kin, first bool, lang string) (
	body string, fits bool,
) {
	fill, err := b.family(kind, kin, lang)
	if err != nil {
		return "", false
	}
	name := replies.RemindPrefix + kind + familySuffix
	if _, known := b.replies[name]; !known {
		return "", false
	}
	if body, err = b.Reply(name, lang, fill); err != nil {
		return "", false
	}
	body = b.Opening(false) + strings.ReplaceAll(strings.TrimSpace(body), "  ", " ")
	if first {
		stop, err := b.Reply(replies.StopLine, lang, nil)
		if err != nil {
			return "", false
		}
		body += " " + stop
	}
	n, gsm := Segments(body)
	return body, gsm && n <= MostUnasked
}

// family returns the values of the placeholders of such a reminder.
func (b *Base) family(kind string, kin []Kin, lang string) (fill Fill, err error) {
	var list, rides []string
	person := true
	for _, k := range kin {
		one := k.Called + " " + k.When
		if kind == kinds.Prepare {
			one += ": " + k.Prepare
		}
		list = append(list, strings.TrimSpace(one))
		person = person && k.InPerson
		if k.AsksRide {
			rides = append(rides, k.Called)
		}
	}
	fill = Fill{
		"list": strings.Join(list, ", "), "prepare": "",
		"place": b.place(Reminder{InPerson: person}, lang),
	}
	if kind == kinds.Prepare {
		fill["list"] = strings.Join(list, " ")
	}
	if len(rides) > 0 {
		names, err := b.List(rides, lang)
		if err != nil {
			return nil, err
		}
		if fill["prepare"], err = b.Reply(replies.AskRideOf, lang, Fill{"name": names}); err != nil {
			return nil, err
		}
	}
	return fill, nil
}

// List joins parts of a sentence as its language does: "a, b and c".
func (b *Base) List(parts []string, lang string) (string, error) {
	if len(parts) < 2 {
		return strings.Join(parts, ""), nil
	}
	last := len(parts) - 1
	return b.Reply(replies.And, lang, Fill{
		"list": strings.Join(parts[:last], ", "), "last": parts[last],
	})
}

// greet returns the name in a reminder as sentences take it, with a space before.
func (b *Base) greet(r Reminder) string {
	if r.Called != "" {
		return " " + r.Called
	}
	return b.Greet(r.Name)
}

package contact

import (
	"cmp"
	"context"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Templates lists the texts that staff can send by name.
type Templates struct{}

func (Templates) Name() string { return "templates" }

func (Templates) Do(_ context.Context, k *act.Kit, _ act.Asked) (answer.Answer, error) {
	var rows [][]string
	for _, name := range k.Base.Templates() {
		// Filled as for a patient of whom nothing is known, to show how it reads.
		text, err := k.Base.Template(name, "en", knowledge.Fill{"first": "", "when": "(the next visit)"})
		if err != nil {
			return answer.Answer{}, err
		}
		rows = append(rows, []string{"!" + name, text})
	}
	return answer.Rows(nil, rows).Add(answer.Part{
		Small: "Send one with /clinic say 0101 !directions. It goes out in the patient's language.",
	}), nil
}

// worded returns the text that staff mean: what they wrote, or, after an exclamation mark, the
// template of that name in the patient's language, and what follows the name.
func worded(ctx context.Context, k *act.Kit, p handlers.Phone, text string) (string, error) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(text, "!"), " ")
	if !strings.HasPrefix(text, "!") || name == "" {
		return text, nil
	}
	s, err := k.Store.Peek(ctx, p)
	if err != nil {
		return "", err
	}
	lang, fill := s.Conversation.Lang, knowledge.Fill{"first": ""}
	for _, v := range s.Visits {
		if now := k.Now(); v.Open(now) && !v.Held() {
			lang = cmp.Or(lang, v.Lang)
			clock := knowledge.VisitClock(k.Base.Clinic, v.Type, v.Zone, now)
			fill["when"] = clock.When(v.Start, cmp.Or(lang, "en"))
			if len(s.Patients()) == 1 { // else it isn't known who of them is meant
				fill["first"] = k.Base.Greet(v.Name)
			}
			break
		}
	}
	out, err := k.Base.Template(strings.ToLower(name), cmp.Or(lang, "en"), fill)
	switch {
	case err != nil:
		return "", act.Usage("!%s isn't sent: they have no visit ahead that it could name.", name)
	case out == "":
		return "", act.Usage("There is no text !%s. There are !%s.", name,
			strings.Join(k.Base.Templates(), ", !"))
	}
	return strings.TrimSpace(out + " " + rest), nil
}

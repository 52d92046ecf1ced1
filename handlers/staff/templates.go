package staff

import (
	"cmp"
	"context"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/knowledge"
)

// Templates lists the texts that staff can send by name.
type Templates struct{}

func (Templates) name() string { return "templates" }

func (Templates) do(_ context.Context, h *Handler, _ Asked) (answer.Answer, error) {
	var rows [][]string
	for _, name := range h.Base.Templates() {
		// Filled as for a patient of whom nothing is known, to show how it reads.
		text, err := h.Base.Template(name, "en", knowledge.Fill{"first": "", "when": "(the next visit)"})
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
func (h *Handler) worded(ctx context.Context, p handlers.Phone, text string) (string, error) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(text, "!"), " ")
	if !strings.HasPrefix(text, "!") || name == "" {
		return text, nil
	}
	s, err := h.Store.Peek(ctx, p)
	if err != nil {
		return "", err
	}
	lang, fill := s.Conversation.Lang, knowledge.Fill{"first": ""}
	for _, v := range s.Visits {
		if now := h.Now(); v.Open(now) && !v.Held() {
			lang = cmp.Or(lang, v.Lang)
			clock := knowledge.VisitClock(h.Base.Clinic, v.Type, v.Zone, now)
			fill["when"] = clock.When(v.Start, cmp.Or(lang, "en"))
			if len(s.Patients()) == 1 { // else it isn't known who of them is meant
				fill["first"] = h.Base.Greet(v.Name)
			}
			break
		}
	}
	out, err := h.Base.Template(strings.ToLower(name), cmp.Or(lang, "en"), fill)
	switch {
	case err != nil:
		return "", usage("!%s isn't sent: they have no visit ahead that it could name.", name)
	case out == "":
		return "", usage("There is no text !%s. There are !%s.", name,
			strings.Join(h.Base.Templates(), ", !"))
	}
	return strings.TrimSpace(out + " " + rest), nil
}

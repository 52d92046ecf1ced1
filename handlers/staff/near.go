package staff

import (
	"context"
	"slices"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/staff/act"
)

// others are what people call acts that have another name here.
var others = [...]struct{ said, name string }{
	{"cancel", "off"},
	{"delete", "off"},
	{"remove", "off"},
	{"reschedule", "move"},
	{"text", "say"},
	{"sms", "say"},
	{"message", "say"},
	{"no-show", "noshow"},
	{"missed", "noshow"},
	{"here", "arrived"},
	{"came", "arrived"},
	{"search", "find"},
	{"who", "find"},
	{"list", "today"},
	{"visits", "today"},
	{"schedule", "today"},
	{"day", "today"},
	{"optout", "consent"},
}

// mostMeant is how many acts are offered for a name that is none.
const mostMeant = 3

// meant returns the names of the typed acts that somebody may have meant by a name that is none, the
// nearest first.
func meant(name string) (out []string) {
	name = strings.ToLower(name)
	for _, o := range others {
		if o.said == name {
			return []string{o.name}
		}
	}
	type near struct {
		name string
		far  int
	}
	var all []near
	for _, r := range table() {
		far := distance(name, r.Name())
		if len(name) > 2 && strings.HasPrefix(r.Name(), name) {
			far = 0
		}
		// Two slips in a short name make another name of it.
		if r.Help != "" && far <= min(2, len(r.Name())/3+1, len(name)/2) {
			all = append(all, near{r.Name(), far})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return a.far - b.far })
	for _, n := range all {
		if n.far == all[0].far && len(out) < mostMeant {
			out = append(out, n.name)
		}
	}
	return out
}

// distance counts the slips between two words, by Damerau and Levenshtein: a letter too many, too
// few or wrong, or two that have changed places.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
				continue
			case s[i-1] == t[j-1]:
				rows[i][j] = rows[i-1][j-1]
				continue
			}
			rows[i][j] = 1 + min(rows[i-1][j], rows[i][j-1], rows[i-1][j-1])
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				rows[i][j] = min(rows[i][j], 1+rows[i-2][j-2])
			}
		}
	}
	return rows[len(s)][len(t)]
}

// nearMiss answers a line whose first word is no act: what may have been meant, with a button that
// does it if it needs nothing that mustn't stand in one; or else all there is.
func (h *Handler) nearMiss(
	ctx context.Context, c handlers.Command, name, args string,
) (answer.Answer, error) {
	names := meant(name)
	if len(names) == 0 {
		help, _ := Help{}.Do(ctx, &h.Kit, act.Asked{})
		return answer.Say("There is no command %q.", name).Add(help.Parts...), nil
	}
	var buttons []answer.Button
	usages := make([]string, 0, len(names))
	for _, name := range names {
		r, _ := rowOf(name)
		usages = append(usages, "`/clinic "+r.Usage+"`")
		do, err := h.buttonOf(ctx, c, r, args)
		if err != nil {
			return answer.Answer{}, err
		}
		if do != "" {
			buttons = append(buttons, answer.Button{Text: "/clinic " + name, Do: do})
		}
	}
	out := answer.Say("There is no command %q. Did you mean %s?", name, strings.Join(usages, " or "))
	if len(buttons) > 0 {
		out = out.Add(answer.Part{Buttons: buttons})
	}
	return out, nil
}

// buttonOf returns the act of a line as a button carries it; "" if it can't be read, mustn't be given
// here, or holds a number, a name or words.
func (h *Handler) buttonOf(
	ctx context.Context, c handlers.Command, r act.Row, args string,
) (string, error) {
	it, wrong := r.Parse(&h.Kit, args)
	if wrong != nil || r.Desk && !c.FromDesk {
		return "", nil
	}
	if _, is := it.(act.About); !is {
		if r.Desk && args != "" && r.Name() != "today" { // words that only their act could judge
			return "", nil
		}
		return act.Encode(it), nil
	}
	of, is := it.(act.Choosable)
	if !is || of.For("") == nil {
		return "", nil
	}
	phones, err := h.Numbers(ctx, it.(act.About).About())
	if err != nil || len(phones) != 1 { // whom isn't clear, or nobody: the line says it when it is typed
		return "", nil
	}
	who, err := h.Ref(ctx, phones[0])
	return act.Encode(of.For(who)), err
}

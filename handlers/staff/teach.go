package staff

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/knowledge"
)

// mostTaught is how long a taught wording may be, in characters: a question, not a story.
const mostTaught = 160

// Teach adds a wording to an entry, so that the bot recognises it. What is taught is kept for good
// and shown to all staff, so it must not name a patient. Only numbers can be recognised: seven
// digits are a phone number without its area code.
type Teach struct {
	Entry string `json:"entry"`
	Ask   string `json:"ask"`
}

func (Teach) name() string { return "teach" }

func parseTeach(_ *Handler, args string) (Act, error) {
	entry, ask, _ := strings.Cut(args, " ")
	return Teach{entry, strings.Join(strings.Fields(ask), " ")}, nil
}

func (t Teach) do(ctx context.Context, h *Handler, a Asked) (out answer.Answer, err error) {
	entry, ask := t.Entry, t.Ask
	switch {
	case h.Base.Entry(entry) == nil:
		return out, usage("There is no entry %q. /clinic ask shows the nearest ones.", entry)
	case ask == "" || utf8.RuneCountInString(ask) > mostTaught:
		return out, usage("Say the wording, in %d characters at most.", mostTaught)
	// Counted wherever they stand: "5 5 5, 0101" is a number too.
	case strings.Count(strings.Map(digit, ask), "0") >= 7:
		return out, usage("Leave the number out: a wording must not hold what names a patient.")
	}
	err = h.School.Teach(ctx, knowledge.Taught{
		Entry: entry, Ask: ask, By: a.User, At: h.Now().Format(time.DateOnly),
	})
	if err != nil {
		return out, err
	}
	return answer.Say(
		"Learnt, and known within seconds: %q asks for %s. Write it into faq/ to keep it.", ask,
		entry,
	), nil
}

// digit maps every digit to 0, so that they can be counted.
func digit(r rune) rune {
	if r >= '0' && r <= '9' {
		return '0'
	}
	return r
}

// Forget takes a taught wording back. Its spaces are normalised as those of Teach are, or it
// wouldn't be found.
type Forget struct {
	Ask string `json:"ask"`
}

func (Forget) name() string { return "forget" }

func parseForget(_ *Handler, args string) (Act, error) {
	return Forget{strings.Join(strings.Fields(args), " ")}, nil
}

func (f Forget) do(ctx context.Context, h *Handler, _ Asked) (out answer.Answer, err error) {
	ok, err := h.School.Forget(ctx, f.Ask)
	if err != nil {
		return out, err
	}
	if !ok {
		return out, usage("%q wasn't taught. /clinic taught lists what was.", f.Ask)
	}
	return answer.Say("Forgotten: %q.", f.Ask), nil
}

// Taught lists the wordings that were taught, for somebody to write them into the files.
type Taught struct{}

func (Taught) name() string { return "taught" }

func (Taught) do(ctx context.Context, h *Handler, _ Asked) (out answer.Answer, err error) {
	all, err := h.School.Taught(ctx)
	if err != nil {
		return out, err
	}
	if len(all) == 0 {
		return answer.Say("Nothing was taught since the files were written."), nil
	}
	var rows [][]string
	for _, t := range all {
		rows = append(rows, []string{t.Entry, t.Ask, t.By, t.At})
	}
	return answer.Rows(nil, rows), nil
}

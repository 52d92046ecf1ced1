package staff

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// mostTaught is how long a taught wording may be, in characters: a question, not a story.
const mostTaught = 160

// teach adds a wording to an entry, so that the bot recognises it. What is taught is kept for good
// and shown to all staff, so it must not name a patient. Only numbers can be recognised: seven
// digits are a phone number without its area code.
func (h *Handler) teach(ctx context.Context, c handlers.Command, args string) (string, error) {
	entry, ask, _ := strings.Cut(args, " ")
	ask = strings.Join(strings.Fields(ask), " ")
	switch {
	case h.Base.Entry(entry) == nil:
		return "", usage("There is no entry %q. /clinic ask shows the nearest ones.", entry)
	case ask == "" || utf8.RuneCountInString(ask) > mostTaught:
		return "", usage("Say the wording, in %d characters at most.", mostTaught)
	// Counted wherever they stand: "5 5 5, 0101" is a number too.
	case strings.Count(strings.Map(digit, ask), "0") >= 7:
		return "", usage("Leave the number out: a wording must not hold what names a patient.")
	}
	err := h.School.Teach(ctx, knowledge.Taught{
		Entry: entry, Ask: ask, By: c.User, At: h.Now().Format(time.DateOnly),
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf(
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

// forget takes a taught wording back. Spaces are normalised as teach does, or it wouldn't be found.
func (h *Handler) forget(ctx context.Context, _ handlers.Command, ask string) (string, error) {
	ask = strings.Join(strings.Fields(ask), " ")
	ok, err := h.School.Forget(ctx, ask)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", usage("%q wasn't taught. /clinic taught lists what was.", ask)
	}
	return fmt.Sprintf("Forgotten: %q.", ask), nil
}

// taught lists the wordings that were taught, for somebody to write them into the files.
func (h *Handler) taught(ctx context.Context, _ handlers.Command, _ string) (string, error) {
	all, err := h.School.Taught(ctx)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "Nothing was taught since the files were written.", nil
	}
	return grid(func(line func(...string)) {
		for _, t := range all {
			line(t.Entry, t.Ask, t.By, t.At)
		}
	}), nil
}

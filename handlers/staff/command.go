package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// command is one row of the table that dispatch, help and permission go by.
type command struct {
	usage string // its name first
	help  string
	desk  bool // only in the desk's channels: it shows or reaches patients
	run   func(h *Handler, ctx context.Context, c handlers.Command, args string) (string, error)
}

func (c command) name() string {
	name, _, _ := strings.Cut(c.usage, " ")
	return name
}

// table is every /clinic command.
func table() []command {
	const anywhere, desk = false, true
	const waitlist = "waitlist add LAST4|PHONE TYPE [from DATE] [notice 24h] | list | " +
		"remove LAST4|PHONE [TYPE]"
	return []command{
		{"help", "what you can do here", anywhere, (*Handler).help},
		{"today", "today's visits, and who has confirmed", desk, (*Handler).today},
		{
			"ask QUESTION", "what the bot would answer; nothing is sent",
			anywhere, (*Handler).ask,
		},
		{
			"book PHONE DATE TIME TYPE [en|es] NAME",
			"book a visit; without arguments a form opens", desk, (*Handler).book,
		},
		{
			"off LAST4|PHONE [DATE TIME]",
			"take a visit off; its time is offered to the waitlist", desk, (*Handler).off,
		},
		{waitlist, "who is texted when a time becomes free", desk, (*Handler).waitlist},
		{
			"say PHONE TEXT",
			"text a patient; the conversation is yours until you hand it back",
			desk, (*Handler).say,
		},
		{
			"consent LAST4",
			"whether a number may be texted: who said so, when, in which words",
			desk, (*Handler).consent,
		},
		{
			"why LAST4",
			"why a number got each text and offer, or didn't; and what is planned",
			desk, (*Handler).why,
		},
		{"failed", "texts that failed and that nobody has seen to", desk, (*Handler).failed},
		{"retry CODE|all", "send a failed text again", desk, (*Handler).retry},
		{"dismiss CODE|all", "take a failed text off the list", desk, (*Handler).dismiss},
		{
			"teach ENTRY WORDING",
			"add a wording to an entry, without anything that names a patient",
			desk, (*Handler).teach,
		},
		{"forget WORDING", "take a taught wording back", desk, (*Handler).forget},
		{"taught", "what was taught and isn't in the files yet", desk, (*Handler).taught},
		{
			"status", "what waits, and whether Redis, Twilio and Slack answer",
			anywhere, (*Handler).status,
		},
	}
}

// Command answers a /clinic command, as plain text for the one who gave it. Bad input is answered,
// not an error.
func (h *Handler) Command(ctx context.Context, c handlers.Command) (string, error) {
	name, args, _ := strings.Cut(strings.TrimSpace(c.Text), " ")
	if name == "" {
		name = "help"
	}
	for _, row := range table() {
		if row.name() != strings.ToLower(name) {
			continue
		}
		if row.desk && !c.FromDesk {
			return "`/clinic " + row.name() + "` shows or reaches patients: " +
				"give it in the desk's channel.", nil
		}
		h.Log.Info("command", "name", row.name(), "user", c.User)
		out, err := row.run(h, ctx, c, strings.TrimSpace(args))
		var usage errUsage
		if errors.As(err, &usage) {
			return fmt.Sprintf("%s\nUsage: `/clinic %s`", usage.what, row.usage), nil
		}
		return out, err
	}
	help, _ := h.help(ctx, c, "")
	return fmt.Sprintf("There is no command %q.\n%s", name, help), nil
}

func (h *Handler) help(context.Context, handlers.Command, string) (string, error) {
	return grid(func(line func(cells ...string)) {
		for _, row := range table() {
			line("/clinic "+row.usage, row.help)
		}
	}), nil
}

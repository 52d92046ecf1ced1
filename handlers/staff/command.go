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
	name, usage, help string
	desk              bool // only in the desk's channels: it shows or reaches patients
	run               func(
		h *Handler, ctx context.Context, c handlers.Command, args string,
	) (string, error)
}

// table is every /clinic command.
func table() []command {
	return []command{
		{"help", "help", "what you can do here", false, (*Handler).help},
		{"today", "today", "today's visits, and who has confirmed", true, (*Handler).today},
		{
			"ask", "ask QUESTION", "what the bot would answer; nothing is sent", false,
			(*Handler).ask,
		},
		{
			"book", "book PHONE DATE TIME TYPE [en|es] NAME",
			"book a visit; without arguments a form opens", true, (*Handler).book,
		},
		{
			"off", "off LAST4|PHONE [DATE TIME]",
			"take a visit off; its time is offered to the waitlist", true, (*Handler).off,
		},
		{
			"waitlist",
			"waitlist add LAST4|PHONE TYPE [from DATE] [notice 24h] | list | " +
				"remove LAST4|PHONE [TYPE]",
			"who is texted when a time becomes free", true, (*Handler).waitlist,
		},
		{
			"say", "say PHONE TEXT",
			"text a patient; the conversation is yours until you hand it back", true,
			(*Handler).say,
		},
		{
			"consent", "consent LAST4",
			"whether a number may be texted: who said so, when, in which words", true,
			(*Handler).consent,
		},
		{
			"why", "why LAST4",
			"why a number got each text and offer, or didn't; and what is planned", true,
			(*Handler).why,
		},
		{
			"failed", "failed", "texts that failed and that nobody has seen to", true,
			(*Handler).failed,
		},
		{"retry", "retry CODE|all", "send a failed text again", true, (*Handler).retry},
		{
			"dismiss", "dismiss CODE|all", "take a failed text off the list", true,
			(*Handler).dismiss,
		},
		{
			"teach", "teach ENTRY WORDING",
			"add a wording to an entry, without anything that names a patient", true,
			(*Handler).teach,
		},
		{"forget", "forget WORDING", "take a taught wording back", true, (*Handler).forget},
		{"taught", "taught", "what was taught and isn't in the files yet", true, (*Handler).taught},
		{
			"status", "status", "what waits, and whether Redis, Twilio and Slack answer", false,
			(*Handler).status,
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
		if row.name != strings.ToLower(name) {
			continue
		}
		if row.desk && !c.FromDesk {
			return "`/clinic " + row.name + "` shows or reaches patients: " +
				"give it in the desk's channel.", nil
		}
		h.Log.Info("command", "name", row.name, "user", c.User)
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

package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// command is a row of the table from which commands are run, explained and permitted.
type command struct {
	usage string // its name first, as staff type it
	help  string
	desk  bool // only in the desk's channels, since it shows or reaches patients
	// run returns the answer. args is what follows the name, without spaces around it. An errUsage
	// is shown to whoever gave the command, with the usage; any other error is the caller's.
	run func(h *Handler, ctx context.Context, c handlers.Command, args string) (string, error)
}

// name returns the first word of the usage.
func (c command) name() string {
	name, _, _ := strings.Cut(c.usage, " ")
	return name
}

// table returns every /clinic command, in the order of the help. It is a func since help, one of
// its rows, reads it.
func table() []command {
	const anywhere, desk = false, true // of command.desk
	// The form that "book" opens without arguments is Slack's own: the command gets here with a
	// line to parse, or empty if the form couldn't be opened.
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
		{
			"link PHONE|none FEED CODE [= NAME]",
			"say whose visits are that a feed gives under a name or code without a number",
			desk, (*Handler).link,
		},
		{waitlist, "who is texted when a time becomes free", desk, (*Handler).waitlist},
		{
			"say PHONE TEXT",
			"text a patient; the conversation is yours until you hand it back",
			desk, (*Handler).say,
		},
		{
			"consent LAST4|PHONE [given HOW]",
			"whether a number may be texted: who said so, when, in which words; or record that " +
				"they consented, at intake say",
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

// Command runs a /clinic command and returns the answer, plain text for whoever gave it. Bad input,
// an unknown name and a command that isn't permitted in this channel are answered too; an error
// means that the store or another part failed. Names are matched in any case.
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
		// Without the arguments, which hold numbers and words for patients.
		h.Log.Info("command", "name", row.name(), "user", c.User)
		args = strings.TrimSpace(args)
		if row.desk { // the others neither show a patient's matters nor act on them
			if err := h.recordCommand(ctx, c, row.name(), args); err != nil {
				return "", err
			}
		}
		out, err := row.run(h, ctx, c, args)
		var usage errUsage
		if errors.As(err, &usage) {
			return fmt.Sprintf("%s\nUsage: `/clinic %s`", usage.what, row.usage), nil
		}
		return out, err
	}
	help, _ := h.help(ctx, c, "")
	return fmt.Sprintf("There is no command %q.\n%s", name, help), nil
}

// help lists the commands. It shows those of the desk in every channel: the refusal says where to
// give them.
func (h *Handler) help(context.Context, handlers.Command, string) (string, error) {
	return grid(func(line func(cells ...string)) {
		for _, row := range table() {
			line("/clinic "+row.usage, row.help)
		}
	}), nil
}

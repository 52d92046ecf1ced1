package staff

import (
	"context"
	"errors"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// table returns every act, those that are typed in the order of the help. It is a func since help,
// one of its rows, reads it.
func table() []row {
	const anywhere, desk = false, true // of row.desk
	const list = "waitlist add LAST4|PHONE TYPE [from DATE] [notice 24h] | list | " +
		"remove LAST4|PHONE [TYPE]"
	return []row{
		{"help", "what you can do here", anywhere, bare[Help], as[Help]},
		{"today", "today's visits, and who has confirmed", desk, bare[Today], as[Today]},
		{"ask QUESTION", "what the bot would answer; nothing is sent", anywhere, parseAsk, as[Ask]},
		// The form that "book" opens without arguments is Slack's own: the line gets here empty if
		// it couldn't be opened.
		{
			"book PHONE DATE TIME TYPE [en|es] NAME",
			"book a visit; without arguments a form opens", desk, parseBook, as[Book],
		},
		{
			"off LAST4|PHONE [DATE TIME]",
			"take a visit off; its time is offered to the waitlist", desk, parseOff, as[Off],
		},
		{
			"link PHONE|none FEED CODE [= NAME]",
			"say whose visits are that a feed gives under a name or code without a number",
			desk, parseLink, as[Link],
		},
		{list, "who is texted when a time becomes free", desk, parseWaitlist, as[WaitlistList]},
		{usage: "waitlist_add", desk: desk, decode: as[WaitlistAdd]},
		{usage: "waitlist_remove", desk: desk, decode: as[WaitlistRemove]},
		{
			"say PHONE TEXT", "text a patient; the conversation is yours until you hand it back",
			desk, parseSay, as[Say],
		},
		{
			"consent LAST4|PHONE [given HOW]",
			"whether a number may be texted: who said so, when, in which words; or record that " +
				"they consented, at intake say",
			desk, parseConsent, as[Consent],
		},
		{
			"why LAST4", "why a number got each text and offer, or didn't; and what is planned",
			desk, parseWhy, as[Why],
		},
		{
			"failed", "texts that failed and that nobody has seen to", desk,
			bare[Failed], as[Failed],
		},
		{"retry CODE|all", "send a failed text again", desk, parseRetry, as[Retry]},
		{"dismiss CODE|all", "take a failed text off the list", desk, parseDismiss, as[Dismiss]},
		{
			"teach ENTRY WORDING",
			"add a wording to an entry, without anything that names a patient",
			desk, parseTeach, as[Teach],
		},
		{"forget WORDING", "take a taught wording back", desk, parseForget, as[Forget]},
		{
			"taught", "what was taught and isn't in the files yet", desk, bare[Taught],
			as[Taught],
		},
		{
			"status", "what waits, and whether Redis, Twilio and Slack answer", anywhere,
			bare[Status], as[Status],
		},
	}
}

// Command carries out a typed /clinic line and returns the answer for whoever gave it. Bad input, an
// unknown name and an act that isn't permitted in this channel are answered too; an error means that
// the store or another part failed. Names are matched in any case.
func (h *Handler) Command(ctx context.Context, c handlers.Command) (answer.Answer, error) {
	name, args, _ := strings.Cut(strings.TrimSpace(c.Text), " ")
	if name == "" {
		name = "help"
	}
	r, ok := rowOf(name)
	if !ok || r.parse == nil {
		help, _ := Help{}.do(ctx, h, Asked{})
		return answer.Say("There is no command %q.", name).Add(help.Parts...), nil
	}
	asked := Asked{ID: c.ID, User: c.User, FromDesk: c.FromDesk}
	var err error
	asked.Act, err = r.parse(h, strings.TrimSpace(args))
	var wrong errUsage
	switch {
	case errors.As(err, &wrong) && (c.FromDesk || !r.desk):
		return h.wrong(r, wrong), nil
	case asked.Act == nil: // said before how it is typed: it may be given at the desk only
		asked.Act, _ = r.decode([]byte("{}"))
	}
	return h.Do(ctx, asked)
}

// Help lists the acts that are typed. It shows those of the desk in every channel: the refusal says
// where to give them.
type Help struct{}

func (Help) name() string { return "help" }

func (Help) do(context.Context, *Handler, Asked) (answer.Answer, error) {
	var rows [][]string
	for _, r := range table() {
		if r.help != "" {
			rows = append(rows, []string{"/clinic " + r.usage, r.help})
		}
	}
	return answer.Rows(nil, rows), nil
}

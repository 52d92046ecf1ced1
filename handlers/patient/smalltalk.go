package patient

import (
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// courtesy stays silent: thanks and ok end a conversation, and a bot that answers them never stops.
func courtesy(b *builder) { b.e.Reply.Kind = kinds.Courtesy }

// hello answers a greeting: one that meets silence looks like a number that nobody reads.
func hello(b *builder) {
	courtesy(b)
	b.say(replies.Hello, nil)
}

// glad answers good news. The desk can read it; nothing is left to do.
func glad(b *builder, in intent.Intent) {
	courtesy(b)
	b.say(replies.Glad, nil)
	if b.resource(in) {
		b.join()
	}
	b.tell(kinds.Courtesy, "Writes that they are better, or grateful.", false)
}

// chat stays silent on small talk, and leaves the desk a line to read. No case waits for it.
func chat(b *builder, in intent.Intent) {
	courtesy(b)
	b.resource(in)
	b.tell(kinds.Courtesy, "Writes, and asks nothing.", false)
}

// lost hands a patient who doesn't understand us to a person, since the same words wouldn't help.
func lost(b *builder, in intent.Intent) {
	title := "Doesn't understand what the bot wrote."
	if in.Last != "" {
		title = "Doesn't understand the answer about " + in.Last + "."
	}
	toPerson(b, replies.Explain, title)
}

// help says who we are, unless the carrier has answered the HELP itself.
func help(b *builder) {
	if b.text.OptOut == "" {
		b.say(replies.Help, nil)
	}
}

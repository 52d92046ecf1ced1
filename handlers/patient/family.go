package patient

import (
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// first returns a patient's first name as sentences take it, with a space before. On a phone that
// several patients share, nobody is greeted: who writes isn't known, and the visit has the name.
func (b *builder) first(name string) string {
	if len(b.in.Patients) > 1 {
		return ""
	}
	return b.base.Greet(name)
}

// whose adds to a visit's time whose it is, if several patients share the phone.
func (b *builder) whose(name, when string) string {
	if len(b.in.Patients) < 2 {
		return when
	}
	called := handlers.Called(b.base, name, b.in.Patients)
	if called == "" {
		return when
	}
	out, err := b.base.Reply(replies.OfPatient, b.in.Lang, knowledge.Fill{
		"when": when, "name": called,
	})
	if err != nil {
		b.err = err
	}
	return out
}

// list joins parts of a sentence as its language does: "a, b and c".
func (b *builder) list(parts []string, lang string) string {
	s, err := b.base.List(parts, lang)
	if err != nil {
		b.err = err
	}
	return s
}

// whichPatient asks whose visit is meant, by name. The last choice is all of them; no text that was
// read as one act may do another, so it is left out where a visit had no place in the list.
func whichPatient(b *builder, in intent.Intent, say string) {
	var list []string
	b.talk.Choices = nil
	for _, v := range in.Visits {
		called := handlers.Called(b.base, v.Name, in.Patients)
		list = append(list, strings.TrimSpace(called+" "+b.plainWhen(v)))
		b.talk.Choices = append(b.talk.Choices, intent.Choice(in.Change, v.ID))
	}
	all := replies.Both
	if len(in.Visits) > 2 {
		all = replies.AllOfThem
	}
	if in.All {
		name, err := b.base.Reply(all, in.Lang, nil)
		if err != nil {
			b.err = err
		}
		list = append(list, name)
		b.talk.Choices = append(b.talk.Choices, intent.ChoiceOfAll(in.Change, in.Visits))
	}
	b.choose(say, list)
}

// whichRide asks whose ride home an answer is about.
func whichRide(b *builder, in intent.Intent) {
	say := replies.WhichRide
	if in.Change == screen.RideHelp {
		say = replies.WhichRideHelp
	}
	whichPatient(b, in, say)
}

// mixed hands a text to a person that says something of several patients, but not plainly of whom.
func mixed(b *builder, in intent.Intent) {
	about := "their visits"
	if in.Change != "" {
		about += " (" + in.Change + ")"
	}
	b.talk.Choices = nil
	b.e.Reply.Kind = kinds.Handoff
	if in.Quiet {
		return
	}
	b.say(replies.MixedUp, knowledge.Fill{"by": b.by()})
	b.tell(kinds.Handoff, "Several patients share this phone. Writes about "+about+
		", and who does what isn't plain. Nothing was changed: read it, and ask.", true)
}

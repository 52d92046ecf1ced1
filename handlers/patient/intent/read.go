package intent

import (
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
)

// Read reads a text. It always returns an act: what nothing else fits is Ask, and so a person's if
// no entry answers it.
func Read(in Input) Intent {
	k := know(in)
	i := Intent{
		Kind: kinds.Machine, Words: k.Words, Lang: language.Spoken(k.State.Conversation.Lang),
		Talk: k.State.Conversation, State: k.State, Ahead: k.ahead,
		About: k.inQuestion(),
	}
	if k.shared() {
		i.Patients = k.patients
	}
	switch {
	case k.Words.Silent(): // before anything is counted: it is nobody's word
		i.Act = Silent
		return i
	case k.Text.Sender != "":
		return k.stranger(i)
	}
	i.Talk = k.counted(i.Talk)
	if k.echoes(i.Talk.SameTimes) {
		return k.echo(i)
	}
	return k.read(i)
}

// read reads what a number's own words mean, and what of the conversation they change.
func (k known) read(i Intent) Intent {
	i.Talk = k.together(i.Talk)
	v := k.verdict(i.Talk.Burst)
	i.Said, i.Kind = v, v.Kind
	i.Lang = k.language(v)
	i.Overtaken, i.Late = k.overtaken(), k.late()
	i.Dated = i.Late || k.Text.Fetched && InDanger(v)
	i.Talk.Lang, i.Talk.At, i.Talk.Channel = i.Lang, k.wrote(), k.Text.Channel
	i.Last = k.last()
	// Danger that was fetched is handled like a late text even if it is young: the patient may have
	// had the words since.
	if i.Dated {
		i = k.inRetrospect(i)
	} else {
		i = k.inTime(i)
	}
	if i.Act == Paused || i.Act == JoinAlarm {
		i.Said.Concern = false // whoever has the alarm reads it
	}
	if i.Act == Ask || i.Act == Repeat {
		i = k.question(i)
	}
	return i
}

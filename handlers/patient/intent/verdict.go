package intent

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/clean"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

const (
	// OneGo is how soon a text must follow to be read together with the one before: people press
	// send in mid-sentence.
	OneGo = 20 * time.Second
	// mostBurst bounds how many texts are read together.
	mostBurst = 4
)

// together returns the conversation with the text added to what was written just before it, or
// alone in a new burst.
func (k known) together(talk handlers.Conversation) handlers.Conversation {
	apart := k.wrote().Sub(k.State.Conversation.At) > OneGo || k.overtaken()
	if apart || len(talk.Burst) >= mostBurst {
		talk.Burst, talk.HandedOver = nil, false
	}
	talk.Burst = append(talk.Burst[:len(talk.Burst):len(talk.Burst)], k.Text.Body)
	return talk
}

// verdict returns what the text says, from this patient. burst is all that was written in one go,
// the text last. Each step fits the verdict to one thing that is known; the carrier's word comes
// after what is only a reading, and danger in the burst after all.
func (k known) verdict(burst []string) screen.Verdict {
	v := k.toPatients(k.inContext())
	v = k.toChoices(v)
	v = k.toRideQuestion(v)
	v = k.toCarrier(v)
	v = k.inBurst(v, burst)
	v.Resource = v.Resource && !v.Concern // a concern's own line is enough
	return v
}

// inContext returns what the text says from somebody with these visits and offers. Without any, a
// "C" confirms nothing and a "can't make it" gives nothing up.
func (k known) inContext() screen.Verdict {
	offer := len(k.offers) > 0
	v := k.Words.In(screen.Context{
		Visit: len(k.ahead) > 0 || offer,
		Offer: offer || k.ended("") != nil,
	})
	if len(k.ahead) == 0 && !offer && len(k.near()) > 0 {
		// A visit that has begun can't be confirmed any more, but one can be late for it.
		if late := k.Words.In(screen.Context{Visit: true}); late.Kind == kinds.Late {
			return late
		}
	}
	return v
}

// toChoices drops a wish for another time from a text that may name one of the open choices: "the
// 2nd" only looks like a day to move a visit to, so it moves none.
func (k known) toChoices(v screen.Verdict) screen.Verdict {
	choice := func(n clean.Number) bool {
		return n.Kind == clean.Date && n.Value == 0 &&
			int(n.Second) <= len(k.State.Conversation.Choices)
	}
	if v.Kind == kinds.Reschedule && !v.Named() && few(k.Words.Body) &&
		slices.ContainsFunc(k.Words.Numbers, choice) {
		v.Kind, v.Rule = "", ""
	}
	return v
}

// toRideQuestion fits the verdict to an open question who drives the patient home. What only looks
// like something else ("i don't have anyone") gives way to what was asked, and the desk hears of it
// either way. Danger that is none of its answers stands.
func (k known) toRideQuestion(v screen.Verdict) screen.Verdict {
	if len(k.asksRide()) == 0 {
		return v
	}
	answer, whole := k.Base.Ride(k.body())
	if answer == "" || Stands(v, k.Text.Body) {
		return v
	}
	if likely := !v.Named(); whole || likely {
		switch v.Kind {
		case kinds.Crisis, kinds.Emergency, kinds.Clinical, kinds.Help, kinds.Start:
			v.Kind, v.Rule = "", ""
		}
		v.Concern = v.Concern && !whole // "nobody" is no cry for help to who was asked who drives
	}
	if len(strings.Fields(k.Text.Body)) < 3 { // "uber": too short to be a sign of the language
		v.Lang = ""
	}
	return v
}

// toCarrier takes the carrier's word: a number that it has opted out or in is so here too, in
// whatever words it asked. Otherwise the bot would plan texts that the carrier refuses. Beside
// danger the opt-out is only noted, and recorded by keepOptOut of package patient.
func (k known) toCarrier(v screen.Verdict) screen.Verdict {
	switch {
	case InDanger(v):
		if k.Text.OptOut == "STOP" {
			v.Also = append(v.Also[:len(v.Also):len(v.Also)], kinds.Stop)
		}
	case k.Text.OptOut == "STOP":
		v.Kind = kinds.Stop
	case k.Text.OptOut == "START" && k.State.Consent.Out:
		v.Kind = kinds.Start
	}
	return v
}

// inBurst adds what the text says together with what was written just before it: a sentence may be
// cut in two, and danger in the whole of it counts. A text that acts by itself is left as it is.
func (k known) inBurst(v screen.Verdict, burst []string) screen.Verdict {
	names := k.whose.plain && k.whose.names() // it says whose, and nothing else
	if !small(v.Kind) || len(burst) < 2 || names || k.State.Urgent() != nil {
		return v
	}
	whole := k.Base.Read(strings.Join(burst, " "), nil)
	if InDanger(whole.Verdict) {
		v = whole.Verdict
	}
	// An open concern has been told of.
	v.Concern = v.Concern || whole.Concern && k.State.Concern() == nil
	return v
}

// small reports whether a text of this kind says nothing by itself that must be acted on.
func small(kind string) bool {
	return kind == "" || kind == kinds.Courtesy || kind == kinds.Greeting || kind == kinds.Chat
}

// language returns the language to answer in: that of the text; if it is too short to tell, that of
// the conversation, then of the visits, then English.
func (k known) language(v screen.Verdict) string {
	lang := v.Lang
	if lang == "" {
		lang = k.State.Conversation.Lang
	}
	for _, visit := range k.State.Visits {
		if lang == "" {
			lang = visit.Lang
		}
	}
	return language.Spoken(lang)
}

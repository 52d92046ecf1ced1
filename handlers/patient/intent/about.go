package intent

import (
	"regexp"
	"strings"

	"github.com/beacon-clinic/beacon/handlers"
)

// The entries that a question about a visit of one's own is answered with. Their ids stand in faq/.
const (
	nextVisit = "next_appointment"
	fasting   = "prep_fasting"
)

// inQuestion returns the visits ahead that a question can be about, soonest first: of those whom
// the text names on a shared phone, and of the day or hour that it names, if there is one then.
func (k known) inQuestion() (out []handlers.Visit) {
	for _, v := range k.ahead {
		if k.whose.of(v.Name) {
			out = append(out, v)
		}
	}
	if named, names := k.named(out); names && len(named) > 0 {
		return named
	}
	return out
}

// ownVisit returns the entry that answers a text which plainly asks of the writer's own visit, in
// words that name no subject to be found by: "is it the 2nd or the 3rd", "until when can i drink".
// It is "" for any other text, and for a writer without a visit that it could be about.
func (k known) ownVisit() string {
	if len(k.inQuestion()) == 0 {
		return ""
	}
	text := strings.Join(wordsOf(k.full.Body), " ")
	if k.whose.names() && ofSomebody.MatchString(text) && k.Base.Entry(nextVisit) != nil {
		return nextVisit
	}
	for _, one := range []struct {
		asks *regexp.Regexp
		id   string
	}{
		{asks: eitherDay, id: nextVisit},
		{asks: whatTime, id: nextVisit},
		{asks: thatDay, id: nextVisit},
		{asks: untilWhen, id: fasting},
	} {
		if one.asks.MatchString(text) && k.Base.Entry(one.id) != nil && k.rules(one.id) {
			return one.id
		}
	}
	return ""
}

// maySayAlcohol reports whether such a question speaks of drinking and not of what: the answer that
// its words have by themselves, about alcohol, is then given as well.
func (k known) maySayAlcohol() bool {
	return onlyDrinks.MatchString(strings.Join(wordsOf(k.full.Body), " "))
}

// onlyDrinks ends on drinking, or on when.
var onlyDrinks = regexp.MustCompile(
	`\b(?:drink|drinking|beber|tomar)(?: (?:until|till|tomorrow|today|beforehand|before|my|the|` +
		`visit|appointment|appt|infusion|treatment|session|please|pls|again|thanks|manana|hoy|` +
		`antes|de|mi|la|cita|visita))*$`,
)

// rules reports whether there is something to answer: of an entry on what to leave off, whether a
// visit has such a rule.
func (k known) rules(id string) bool {
	for _, v := range k.inQuestion() {
		p := k.Base.Clinic.VisitTypes[v.Type].Prepare
		if id != fasting || p.Solids > 0 || p.Liquids > 0 {
			return true
		}
	}
	return false
}

// The words of such questions, as wordsOf gives them. Each covers the whole text: one word more may
// make it another question.
var (
	// eitherDay: "is it the 2nd or the 3rd", "was it at 2 or 3 pm", "es el martes o el miercoles".
	eitherDay = asks(`(?:is|was|isnt|wasnt|am|are|es|era|fue|seria) ` +
		`(?:(?:it|that|i|we|my|mi|visit|appointment|appt|cita|visita|on|in|coming|scheduled|booked|set|` +
		`down|for) )*` + aDay + ` (?:or|o|u) (?:is it |es )?` + aDay)
	// whatTime: "what time should i arrive", "date and time of my visit", "a que hora tengo que estar".
	whatTime = asks(`(?:(?:what|which) (?:time|day|date)|when) (?:do|should|must|am|will|are) (?:i|we) ` +
		`(?:(?:need|have|supposed|scheduled|expected|booked|to|be|there|here|in|arrive|come|get|show|` +
		`up) ?)*(?:` + aDay + `)?|(?:the )?(?:date|day|time)(?: and (?:date|day|time))? (?:of|for) ` +
		`(?:my|our) (?:next )?(?:visit|appointment|appt)|(?:a que hora|que dia|cuando) (?:tengo que|` +
		`debo|hay que|me toca|voy a|voy)(?: (?:estar|llegar|ir|venir|ahi|alli|la cita|mi cita))*` +
		`(?: ` + aDay + `)?|(?:when is it|(?:a que hora|cuando) (?:es|seria))(?: ` + aDay + `)?`)
	// thatDay: "am i still on for today", "is it at 2", "mi cita es mañana". A wish isn't among them.
	thatDay = asks(`(?:(?:am i|are we) (?:still )?(?:on|booked|scheduled|set|down|coming)|` +
		`(?:is|was) (?:it|that|` + aVisit + `)(?: still)?(?: on| set| scheduled)?|do (?:i|we) ` +
		`(?:still )?have ` + aVisit + `|i thought (?:it|` + aVisit + `) (?:is|was)|` +
		`(?:(?:mi|la) (?:cita|visita) )?(?:es|era|sera|sigue en pie)(?: (?:mi|la) (?:cita|visita))?|` +
		`me toca|tengo (?:una )?(?:cita|visita)|sigo en pie)` + days + `(?: (?:right|correct|no|` +
		`verdad|cierto))?|(?:` + aVisit + ` (?:is|was)|it s|its|mi cita es|es)` + days +
		` (?:right|correct|yes|no|verdad|cierto)|do (?:i|we) (?:still )?have ` + aVisit +
		`|(?:mi cita )?sigue en pie(?: (?:mi|la) cita)?`)
	// ofSomebody: "when is Ben's appointment", "a que hora va Ben".
	ofSomebody = asks(`(?:what (?:time|day)|when) (?:is|does) (?:\w+ ?){1,3}` +
		`(?: (?:visit|appointment|appt|come|in|on|scheduled))+|(?:a que hora|que dia|cuando) ` +
		`(?:es la (?:cita|visita) de|va|le toca a) (?:\w+ ?){1,2}`)
	// untilWhen: "until when can i drink water", "how late can i eat", "hasta que hora puedo comer".
	untilWhen = asks(`(?:(?:(?:until|till|til|up to) (?:when|what time)|how late) (?:can|may|could) i ` +
		`(?:still )?(?:eat|drink|have)|(?:when|what time) (?:do|should|must) i (?:(?:have|need) to )?` +
		`(?:stop|quit) (?:eating|drinking)(?: and drinking)?)` + aMeal + `|hasta (?:que hora|cuando) ` +
		`(?:se puede|puedo) (?:comer|beber|tomar|desayunar)` + aMeal)
)

const (
	// aDay is a day, a date or an hour.
	aDay = `(?:(?:on|at|for|the|el|las|la|a|para|de) )*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|` +
		`sat(?:ur)?|sun)(?:day)?|lunes|martes|miercoles|jueves|viernes|sabado|domingo|today|tomorrow|` +
		`hoy|manana|noon|\d{1,2}(?:st|nd|rd|th)?(?: \d\d)?(?: ?(?:am|pm|a m|p m))?)`
	// days are a day and an hour, or one of them.
	days = `(?: ` + aDay + `){1,3}`
	// aVisit is one's own visit.
	aVisit = `(?:(?:a|an|my|our|the) )?(?:visit|appointment|appt)`
	// aMeal is what is eaten or drunk, and before what.
	aMeal = `(?: (?:water|coffee|black coffee|tea|juice|anything|something|food|solid food|liquids|` +
		`clear liquids|breakfast|agua|cafe|te|jugo|algo|liquidos|comida))?(?: (?:until|till|tomorrow|` +
		`today|beforehand|before(?: (?:my|the) (?:visit|appointment|appt|infusion|treatment|session))?|` +
		`manana|hoy|antes(?: de (?:mi|la) (?:cita|visita|infusion))?))*`
)

// asks makes a pattern of a whole text, with small words before and after it.
func asks(words string) *regexp.Regexp {
	return regexp.MustCompile(`^(?:(?:so|ok|okay|hi|hello|hey|hola|wait|and|sorry|quick question|` +
		`perdon|oye|y) )*(?:` + words + `)(?: (?:again|please|pls|thanks|thank you|gracias|` +
		`por favor))*$`)
}

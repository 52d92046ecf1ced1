package intent

import "strings"

// phrase is what some words do in a text from a phone of several patients. does is one of the
// constants below, or the answer that they are, as a patient would text it.
type phrase struct{ phrase, does string }

const (
	andWord   = "and"
	filler    = "filler"
	everybody = "all"
	nobody    = "none"
	turns     = "turns" // what is said may be the contrary, or of somebody else

	saysC      = "C"
	saysCES    = "confirmo"
	saysYes    = "yes"
	saysYesES  = "si"
	saysNo     = "no"
	saysCant   = "I can't make it"
	saysCantES = "no puedo ir"
	saysOff    = "cancel my appointment"
	saysOffES  = "cancelar mi cita"
	saysSet    = "ride is arranged"
	saysSetES  = "ya tengo quien me lleve"
	saysHelp   = "I need help with the ride"
	saysHelpES = "necesito ayuda"
)

// phrases are what patients write beside names, in small letters without accents and apostrophes.
// Whole texts of them are plain; a word that isn't here makes a text a sentence to be read.
var phrases = listed(map[string]string{
	andWord: "and|y|e",
	filler: "for|para|please|pls|plz|por favor|thanks|thank you|gracias|s|just|only|solo|solamente|" +
		"its|it is|is for|es|the|el|la|de|del|a|visit|visits|appointment|appt|cita|citas|visita|" +
		"visitas|one|ok|okay|hi|hello|hola|buenos dias|buenas|the visit of|la cita de|on|this|este|" +
		"monday|mon|tuesday|tue|tues|wednesday|wed|thursday|thu|thur|thurs|friday|fri|saturday|" +
		"sat|sunday|sun|today|tomorrow|tmrw|hoy|manana|lunes|martes|miercoles|jueves|viernes|" +
		"sabado|domingo",
	everybody: "both|both of us|both of them|both are|both visits|all|all of us|all of them|" +
		"everyone|everybody|all three|the two|the three|los dos|las dos|ambos|ambas|" +
		"todos|todas|los tres|las tres|a los dos|a las dos|a todos|ambas citas|las dos citas|" +
		"las dos visitas|ambas visitas|they both|both will",
	nobody: "neither|none|neither one|neither of them|neither of us|none of them|none of us|" +
		"no one|ninguno|ninguna|ninguno de los dos|ninguna de las dos|ninguno de ellos|nadie|" +
		"ni uno ni otro",
	turns: "not|but|except|without|unless|if|maybe|instead|nor|or|o|never|pero|sino|excepto|menos|" +
		"salvo|sin|ni|talvez|quizas|quiza|cant|cannot|wont|isnt|arent|dont|doesnt|didnt|son|" +
		"daughter|kid|kids|child|children|husband|wife|mom|mum|mother|dad|father|brother|sister|" +
		"hijo|hija|hijos|nino|nina|esposo|esposa|marido|mama|papa|madre|padre|hermano|hermana|" +
		"drive|drives|driving|drove|bring|brings|bringing|pick|picks|picking|take|takes|taking|" +
		"lleva|llevar|llevara|trae|traer|maneja|recoge|recoger",
	saysC: "c|confirm|confirms|confirmed|confirming|are confirmed|is confirmed|i confirm|" +
		"is coming|are coming|will be there|will come|can come|can make it|will make it|" +
		"ll be there|both coming|coming",
	saysCES: "confirmo|confirma|confirmado|confirmada|confirmados|confirmadas|confirmar|" +
		"confirmamos|viene|vienen|puede ir|puede venir|pueden ir|pueden venir|" +
		"va a ir|van a ir|va a venir|van a venir|ira|iran|si va|si van|si viene|si vienen|" +
		"ahi estara|ahi estaran|asistira|asistiran",
	saysYes:   "yes|yep|yeah|yup|yes is|yes are",
	saysYesES: "si",
	saysNo:    "no|nope|nah",
	saysCant: "cant come|cant make it|cant be there|cannot come|cannot make it|can not come|" +
		"can not make it|wont come|wont make it|wont be there|wont be coming|will not come|" +
		"will not be there|isnt coming|is not coming|arent coming|are not coming|not coming|" +
		"is unable to come|couldnt come|can no longer come|cant make it in|cant go|" +
		"will not make it|is not able to come",
	saysCantES: "no puede ir|no puede venir|no pueden ir|no pueden venir|no puede asistir|" +
		"no pueden asistir|no viene|no vienen|no va|no van|no va a ir|no van a ir|no va a poder ir|" +
		"no va a poder venir|no van a poder ir|no ira|no iran|no podra ir|no podra venir|" +
		"no podran ir|no va a venir|no van a venir",
	saysOff: "cancel|canceling|cancelling|please cancel|cancel for|i need to cancel|" +
		"we need to cancel|need to cancel|want to cancel|have to cancel",
	saysOffES: "cancela|cancele|cancelar|cancelen|quiero cancelar|necesito cancelar",
	saysSet: "is set|are set|is all set|are all set|all set|set|arranged|is arranged|has a ride|" +
		"have a ride|have rides|ride is arranged|ride is set|rides are set|rides are arranged",
	saysSetES: "listo|lista|listos|listas|arreglado|arreglada|tiene quien lo lleve|" +
		"tiene quien la lleve|ya tiene quien lo lleve|ya tiene quien la lleve",
	saysHelp: "needs help|need help|needs a ride|need a ride|need rides|has no ride|have no ride|" +
		"needs a ride home|needs help with the ride",
	saysHelpES: "necesita ayuda|necesitan ayuda|no tiene quien lo lleve|no tiene quien la lleve",
	"1":        "1", "2": "2", "3": "3", "4": "4",
})

// listed returns phrases from lists of them by what they do.
func listed(by map[string]string) (out []phrase) {
	for does, list := range by {
		for _, one := range strings.Split(list, "|") {
			out = append(out, phrase{one, does})
		}
	}
	return out
}

// ordinary are first names that are words of every day: within a sentence they name nobody.
var ordinary = [...]string{
	"will", "may", "mark", "grace", "hope", "joy", "faith", "rose", "dawn", "april", "june",
	"august", "summer", "art", "bill", "rob", "sue", "pat", "drew", "jack", "chase", "grant",
	"frank", "guy", "rich", "ray", "victor", "page", "sandy", "sunny", "star", "angel", "earl",
	"king", "miles", "norm", "penny", "skip", "wade", "ward", "woody", "young", "sol", "luz", "mar",
	"paz", "rosa", "flor", "cruz", "domingo", "santos", "dolores", "consuelo", "pilar", "blanca",
	"leal", "rey", "luna", "an", "so", "my", "do", "son", "or", "in", "al", "early", "day", "best",
	"good", "major", "christian",
}

package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/spanish"
)

// maxText is how many bytes of a text are read: ten text messages. The rest can't change what is
// asked, only the time it takes. clean has cut the text to as many characters before.
const maxText = 1600

// maxWord is how many bytes of a word are read: one endless word must not make a text slow.
const maxWord = 32

// fold returns the letters and digits of a text in lower case, without accents, words separated by
// one space. Apostrophes vanish, so "don't" and "dont" are the same word.
func fold(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	return foldAll(text)
}

// foldAll is fold without the limit, for texts of the base.
func foldAll(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	space, length := true, 0
	for _, r := range text {
		r = plain(r)
		switch {
		case r == '\'':
			continue
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r >= utf8.RuneSelf && unicode.IsLetter(r):
			if length < maxWord {
				b.WriteRune(r)
				length += utf8.RuneLen(r)
			}
			space = false
		case !space:
			b.WriteByte(' ')
			space, length = true, 0
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// plain lowers a letter, removes its accent, and straightens every kind of apostrophe.
func plain(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	if r < utf8.RuneSelf && r != '`' {
		return r
	}
	switch unicode.ToLower(r) {
	case 'á', 'à', 'â', 'ä', 'ã', 'å':
		return 'a'
	case 'é', 'è', 'ê', 'ë':
		return 'e'
	case 'í', 'ì', 'î', 'ï':
		return 'i'
	case 'ó', 'ò', 'ô', 'ö', 'õ':
		return 'o'
	case 'ú', 'ù', 'û', 'ü':
		return 'u'
	case 'ñ':
		return 'n'
	case 'ç':
		return 'c'
	case '’', '‘', '`', '´':
		return '\''
	case utf8.RuneError:
		return ' '
	}
	return unicode.ToLower(r)
}

// shorthand lists text-speak with the words it stands for.
const shorthand = `u=you ya=you yu=you r=are ur=your yr=your n=and b=be c=see y=why 4=for 2=to
w=with wo=without pls=please plz=please plse=please thx=thanks thnx=thanks tks=thanks ty=thanks
abt=about bout=about appt=appointment apt=appointment appts=appointment appointmnt=appointment
cuz=because bc=because coz=because cus=because becuz=because wat=what wut=what wht=what
whut=what wen=when wher=where wer=where hw=how msg=message txt=text acct=account accnt=account
hrs=hours mins=minutes info=information tmrw=tomorrow tmr=tomorrow tomm=tomorrow tmw=tomorrow
2moro=tomorrow tdy=today 2day=today im=i+am ive=i+have youre=you+are theyre=they+are
whats=what+is wats=what+is wheres=where+is whens=when+is hows=how+is whos=who+is thats=that+is
theres=there+is dont=do+not dnt=do+not doesnt=does+not didnt=did+not cant=can+not cannot=can+not
couldnt=could+not wont=will+not wouldnt=would+not isnt=is+not arent=are+not wasnt=was+not
havent=have+not hasnt=has+not shouldnt=should+not wanna=want+to gonna=going+to gotta=have+to
gimme=give+me lemme=let+me xq=porque pq=porque porq=porque q=que k=que ke=que tmb=tambien
tb=tambien tbn=tambien xfa=por+favor porfa=por+favor xfavor=por+favor dnd=donde cmo=como`

// englishWords and spanishWords tell the language of a text. They are never taken for misspellings.
const (
	englishWords = `the a an is are of to in for with my your how what when where which who can
could do does i you it and or on at be have has will would if not am was there this that want need
get me`
	spanishWords = `el la los las un una de del que es en por para con se mi su como cuanto cuando
donde cual puedo tengo hay al lo le si yo y o esta estan son ser hacer quiero necesito cuesta
tiene tienen ustedes sus mis pero sin cuanta cuantos cuantas porque puede pueden debo hola
gracias usted voy ir me`
)

// tongue knows the everyday words of both languages: shorthand and what it says, and the words that
// give a language away.
type tongue struct {
	said             map[string][]string
	english, spanish map[string]bool
}

func newTongue() tongue {
	t := tongue{map[string][]string{}, map[string]bool{}, map[string]bool{}}
	for _, p := range strings.Fields(shorthand) {
		short, long, _ := strings.Cut(p, "=")
		t.said[short] = strings.Split(long, "+")
	}
	for _, w := range strings.Fields(englishWords) {
		t.english[w] = true
	}
	for _, w := range strings.Fields(spanishWords) {
		t.spanish[w] = true
	}
	return t
}

// words returns the words of a folded text with shorthand spelled out, and whether the text is
// Spanish: whether it has more of the everyday words of that language. A "y" in a Spanish text is
// "and", not "why".
func (t *tongue) words(folded string) (out []string, spanish bool) {
	ws := strings.Fields(folded)
	es := 0
	for _, w := range ws {
		if t.spanish[w] {
			es++
		}
		if t.english[w] {
			es--
		}
	}
	out = make([]string, 0, len(ws)+4)
	for _, w := range ws {
		if long := t.said[w]; long != nil && !(es > 0 && w == "y") {
			out = append(out, long...)
		} else {
			out = split(out, w)
		}
	}
	return out, es > 0
}

// split separates digits from letters: "215pm" is "215" and "pm".
func split(out []string, w string) []string {
	start := 0
	for i := 1; i < len(w); i++ {
		if digit(w[i]) != digit(w[i-1]) {
			out = append(out, w[start:i])
			start = i
		}
	}
	return append(out, w[start:])
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// number stands for every number: which number it is rarely matters, that there is one does. No
// folded word can be equal to it.
const number = "#"

// stem returns the stem of a word in the language of its text.
func stem(w string, es bool) string {
	switch {
	case digit(w[0]):
		return number
	case es:
		return spanish.Stem(w, true)
	}
	return english.Stem(w, true)
}

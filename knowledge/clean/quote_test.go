package clean_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/clean"
)

func shipped(t testing.TB) *clean.Cleaner {
	t.Helper()
	c, err := clean.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// remind is a text that was sent.
const remind = "Hi Ana, a reminder of your visit on Tue Mar 3 at 9:15 AM. " +
	"Reply C to confirm, or text us to change it. Questions: 212-555-0100"

func TestReactions(t *testing.T) {
	c := shipped(t)
	for _, tt := range []struct{ text, body string }{
		{text: "Loved “we open at 9”"},
		{text: "Disliked \"we open at 9\""},
		{text: "Emphasized “we open at 9”"},
		{text: "Questioned “we open at 9”"},
		{text: "Laughed at “text “PERSON” for a person”"},
		{text: "Liked \"text \"PERSON\" for a person\""},
		{text: "Removed a like from “we open at 9”"},
		{text: "Removed an exclamation from “we open at 9”"},
		{text: "Removed a question mark from “we open at 9”"},
		{text: "Removed 😂 from “we open at 9”"},
		{text: "Reacted 🥳 to “we open at 9”"},
		{text: "Reacted with a sticker to “we open at 9”"},
		{text: "👍 to “we open at 9”"},
		{text: "\u200b❤️\u200b to “\u200awe open at 9\u200a”"},
		{text: "👍🏽 to \"we open at 9\""},
		{text: "😂 a «abrimos a las 9»"},
		{text: "Le gustó “abrimos a las 9”"},
		{text: "Le encantó «abrimos a las 9»"},
		{text: "No le gustó \"abrimos a las 9\""},
		{text: "Se rió de “abrimos a las 9”"},
		{text: "Enfatizó “abrimos a las 9”"},
		{text: "Le puso un signo de interrogación a “abrimos a las 9”"},
		{text: "Reaccionó con ❤️ a “abrimos a las 9”"},
		{text: "Quitó un me gusta de “abrimos a las 9”"},
		{text: "Eliminó 👍 de “abrimos a las 9”"},
		{text: "Me gusta «abrimos a las 9»"},
		{text: "Loved an image"},
		{text: "Le gustó una foto"},
		{text: "Liked “we open at 9 and the door is on the left of the…"},
		{text: "Liked “we open at 9 and the…”"},
		{text: "Liked “we open at 9\nand close at 5”"},
		{text: "Liked “one”\nLoved “two”"},
		{text: "Loved “all good” but my heart races", body: "but my heart races"},
		{text: "Le gustó “todo bien”, pero me quiero morir", body: "pero me quiero morir"},
		{text: "Liked \"ok\" and he said \"i will end it\"", body: "and he said \"i will end it\""},
		{text: "thanks!\n👍 to “we open at 9”", body: "thanks!"},
		{text: "Replied to “we open at 9”: can't breathe", body: "can't breathe"},
		// What may be the patient's stays.
		{text: "Liked “my chest hurts so much", body: "Liked “my chest hurts so much"},
		{text: "Liked “my chest hurts...", body: "Liked “my chest hurts..."},
		{text: "Loved a photo on your site", body: "Loved a photo on your site"},
		{text: "I liked \"the nurse\"", body: "I liked \"the nurse\""},
		{text: "me gusta la hora de las 9", body: "me gusta la hora de las 9"},
		{text: "questioned everything, want out", body: "questioned everything, want out"},
		// Nothing is quoted: an edit is the patient's new text.
		{text: "Edited to “i need help now”", body: "i need help now"},
		{text: "Editado a «necesito ayuda»", body: "necesito ayuda"},
	} {
		got := c.Read(tt.text, nil)
		if got.Body != tt.body || got.Machine || tt.body == "" && !got.Quoted {
			t.Errorf("%q: %+v, want body %q", tt.text, got, tt.body)
		}
	}
}

func TestWhatWeSent(t *testing.T) {
	c := shipped(t)
	sent := []string{
		"STOP to end.", remind, "Having chest pain?",
		"No food after 3 AM. An adult takes you home.",
	}
	for _, tt := range []struct{ text, body string }{
		{text: remind},
		{text: "“" + remind + "”"},
		{text: "> " + remind},
		{text: "Fwd: " + remind},
		{text: "HI ANA, A REMINDER OF YOUR VISIT ON TUE MAR 3 AT 9:15 AM."},
		{text: "stop to end."},
		{text: "Liked Hi Ana, a reminder of your visit on Tue Mar 3 at 9:15 AM."},
		{text: "Liked “Hi Ana, a reminder of your vis"},
		{text: remind + " which door?", body: "which door?"},
		{text: "which door? " + remind, body: "which door?"},
		{
			text: "yes\n\nOn Mon, Mar 2, 2026 at 9:00 AM, 212-555-0100 <a@b.us> wrote:\n" +
				"> Hi Ana, a reminder\n> of it",
			body: "yes",
		},
		{text: "sí\n\nEl lun, 2 mar 2026 a las 9:00, Beacon escribió:\n> Hola", body: "sí"},
		{text: "C\n-----Original Message-----\n" + remind, body: "C"},
		{text: "“Reply C to confirm” what is C", body: "what is C"},
		{text: "An adult takes you home. my mom ok?", body: "my mom ok?"},
		{text: "“" + remind + "” ??", body: "??"},
		// Words that are ours and may be the patient's all the same.
		{text: "having chest pain", body: "having chest pain"},
		{text: "stop", body: "stop"},
		{text: "“STOP”", body: "“STOP”"},
		{text: "stop to end", body: "stop to end"},
		{text: "visit on Tue Mar 3 at 9:15 AM", body: "visit on Tue Mar 3 at 9:15 AM"},
		{text: "On Monday he wrote: i will kill you", body: "On Monday he wrote: i will kill you"},
		{text: "> 5 days of pain", body: "> 5 days of pain"},
	} {
		got := c.Read(tt.text, sent)
		if got.Body != tt.body || got.Machine || got.Quoted && got.Body == tt.text {
			t.Errorf("%q: %+v, want body %q", tt.text, got, tt.body)
		}
	}
}

// A text of ours of a few words is looked for only where there is as little; signs and pictures in
// it are no words.
func TestFewWordsOfOursComeBack(t *testing.T) {
	c := shipped(t)
	for _, tt := range []struct{ sent, text, body string }{
		{sent: "See you 🎉 🎉", text: "> See you 🎉 🎉"},
		{sent: "See you 🎉 🎉", text: "“See you 🎉 🎉”\nok", body: "ok"},
		{sent: "Thank you — ¡gracias! 👍", text: "Thank you — ¡gracias! 👍"},
		{sent: "Got it", text: "> Got it"},
		{sent: "Sí, gracias", text: "“Sí, gracias”"},
		{sent: "stop stop stop stop", text: "stop", body: "stop"},
		{sent: "Reply yes or no to this text", text: "yes or no", body: "yes or no"},
	} {
		if r := c.Read(tt.text, []string{"Another text of ours.", tt.sent}); r.Body != tt.body {
			t.Errorf("of %q after %q: %q is left, want %q", tt.text, tt.sent, r.Body, tt.body)
		}
	}
}

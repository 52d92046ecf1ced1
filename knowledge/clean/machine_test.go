package clean_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/knowledge/clean"
)

// machineRows are texts of phones, carriers and shops, and texts of people that look like them.
var machineRows = []struct{ text string }{
	{text: "Sorry, I can’t talk right now."},
	{text: "I’m on my way."},
	{text: "Can I call you later?"},
	{text: "I'll call you right back."},
	{text: "Can't talk now. What's up?"},
	{text: "Can't talk now. Call me later?"},
	{text: "I'm in a meeting. I'll call you later."},
	{text: "In a meeting."},
	{text: "Estoy en una reunión."},
	{text: "No puedo hablar ahora. ¿Qué pasa?"},
	{text: "Lo siento, no puedo hablar en este momento."},
	{text: "Voy en camino."},
	{text: "Estoy manejando, te llamo más tarde"},
	{
		text: "I’m driving with Do Not Disturb While Driving turned on. " +
			"I’ll see your message when I get where I’m going.",
	},
	{text: "(I’m not receiving notifications. If this is urgent, reply “urgent” to send a " +
		"notification through " +
		"with your original message.)"},
	{text: "Ana has notifications silenced"},
	{text: "Ana tiene las notificaciones silenciadas"},
	{text: "I'm driving right now - Sent from Android Auto"},
	{text: "Estoy conduciendo con No molestar activado. Veré tu mensaje cuando llegue."},
	{text: "Auto reply: I'm driving. I'll respond later."},
	{text: "Respuesta automática: estoy manejando, te llamo luego"},
	{text: "Automatic reply: I am out of the office until Friday, March 6 " +
		"with limited access to email. " +
		"For urgent matters please call Ana Diaz at 212-555-0100."},
	{text: "Estoy fuera de la oficina hasta el lunes 9 de marzo"},
	{text: "Thank you for contacting Acme Dental. We'll get back to you shortly."},
	{text: "Gracias por su mensaje. Le responderemos a la brevedad."},
	{text: "This is an automated message. This number is not monitored."},
	{text: "Message not delivered"},
	{text: "Mensaje no entregado"},
	{text: "Free Msg: Unable to send message - Message Blocking is active."},
	{text: "The number you're trying to reach isn't receiving messages"},
	{text: "El número al que usted marcó no está disponible"},
	{text: "Your code is 884213"},
	{text: "G-884213 is your Google verification code."},
	{text: "884213 es tu código de verificación. No lo compartas con nadie."},
	{text: "Your Chase verification code is 884213. Don't share it with anyone."},
	{text: "UPS: Your package is out for delivery. Track it at https://ups.com/t/1"},
	{text: "Your order #5512 has shipped! Track: http://amzn.to/q"},
	{text: "DHL: su paquete está en camino. Rastree en https://dhl.com/x"},
	{
		text: "Bank of A Fraud Alert: did you attempt a $310.22 charge at Target? Reply YES or NO",
	},
	{text: "Alerta de fraude: ¿reconoce un cargo de $500? Responda SI o NO"},
	{text: "Walgreens: your prescription is due for refill. Reply YES to refill."},
	{text: "Farmacia: su receta está lista para recoger. Responda SI para surtir"},
	{text: "Vote Tuesday! Chip in $10 to our campaign https://x.co Stop=End"},
	{text: "50% off everything, shop now at www.shoes.com Txt STOP to opt out"},
	{text: "AT&T Free Msg: your bill of $40 is ready. Msg & data rates may apply"},
	{text: "Sent from my iPhone"},
	{text: "Enviado desde mi Samsung Galaxy"},
}

func TestMachines(t *testing.T) {
	c := shipped(t)
	for _, tt := range machineRows {
		if got := c.Read(tt.text, nil); !got.Machine || got.Body != "" ||
			got.Keyword != "" {
			t.Errorf("%q: %+v, want a machine", tt.text, got)
		}
	}
}

func TestPeopleAreNoMachines(t *testing.T) {
	c := shipped(t)
	for _, tt := range []struct{ text string }{
		{text: "I can't talk, half my face is numb"},
		{text: "I can't talk"},
		{text: "no puedo hablar"},
		{text: "i cant speak right now"},
		{text: "im driving and i feel faint"},
		{text: "im driving"},
		{text: "Auto reply: I'm driving. my chest hurts"},
		{text: "estoy manejando y me duele el pecho"},
		{text: "I'm on my way to end it all"},
		{text: "im on my way"},
		{text: "voy en camino"},
		{text: "I'll call you later if i make it"},
		{text: "Sorry, I can't talk right now. i took all of them"},
		{text: "Sorry, I can't talk right now 😭💊"},
		{text: "cant talk now please call me"},
		{text: "sorry i missed your call"},
		{text: "thanks for calling"},
		{text: "my prescription is ready, reply YES to refill it or not?"},
		{text: "got this: your package is here https://x.co is it you"},
		{text: "Your order has shipped https://x.co reply STOP to end. i want to die"},
		{text: "did it say reply yes to refill?"},
		{text: "the pharmacy has my refill"},
		{text: "mi receta está lista, responda si puede"},
		{text: "is your verification code wrong"},
		{text: "out of the office til when?"},
	} {
		if got := c.Read(tt.text, nil); got.Machine || got.Body != tt.text {
			t.Errorf("%q: %+v, want the patient's", tt.text, got)
		}
	}
}

func TestSignatures(t *testing.T) {
	c := shipped(t)
	for _, tt := range []struct{ text, body string }{
		{text: "see you then\n\nSent from my iPhone", body: "see you then"},
		{text: "see you then\nSent from my T-Mobile 5G Device", body: "see you then"},
		{text: "see you then. Sent from Yahoo Mail for iPhone", body: "see you then."},
		{text: "see you then\nGet Outlook for iOS<https://aka.ms/o0ukef>", body: "see you then"},
		{text: "see you then - Sent via Siri", body: "see you then"},
		{text: "see you then (Sent with Slam Effect)", body: "see you then"},
		{text: "allí estaré\nEnviado desde mi iPhone", body: "allí estaré"},
		{text: "allí estaré\nObtener Outlook para Android", body: "allí estaré"},
		{text: "the picture was sent from my iphone", body: "the picture was sent from my iphone"},
		{text: "Sent from my iPhone i cant breathe", body: "Sent from my iPhone i cant breathe"},
	} {
		if got := c.Read(tt.text, nil); got.Body != tt.body || got.Machine || got.Quoted {
			t.Errorf("%q: %+v, want body %q", tt.text, got, tt.body)
		}
	}
}

func TestLongTexts(t *testing.T) {
	got := shipped(t).Read(strings.Repeat("ñ ", clean.Most), nil)
	if n := len([]rune(got.Body)); !got.Cut || n != clean.Most-1 {
		t.Errorf("%d characters, cut %v", n, got.Cut)
	}
	if got := shipped(t).Read("a\xff\xfeb", nil); got.Body != "ab" {
		t.Errorf("body %q", got.Body)
	}
}

func TestFaultyFiles(t *testing.T) {
	for _, tt := range []struct{ data, want string }{
		{data: "likes: {en: [a], es: [b]}", want: "likes"},
		{data: "reactions: {en: [\"{nothing} to\"], es: [b]}", want: "{nothing}"},
		{data: "reactions: {en: [\"liked?\"], es: [b]}", want: "liked?"},
		{data: "reactions: {en: [liked]}", want: "reactions: it must have en and es"},
	} {
		if _, err := clean.New([]byte(tt.data)); err == nil ||
			!strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.data, err, tt.want)
		}
	}
}

package clean_test

import "testing"

// keywordRows are texts with the keyword that each of them is; "" for those that say more.
var keywordRows = []struct{ text, keyword string }{
	{text: "STOP", keyword: "stop"},
	{text: "Stop. Thanks so much!", keyword: "stop"},
	{text: "please stop", keyword: "stop"},
	{text: "\"STOP\"", keyword: "stop"},
	{text: "stop, stop", keyword: "stop"},
	{text: "ALTO por favor", keyword: "stop"},
	{text: "STOP\n--\nAna Diaz", keyword: "stop"},
	{text: "STOP\nSent from my iPhone", keyword: "stop"},
	{text: "End, thx - Luis", keyword: "end"},
	{text: "unsubscribe. Have a good day", keyword: "unsubscribe"},
	{text: "quit, this is Ana", keyword: "quit"},
	{text: "Cancelar, gracias", keyword: "cancel"},
	{text: "start thanks", keyword: "start"},
	{text: "HELP", keyword: "help"},
	{text: "ayuda, gracias", keyword: "help"},
	{text: "c", keyword: "c"},
	{text: "C! Thank you Ana", keyword: "c"},
	{text: "hi, C please", keyword: "c"},
	{text: "Reply: C", keyword: "c"},
	{text: "Yes, Luis R.", keyword: "yes"},
	{text: "Yes 👍", keyword: "yes"},
	{text: "Sí, muchas gracias. Soy Ana", keyword: "yes"},
	{text: "No thank you", keyword: "no"},
	{text: "No, gracias", keyword: "no"},
	{text: "YES -Xochitl", keyword: "yes"},
	{text: "2 ty", keyword: "2"},
	{text: "#1", keyword: "1"},
	{text: "3.", keyword: "3"},
	{text: "opción 2 por favor", keyword: "2"},
	{text: "option 1 🙏", keyword: "1"},

	{text: "stop by after lunch?"},
	{text: "stop?"},
	{text: "stop it hurts"},
	{text: "Stop. Chest Pain"},
	{text: "stop the bleeding"},
	{text: "help me"},
	{text: "Help please"},
	{text: "HELP!!"},
	{text: "ayuda por favor"},
	{text: "help 😭"},
	{text: "No - Bleeding"},
	{text: "Yes Monday"},
	{text: "YES THIS IS URGENT"},
	{text: "end of the month"},
	{text: "C section"},
	{text: "C 😭"},
	{text: "at 2"},
	{text: "yes at 2"},
	{text: "2 works thanks"},
	{text: "2pm"},
	{text: "2nd"},
	{text: "2:30"},
	{text: "1 or 2"},
	{text: "1, 2"},
	{text: "$2"},
	{text: "2%"},
	{text: "12"},
	{text: "no problem"},
	{text: "yes but no"},
	{text: "thanks"},
	{text: "-Ana"},
}

func TestKeywords(t *testing.T) {
	c := shipped(t)
	for _, tt := range keywordRows {
		if got := c.Read(tt.text, nil); got.Keyword != tt.keyword {
			t.Errorf("%q: keyword %q, want %q", tt.text, got.Keyword, tt.keyword)
		}
	}
}

package main

import (
	"fmt"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// Marks of what may be shown at the desk only if the clinic says so, and nowhere else.
var marks = map[string]*regexp.Regexp{
	"a whole name": regexp.MustCompile(`(?i)zqname`),
	"words":        regexp.MustCompile(`(?i)zqword`),
	"a sender":     regexp.MustCompile(`(?i)zqsender`),
	"a question":   regexp.MustCompile(`(?i)zqlabel|zqentry|zqlater`),
	"a treatment":  regexp.MustCompile(`(?i)spravato|infusion|nose spray|no food|clear liquids`),
}

// briefly is what of a patient's name and question is shown all the same: the first name with an
// initial, and the name that the clinic gave an entry.
var briefly = map[string]*regexp.Regexp{
	"a first name":    regexp.MustCompile(`Zqann Z\.`),
	"an entry's name": regexp.MustCompile(`Soreness in plain words`),
}

// whole is a patient's number with more than its last four digits, which is shown nowhere.
var whole = regexp.MustCompile(`3\D{0,3}1\D{0,3}0\D{0,3}5\D{0,3}5\D{0,3}5\D{0,3}0\D{0,3}1`)

// staffLists are what staff read that holds the names of treatments but nothing of a patient.
var staffLists = regexp.MustCompile(`consult, integration, iv_infusion, spravato`)

// gaps are the entries that are nearest to what many ask: those of the clinic, of no one patient.
var gaps = regexp.MustCompile(`"zqentry\\?"|"zqlater\\?"`)

// bodies are what patients text: every way that a text can go, with marked words.
var bodies = []string{
	"i want to die zqword", "my boyfriend zqword has a gun", "i cant breathe zqword",
	"i am worried about my husband zqword", "whats the point of anything anymore zqword",
	"please stop texting me, zqword", "STOP", "START", "HELP", "CANCEL", "be discreet please zqword",
	"YES", "NO", "C", "1", "2", "zqword", "yes zqword",
	"sorry i cant make it zqword", "can we do another day zqword", "running late zqword 20 minutes",
	"my sister zqword drives me home", "i have no ride home zqword",
	"do you have an earlier time zqword", "can i talk to a person zqword", "this is awful zqword",
	"did i leave my zqword umbrella", "does the zqlabel hurt", "who keeps my zqlabel papers",
	"does zqlabel hurt or who keeps my papers", "should i take more of my zqword pills today",
	"my zqword head hurts since the infusion", "is anybody there", "hi", "thanks zqword",
	"i dont want to come and stop texting me zqword",
}

var senders = []string{"messenger:zqsender1234", "ZQSENDER", "whatsapp:+13105550149"}

// given are /clinic commands; %s is a patient's number or its last four digits.
var given = []string{
	"help", "today", "status", "failed", "retry all", "dismiss all", "taught", "waitlist",
	"waitlist list", "book", "off", "why", "consent 9999", "dance", "say",
	"consent %s", "why %s", "off %s", "find %s", "move %s mon 9", "late %s", "noshow %s", "arrived %s",
	"find zqname", "move zqname", "whi %s", "today 12/3", "off %s yes", "waitlist add %s spravato", "waitlist add %s iv_infusion",
	"waitlist add %s dance", "waitlist add %s", "waitlist remove %s", "say %s call me, zqword",
	"transcript %s", "transcript %s",
	"book %s 2026-12-03 14:00 spravato Zqann Zqname", "book %s 2026-12-01 17:00 iv_infusion Zqann Zqname",
	"book %s 2026-12-02 10:00 iv_infusion es Zqann Zqname", "book %s 2026-12-02 10:00 dance Zqann Zqname",
	"book %s 2026-11-02 10:00 consult Zqann Zqname",
	"visit %s", "waiting", "snooze %s 3pm", "assign %s me", "templates", "gaps", "digest", "propose",
	"propose zqentry", "teach gloves which gloves do you wear", "publish 9999", "broadcast tomorrow",
	"broadcast 12/3", "number %s", "call %s", "call", "me", "me 212-555-0113", "me off", "audit", "audit %s",
}

// revealed is a number that somebody asked to see, as it is rendered for them alone. Nothing else of
// a whole number is shown there, and it nowhere else.
var revealed = regexp.MustCompile(`tel:\+1310555\d{4}\|310-555-\d{4}`)

// unrevealed takes a revealed number out of what one person sees, if it says that they alone do.
func unrevealed(text string) string {
	if !strings.Contains(text, "Only you see this.") {
		return text
	}
	return revealed.ReplaceAllString(text, "")
}

// step is one thing that happens.
type step struct{ do, who, what string }

// steps draws what happens in a situation: everybody has a visit, things happen, and then staff look
// at everybody in every way there is.
func steps(t *rapid.T) (out []step) {
	everybody := []string{"0141", "0142", "0143"}
	for _, who := range everybody {
		out = append(out, step{do: "book", who: who})
	}
	out = append(out, step{"ask", "0142", "waitlist add %s spravato"},
		step{"ask", "0141", "teach gloves which gloves do you wear"}, step{"press", "0141", desk.ActionReview},
		step{"text", "0144", "who keeps my zqlabel papers"},
		step{"text", "0144", "does the zqlabel hurt"}, step{"sender", senders[0], bodies[0]})
	for range rapid.IntRange(4, 12).Draw(t, "steps") {
		s := step{
			do: rapid.SampledFrom([]string{
				"text", "text", "text", "text", "book", "ask", "ask", "press", "press", "reply", "reply", "note", "edit",
				"form", "home", "time", "receipts", "unread", "refuse", "fail", "sender",
			}).Draw(t, "do"),
			who: rapid.SampledFrom(everybody).Draw(t, "who"),
		}
		switch s.do {
		case "text", "unread", "sender":
			s.what = rapid.SampledFrom(bodies).Draw(t, "body")
			if s.do == "sender" {
				s.who = rapid.SampledFrom(senders).Draw(t, "sender")
			}
		case "ask":
			s.what = rapid.SampledFrom(given).Draw(t, "command")
		case "press":
			s.what = rapid.SampledFrom([]string{
				desk.ActionTake, desk.ActionRead, desk.ActionDanger, desk.ActionClear, desk.ActionDone,
				desk.ActionHandBack, desk.ActionStop, desk.ActionWaitlist, desk.ActionRetry,
				desk.ActionCall, desk.ActionNumber, desk.ActionWords, desk.ActionReview,
			}).Draw(t, "button")
		case "time":
			s.what = rapid.SampledFrom([]string{"10m", "2h", "24h"}).Draw(t, "time")
		case "fail":
			s.what = rapid.SampledFrom([]string{
				"chat.postMessage invalid_blocks", "chat.update message_not_found",
				"chat.postMessage not_in_channel", "response too_late",
			}).Draw(t, "fault")
		}
		out = append(out, s)
	}
	out = append(out, step{do: "home", who: "0141"})
	for _, command := range []string{
		"today", "waitlist list", "failed", "waiting", "gaps", "digest",
	} {
		out = append(out, step{"ask", "0141", command})
	}
	for _, who := range everybody {
		out = append(out, step{"ask", who, "why %s"}, step{"ask", who, "consent %s"}, step{"ask", who, "visit %s"},
			step{"ask", who, "number %s"}, step{"ask", who, "audit %s"})
	}
	if rapid.Bool().Draw(t, "Redis goes away") {
		out = append(out, step{do: "away", who: "0141"}, step{"text", "0142", bodies[0]},
			step{"ask", "0142", "why %s"}, step{do: "reply", who: "0141"}, step{"press", "0141", desk.ActionTake})
	}
	return out
}

// does does a step, through the doors that Twilio and Slack use.
func (f *floor) does(s step) {
	number := "+1310555" + s.who
	switch s.do {
	case "text":
		f.texts(number, s.what)
	case "sender":
		f.texts(s.who, s.what)
	case "unread": // it reached nobody, and is found in the carrier's list
		_, _ = f.app.patient.CatchUp(f.t.Context(), handlers.Text{
			ID: fmt.Sprintf("SM%032d", len(f.slack.Calls(""))), From: phone(f.t, number),
			Body: s.what, At: f.clock.Now().Add(-time.Hour), Fetched: true,
		}, false)
		f.work()
	case "book":
		start := map[string]string{
			"0141": "2026-12-03 10:00", "0142": "2026-12-02 15:00", "0143": "2026-12-01 15:00",
		}[s.who]
		f.asks(fmt.Sprintf("book %s %s spravato Zqann Zqname", number, start))
	case "ask":
		text := s.what
		if strings.Contains(text, "%s") {
			text = fmt.Sprintf(text, number)
		}
		f.asks(text)
	case "press":
		f.press(s.what)
	case "reply":
		if all := f.threads(); len(all) > 0 {
			_, _, _ = f.slack.Reply(f.t.Context(), all[len(all)-1].ID(), "UNURSE", "see you, zqword")
		}
		f.work()
	case "note", "edit":
		if all := f.threads(); len(all) > 0 {
			_, _, _ = f.slack.Reply(f.t.Context(), all[len(all)-1].ID(), "UNURSE", "// zqword")
			if s.do == "edit" {
				id, _, _ := f.slack.Reply(f.t.Context(), all[len(all)-1].ID(), "UNURSE", "zqword!")
				f.work()
				_, _ = f.slack.Edit(f.t.Context(), id, "zqword?")
			}
		}
		f.work()
	case "form":
		f.form(number)
	case "home":
		_, _ = f.slack.OpenHome(f.t.Context(), "UNURSE")
		f.work()
	case "time":
		d, _ := time.ParseDuration(s.what)
		for range 4 {
			f.clock.Add(d / 4)
			f.work()
		}
	case "receipts":
		for _, m := range f.twilio.Messages() {
			if m.Status == "queued" || m.Status == "accepted" {
				_, _ = f.twilio.PostReceipt(f.t.Context(), m.SID, "undelivered", 30005)
			}
		}
		f.work()
	case "refuse":
		f.twilio.Rule(number, 21211)
	case "fail":
		method, code, _ := strings.Cut(s.what, " ")
		f.slack.Fail(1, slacktest.Fault{Method: method, Code: code})
	case "away":
		f.redis.SetError("MISCONF the disk is full")
	}
}

func phone(t testing.TB, number string) handlers.Phone {
	t.Helper()
	p, err := handlers.NewPhone(number)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// press presses a button wherever it is.
func (f *floor) press(action string) {
	for _, m := range f.threads() {
		if slices.Contains(m.Buttons(), action) {
			_, _ = f.slack.Press(f.t.Context(), m.ID(), action, "UNURSE")
		}
	}
	f.work()
}

// form books a visit by the modal.
func (f *floor) form(number string) {
	before := len(f.slack.Views())
	f.asks("book")
	views := f.slack.Views()
	if len(views) == before {
		return
	}
	_, _ = f.slack.Submit(f.t.Context(), views[before], map[string]string{
		"phone": number, "name": "Zqann Zqname", "type": "iv_infusion", "date": "2026-12-04",
		"time": "14:30", "lang": "es",
	})
	f.work()
}

// leak is something that was shown where it must not be.
type leak struct{ where, what, text string }

func (l leak) String() string { return l.where + " shows " + l.what + ": " + l.text }

// look looks for marks in a text. words says that all but whole numbers may be there.
func look(where, text string, words bool) (out []leak) {
	text = staffLists.ReplaceAllString(text, "")
	if strings.Contains(text, "Nearest entry") || strings.Contains(text, "propose {") {
		text = gaps.ReplaceAllString(text, "")
	}
	if found := whole.FindString(text); found != "" {
		out = append(out, leak{where, "a whole number", around(text, whole)})
	}
	for what, mark := range marks {
		if !words && mark.MatchString(text) {
			out = append(out, leak{where, what, around(text, mark)})
		}
	}
	return out
}

func around(text string, mark *regexp.Regexp) string {
	at := mark.FindStringIndex(text)
	return text[max(0, at[0]-120):min(len(text), at[1]+80)]
}

// leaks looks at all that left the program but for texts to patients.
func (f *floor) leaks(showText bool) (out []leak) {
	for _, c := range f.slack.Calls("") {
		// Blocks, and answers that one person sees, may have words; notifications and metadata never.
		words, blocks := showText && c.Form.Has("blocks"), c.Form.Get("blocks")
		if c.Method == "chat.postEphemeral" {
			blocks = unrevealed(blocks)
		}
		out = append(out, look(c.Method+" blocks", blocks, words)...)
		text := showText && c.Method == "chat.postEphemeral"
		out = append(out, look(c.Method+" text", c.Form.Get("text"), text)...)
		out = append(out, look(c.Method+" metadata", c.Form.Get("metadata"), false)...)
		switch c.Method {
		case "views.open", "views.update":
			// The form lists the clinic's types for everybody, whoever the visit is for.
			out = append(out, look("the modal", strings.NewReplacer(
				"iv_infusion", "", "iv infusion", "", "spravato", "",
			).Replace(string(c.JSON)+c.Form.Get("view")), showText)...)
		case "views.publish":
			out = append(out, look("Home", string(c.JSON)+c.Form.Get("view"), showText)...)
		}
	}
	for _, m := range f.slack.Messages() {
		if m.OnlyFor != "" {
			out = append(out, look("an answer", unrevealed(m.Text+string(m.Blocks)), showText)...)
		}
	}
	out = append(out, look("the log", f.log.String(), false)...)
	out = append(out, look("the metrics", f.metrics(), false)...)
	f.app.health.begin(f.t.Context())
	w := httptest.NewRecorder()
	f.app.status(w, httptest.NewRequest("GET", "/status", nil))
	return append(out, look("/status", w.Body.String(), false)...)
}

// What is shown obeys SLACK_SHOW_TEXT, whatever happens: without it nobody's whole name, words,
// question or treatment is shown anywhere, but a first name and an entry's; with it they are on cards, in threads and in answers, never in a
// notification, the log, a metric or /status. A whole number is shown to whoever asks for it, alone.
func TestWhatIsShownObeysTheSetting(t *testing.T) {
	for _, show := range []bool{false, true} {
		t.Run(fmt.Sprint("SLACK_SHOW_TEXT=", show), func(t *testing.T) {
			shown, numbers := map[string]bool{}, 0
			wanted := briefly
			if show {
				wanted = marks
			}
			rapid.Check(t, func(rt *rapid.T) {
				all := steps(rt)
				var leaks []leak
				t.Run("situation", func(t *testing.T) {
					f := newFloor(t, show)
					for _, s := range all {
						f.does(s)
					}
					f.redis.SetError("")
					leaks = f.leaks(show)
					for _, m := range f.slack.Messages() {
						numbers += len(revealed.FindAllString(string(m.Blocks), -1))
					}
					for what, mark := range wanted {
						for _, m := range f.slack.Messages() {
							shown[what] = shown[what] || m.BotID != "" && mark.MatchString(m.Words())
						}
					}
				})
				if len(leaks) > 0 {
					rt.Fatal(leaks[0])
				}
			})
			if show && numbers == 0 {
				t.Error("no number was ever revealed: the test can't fail")
			}
			for what := range wanted {
				if !shown[what] {
					t.Errorf("%s was never shown: the test can't fail", what)
				}
			}
		})
	}
}

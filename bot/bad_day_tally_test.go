package main_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

const onCallPhone = "+12125550112" // clinic.yaml's

// wrote is a text that a patient sent, each from a number of its own.
type wrote struct {
	from   string
	danger bool
	person bool // it is one for a person: it has a card
	at     time.Time
	took   time.Duration // until the webhook was answered
	bodies []string
	visit  bool // they wrote nothing: a reminder of a visit is due at that time
}

// ends returns the last digits of its number.
func (w wrote) ends() string { return w.from[len(w.from)-4:] }

// lookout watches a bad day: what patients wrote and were answered, and when people were told.
type lookout struct {
	*stage
	back time.Time // when nothing was wrong any more

	mu     sync.Mutex // guards what follows, and back
	texts  []*wrote
	named  map[string]time.Time // when the urgent channel first named a number, by its last digits
	carded map[string]time.Time // when a channel did
	seen   map[string]bool      // Slack's messages, by id
	notes  map[string]bool      // what the desk was told of the day itself
	faulty map[string]bool      // what /status called faulty
}

// watch starts to watch the day, until the test ends.
func watch(s *stage) *lookout {
	w := &lookout{
		stage: s, named: map[string]time.Time{}, carded: map[string]time.Time{},
		seen: map[string]bool{}, notes: map[string]bool{}, faulty: map[string]bool{},
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { each(ctx, 100*time.Millisecond, w.look) })
	wg.Go(func() { each(ctx, time.Second, w.ask) })
	s.t.Cleanup(func() { cancel(); wg.Wait() })
	return w
}

// isOver notes that nothing is wrong any more.
func (w *lookout) isOver() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.back = time.Now()
}

// each does something once a pause until ctx ends.
func each(ctx context.Context, pause time.Duration, do func()) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do()
		}
	}
}

// look notes when a channel names a number, in a card or in a summary.
func (w *lookout) look() {
	all, now := w.slack.Messages(), time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range all {
		if w.seen[m.ID()] {
			continue
		}
		w.seen[m.ID()] = true
		for note, says := range notes {
			w.notes[note] = w.notes[note] || strings.Contains(m.Words(), says)
		}
		for _, part := range strings.Split(m.Words(), "…")[1:] {
			if len(part) < 4 {
				continue
			}
			if w.carded[part[:4]].IsZero() {
				w.carded[part[:4]] = now
			}
			if m.Channel == slacktest.Urgent && w.named[part[:4]].IsZero() {
				w.named[part[:4]] = now
			}
		}
	}
}

// notes are what the desk may be told of a bad day, by a word that each holds.
var notes = map[string]string{
	"card": "Texts can't leave.", "line": "while the bot was away", "store": "our store is away",
}

// ask notes what the bots call faulty at /status, until nothing is broken any more.
func (w *lookout) ask() {
	client := http.Client{Timeout: 5 * time.Second}
	for _, p := range w.bots {
		resp, err := client.Get(p.private() + "/status?format=text")
		if err != nil {
			continue // it is being started
		}
		b, _ := io.ReadAll(resp.Body) // it may be killed
		_ = resp.Body.Close()
		w.mu.Lock()
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) > 1 && f[0] == "fault" && w.back.IsZero() {
				w.faulty[f[1]] = true
			}
		}
		w.mu.Unlock()
	}
}

// send has patients text until the context ends.
func (w *lookout) send(ctx context.Context, every time.Duration, danger bool) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			one, body := w.next(danger)
			wg.Go(func() { w.post(one, body) })
		}
	}
}

// book imports the visits whose patients are to be reminded while things go wrong.
func (w *lookout) book() {
	w.due = time.Now().Add(3 * time.Second).Truncate(time.Second)
	var csv strings.Builder
	csv.WriteString("id,name,phone,start,type\n")
	w.mu.Lock()
	for i := range w.visits {
		one := &wrote{
			from: fmt.Sprintf("+1212555%04d", 9999-i), visit: true,
			at: w.due.Add(w.period * time.Duration(i) / time.Duration(w.visits)).
				Truncate(time.Second),
		}
		w.texts = append(w.texts, one)
		fmt.Fprintf(&csv, "v%d,Pat Example,%s,%s,consult\n", i, one.from,
			one.at.Add(3*time.Hour).UTC().Format(time.RFC3339))
	}
	w.mu.Unlock()
	w.fleet.book(csv.String())
}

// next returns the next patient's text. Of the ordinary ones, one in ten is for a person.
func (w *lookout) next(danger bool) (one *wrote, body string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.texts)
	one = &wrote{from: fmt.Sprintf("+1212555%04d", 1000+n), danger: danger, at: time.Now()}
	w.texts = append(w.texts, one)
	switch {
	case danger:
		return one, "i dont want to be alive anymore"
	case n%10 == 0:
		one.person = true
		return one, "did you find my grey umbrella"
	}
	return one, "How much does it cost?"
}

func (w *lookout) post(one *wrote, body string) {
	form := url.Values{"From": {one.from}, "Body": {body}}
	form.Set("MessageSid", fmt.Sprintf("SM%032s", one.from[1:]))
	var a twiliotest.Answer
	for range 3 { // as the webhook's URL asks for: rc=2
		var err error
		if a, err = w.twilio.PostText(w.ctx, w.url+"/twilio/text", form); err == nil &&
			a.Status == http.StatusOK {
			break
		}
	}
	took := time.Since(one.at)
	w.mu.Lock()
	defer w.mu.Unlock()
	one.took = took
	if a.Status == http.StatusOK {
		one.bodies = a.Bodies
	}
}

// fate is what became of a text.
type fate struct {
	*wrote
	answers int // in the webhook's answer and by text
	words   int // those that hold the words to who is in danger
	cards   int
	told    time.Time // when a person first was
	rung    bool      // that was by the on-call phone
	done    time.Time // when the first answer was there, or the card for a person
}

// fates returns what became of each text, and when the on-call phone was told of danger.
func (w *lookout) fates() (all []fate, rings rings) {
	w.look()
	texts, cards := map[string][]string{}, map[string]int{}
	sent := map[string]time.Time{}
	for _, m := range w.twilio.Messages() {
		if m.To == onCallPhone {
			rings.add(m.Body, m.Created.Add(w.old), false)
		}
		if sent[m.To].IsZero() {
			sent[m.To] = m.Created.Add(w.old)
		}
		texts[m.To] = append(texts[m.To], m.Body)
	}
	for _, c := range w.twilio.Calls() {
		rings.add(c.Twiml, c.Created.Add(w.old), true)
	}
	for _, m := range w.slack.Messages() {
		_, after, named := strings.Cut(m.Words(), "…")
		if m.ThreadTS == "" && named && len(after) >= 4 && len(m.Buttons()) > 0 {
			cards[after[:4]]++
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.texts {
		f := fate{
			wrote: one, cards: cards[one.ends()], told: w.named[one.ends()], done: sent[one.from],
		}
		if len(one.bodies) > 0 {
			f.done = one.at.Add(one.took)
		}
		if card := w.carded[one.ends()]; f.done.IsZero() || one.person && card.After(f.done) {
			f.done = card
		}
		for _, body := range append(texts[one.from], one.bodies...) {
			f.answers++
			if strings.Contains(body, "988") {
				f.words++
			}
		}
		all = append(all, f)
	}
	rings.tell(all)
	return all, rings
}

// settleMost is how long what a day has held up may take, before it counts as lost.
const settleMost = 5 * time.Minute

// settle waits until every text is answered and whoever must be told is told, or gives up.
func (w *lookout) settle(most time.Duration) {
	ctx, end := context.WithTimeout(w.ctx, most)
	defer end()
	refused := false
	for _, in := range w.twilio.Incoming() {
		refused = refused || in.Refused()
	}
	looks := -1
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		all, _ := w.fates()
		done := !long() || w.bots[0].metric("beacon_texts_waiting") == "0"
		for _, f := range all {
			done = done && !f.lost()
		}
		if n := w.twilio.Lists(); done && looks < 0 {
			looks = n
		} else if done && (!long() || !refused || n > looks) {
			return // a text handled twice would show by the next look at the list
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// lost reports whether a text wasn't answered, or nobody was told who had to be.
func (f fate) lost() bool {
	switch {
	case f.danger:
		return f.words == 0 || f.cards == 0
	case f.visit:
		return f.answers == 0
	}
	return f.answers == 0 && f.cards == 0 || f.person && f.cards == 0
}

// progress returns how far the day is, for the log.
func (w *lookout) progress() string {
	all, rings := w.fates()
	left := 0
	for _, f := range all {
		if f.lost() {
			left++
		}
	}
	return fmt.Sprintf("%d texts, %d not settled, %d alarms", len(all), left, rings.count())
}

// rings holds when the on-call phone was told of danger.
type rings struct{ texts, calls []ring }

type ring struct {
	at   time.Time
	body string
}

func (r *rings) add(body string, at time.Time, call bool) {
	switch {
	case !strings.Contains(body, "urgent case"):
	case call:
		r.calls = append(r.calls, ring{at, body})
	default:
		r.texts = append(r.texts, ring{at, body})
	}
}

func (r rings) count() int { return len(r.texts) + len(r.calls) }

// String returns the times, counted from the first.
func (r rings) String() string {
	all := slices.SortedFunc(slices.Values(append(r.texts[:len(r.texts):len(r.texts)], r.calls...)),
		func(a, b ring) int { return a.at.Compare(b.at) })
	var out []string
	for _, one := range all {
		how := "text"
		if strings.Contains(one.body, "<Say") {
			how = "call"
		}
		out = append(out, fmt.Sprintf("%s +%v", how, round(one.at.Sub(all[0].at))))
	}
	return strings.Join(out, ", ")
}

// tell marks the patients of whom the on-call phone was the first to be told. A text that only says
// how many there are is taken to mean those who have waited longest.
func (r rings) tell(all []fate) {
	by := map[int]time.Time{} // whom the phone was told of, and when
	for _, one := range append(r.texts[:len(r.texts):len(r.texts)], r.calls...) {
		n := 1
		if _, after, many := strings.Cut(one.body, "nobody has taken "); many {
			_, _ = fmt.Sscan(after, &n)
		} else if _, after, many := strings.Cut(one.body, "Nobody has taken "); many {
			_, _ = fmt.Sscan(after, &n)
		}
		_, ending, single := strings.Cut(one.body, "number ending ")
		for i, f := range all {
			own := !single || strings.HasPrefix(ending, f.ends())
			if n > 0 && f.danger && own && !f.at.After(one.at) && by[i].IsZero() {
				by[i] = one.at
				n--
			}
		}
	}
	for i, at := range by {
		if all[i].told.IsZero() || at.Before(all[i].told) {
			all[i].told, all[i].rung = at, true
		}
	}
}

package main_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
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
}

// ends returns the last digits of its number.
func (w wrote) ends() string { return w.from[len(w.from)-4:] }

// lookout watches a bad day: what patients wrote and were answered, and when people were told.
type lookout struct {
	p    *program
	old  time.Duration // how far the carrier's clock is behind
	back time.Time     // when nothing was wrong any more

	mu    sync.Mutex
	texts []*wrote
	named map[string]time.Time // when the urgent channel first named a number, by its last digits
	seen  map[string]bool      // Slack's messages, by id
}

// watch starts to watch a program's Slack, until the test ends.
func watch(p *program, old time.Duration) *lookout {
	w := &lookout{p: p, old: old, named: map[string]time.Time{}, seen: map[string]bool{}}
	go w.slack(p.t.Context())
	return w
}

// slack notes when the urgent channel names a number, in a card or in a summary.
func (w *lookout) slack(ctx context.Context) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.look()
		}
	}
}

func (w *lookout) look() {
	all, now := w.p.slack.Messages(), time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range all {
		if m.Channel != slacktest.Urgent || w.seen[m.ID()] {
			continue
		}
		w.seen[m.ID()] = true
		for _, part := range strings.Split(m.Words(), "…")[1:] {
			if len(part) >= 4 && w.named[part[:4]].IsZero() {
				w.named[part[:4]] = now
			}
		}
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
	a, err := w.p.twilio.PostText(w.p.ctx, w.p.url+"/twilio/text", form)
	took := time.Since(one.at)
	if err != nil {
		w.p.log.Write([]byte("a webhook wasn't answered: " + err.Error() + "\n"))
	}
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
}

// fates returns what became of each text, and when the on-call phone was told of danger.
func (w *lookout) fates() (all []fate, rings rings) {
	w.look()
	texts, cards := map[string][]string{}, map[string]int{}
	for _, m := range w.p.twilio.Messages() {
		if m.To == onCallPhone {
			rings.add(m.Body, m.Created.Add(w.old), false)
		}
		texts[m.To] = append(texts[m.To], m.Body)
	}
	for _, c := range w.p.twilio.Calls() {
		rings.add(c.Twiml, c.Created.Add(w.old), true)
	}
	for _, m := range w.p.slack.Messages() {
		_, after, named := strings.Cut(m.Words(), "…")
		if m.ThreadTS == "" && named && len(after) >= 4 && len(m.Buttons()) > 0 {
			cards[after[:4]]++
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.texts {
		f := fate{wrote: one, cards: cards[one.ends()], told: w.named[one.ends()]}
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

// settle waits until every text is answered and whoever must be told is told, or gives up.
func (w *lookout) settle() {
	ctx, end := context.WithTimeout(w.p.ctx, 2*time.Minute)
	defer end()
	refused := false
	for _, in := range w.p.twilio.Incoming() {
		refused = refused || in.Refused()
	}
	looks := -1
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		all, _ := w.fates()
		done := !long() || w.p.metric("beacon_texts_waiting") == "0"
		for _, f := range all {
			done = done && !f.lost()
		}
		if n := w.p.twilio.Lists(); done && looks < 0 {
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
	if f.danger {
		return f.words == 0 || f.cards == 0
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
			all[i].told = at
		}
	}
}

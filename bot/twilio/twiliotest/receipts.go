package twiliotest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// Receipts sets how status callbacks are posted: late, repeated and out of order, as Twilio may.
type Receipts struct {
	Late    time.Duration // how long after the text was taken
	Repeat  int           // how often more each is posted
	Shuffle bool          // those of one text in any order
	Seed    uint64        // of that order
	Workers int           // how many are posted at once; 4 if 0
}

// receipt is a status callback that is still to be posted.
type receipt struct {
	sid    string
	due    time.Time // by the wall clock
	status string
	code   int // Twilio's error code; 0 if none
}

// worker owns the goroutines that post receipts, first come first served. close ends them; what is
// being posted then is cut off.
type worker struct {
	f   *Fake
	c   Receipts
	ctx context.Context // ends with the worker
	cut context.CancelFunc
	wg  sync.WaitGroup
	mu  sync.Mutex // guards what follows
	rnd *rand.Rand

	more   *sync.Cond // signals that the queue has a receipt, or the end
	idle   *sync.Cond // signals that open is 0, or the end
	queue  []receipt
	open   int // receipts queued or being posted
	end    bool
	failed int // receipts that got no 2xx
}

func newWorker(f *Fake, c Receipts) *worker {
	w := &worker{f: f, c: c, rnd: rand.New(rand.NewPCG(c.Seed, 1))}
	w.ctx, w.cut = context.WithCancel(context.Background())
	w.more, w.idle = sync.NewCond(&w.mu), sync.NewCond(&w.mu)
	if w.c.Workers <= 0 {
		w.c.Workers = 4
	}
	for range w.c.Workers {
		w.wg.Go(w.work)
	}
	return w
}

// add queues a message's receipts: that it was sent, and that it was delivered or, with a code,
// undelivered.
func (w *worker) add(m Message, code int) {
	due := time.Now().Add(w.c.Late)
	// Twilio posts more (queued, sending); the bot passes over those, so they would only add load.
	told := []receipt{{m.SID, due, "sent", 0}, {m.SID, due, "delivered", 0}}
	if code != 0 {
		told[1] = receipt{m.SID, due, "undelivered", code}
	}
	for range w.c.Repeat {
		told = append(told, told[0], told[1])
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.end {
		return
	}
	if w.c.Shuffle {
		w.rnd.Shuffle(len(told), func(i, j int) { told[i], told[j] = told[j], told[i] })
	}
	w.queue = append(w.queue, told...)
	w.open += len(told)
	w.more.Broadcast()
}

// work posts receipts until the end. Receipts become due in the order of the queue, since Late is
// the same for all.
func (w *worker) work() {
	for {
		r, ok := w.next()
		if !ok {
			return
		}
		timer := time.NewTimer(time.Until(r.due))
		select {
		case <-timer.C:
		case <-w.ctx.Done():
			timer.Stop()
			return
		}
		status, err := w.f.PostReceipt(w.ctx, r.sid, r.status, r.code)
		w.mu.Lock()
		if err != nil || status/100 != 2 {
			w.failed++
		}
		if w.open--; w.open == 0 {
			w.idle.Broadcast()
		}
		w.mu.Unlock()
	}
}

// next waits for a receipt and takes it off the queue. It returns false at the end.
func (w *worker) next() (receipt, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queue) == 0 && !w.end {
		w.more.Wait()
	}
	if w.end {
		return receipt{}, false
	}
	r := w.queue[0]
	w.queue = w.queue[1:]
	return r, true
}

// close ends the goroutines, wakes whoever drains, and waits for what is being posted. The queue is
// left as it is.
func (w *worker) close() {
	w.mu.Lock()
	w.end = true
	w.cut()
	w.more.Broadcast()
	w.idle.Broadcast()
	w.mu.Unlock()
	w.wg.Wait()
}

// Drain waits until every receipt has been posted, and returns how many were not answered with a
// 2xx since the start. Like Twilio, the Fake doesn't post those again.
func (f *Fake) Drain() (failed int) {
	if f.worker == nil {
		return 0
	}
	w := f.worker
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.open > 0 && !w.end {
		w.idle.Wait()
	}
	return w.failed
}

// rank returns how far along a status is. A message's status never goes back, in whatever order its
// receipts are posted.
func rank(status string) int {
	switch status {
	case "delivered", "undelivered", "failed":
		return 2
	case "sent":
		return 1
	}
	return 0
}

// PostReceipt moves a message on to a status and posts that to its status callback, once and
// signed. It returns the callback's HTTP status. code is Twilio's error code, 0 for none.
func (f *Fake) PostReceipt(ctx context.Context, sid, status string, code int) (int, error) {
	f.mu.Lock()
	i, ok := f.bySID[sid]
	if !ok {
		f.mu.Unlock()
		return 0, fmt.Errorf("twiliotest: no message %s", sid)
	}
	m := &f.messages[i]
	m.Updated = f.c.Now()
	if rank(status) > rank(m.Status) {
		m.Status, m.Code = status, code
	}
	if m.Sent.IsZero() && rank(status) > 0 {
		m.Sent = m.Updated
	}
	callback, to, from := m.Callback, m.To, m.From
	f.mu.Unlock()
	if from == "" {
		from = channel(to) + From // the one that the service chose
	}
	form := url.Values{
		"SmsSid": {sid}, "SmsStatus": {status}, "MessageStatus": {status}, "MessageSid": {sid},
		"To": {to}, "From": {from},
		"AccountSid": {f.c.AccountSID}, "ApiVersion": {"2010-04-01"},
	}
	if code != 0 {
		form.Set("ErrorCode", strconv.Itoa(code))
	}
	answered, _, err := f.post(ctx, callback, form)
	return answered, err
}

package guard_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/beacon-clinic/beacon/handlers/guard"
)

// Whoever waits does so until nothing goes on, though more begins meanwhile.
func TestWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w guard.Work
		w.Wait() // for nothing
		began := time.Now()
		w.Go(func() { <-time.After(time.Second) })
		go func() {
			<-time.After(time.Second / 2)
			w.Go(func() { <-time.After(2 * time.Second) })
		}()
		w.Wait()
		if d := time.Since(began); d != 2500*time.Millisecond {
			t.Errorf("waited %v", d)
		}
	})
}

// More may begin at any time while others wait.
func TestWorkFromManySides(t *testing.T) {
	var w guard.Work
	var done atomic.Int64
	var sides guard.Work
	for range 8 {
		sides.Go(func() {
			for range 200 {
				w.Go(func() { done.Add(1) })
				w.Wait()
			}
		})
	}
	sides.Wait()
	w.Wait()
	if n := done.Load(); n != 1600 {
		t.Errorf("%d done", n)
	}
}

package main_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// typist sits at a terminal in which `bot chat` runs.
type typist struct {
	t    *testing.T
	tty  *os.File
	cmd  *exec.Cmd
	grew chan struct{} // something was written

	mu   sync.Mutex
	seen bytes.Buffer
	from int // where what is waited for may begin
}

// sits starts a chat in a terminal of 60 by 30 cells, with more variables than TERM and PATH.
func sits(t *testing.T, env ...string) *typist {
	t.Helper()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), bin, "chat", "--at", "2026-12-01 10:00")
	cmd.Dir, cmd.Env = t.TempDir(), append([]string{"TERM=xterm-256color"}, env...)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 60, Rows: 30})
	if err != nil {
		t.Fatal(err)
	}
	k := &typist{t: t, tty: tty, cmd: cmd, grew: make(chan struct{}, 1)}
	var reading sync.WaitGroup
	reading.Go(k.read)
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may be gone
		_ = tty.Close()
		reading.Wait()
	})
	return k
}

// read takes what the chat writes, and says where the cursor is when it is asked, as terminals do.
func (k *typist) read() {
	buf := make([]byte, 4096)
	for {
		n, err := k.tty.Read(buf)
		k.mu.Lock()
		k.seen.Write(buf[:n])
		k.mu.Unlock()
		for range bytes.Count(buf[:n], []byte("\x1b[6n")) {
			_, _ = k.tty.WriteString("\x1b[1;1R")
		}
		select {
		case k.grew <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

// types presses keys.
func (k *typist) types(keys string) {
	k.t.Helper()
	if _, err := k.tty.WriteString(keys); err != nil {
		k.t.Fatal(err)
	}
}

// sees waits until words stand on the screen, after those that were waited for before.
func (k *typist) sees(words string) {
	k.t.Helper()
	late := time.After(time.Minute)
	for {
		k.mu.Lock()
		at := strings.Index(k.seen.String()[k.from:], words)
		if at >= 0 {
			k.from += at + len(words)
		}
		k.mu.Unlock()
		if at >= 0 {
			return
		}
		select {
		case <-k.grew:
		case <-late:
			k.t.Fatalf("%q isn't there:\n%q", words, k.all())
		}
	}
}

// all returns all that was written.
func (k *typist) all() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.seen.String()
}

// left waits until the chat has ended, and well.
func (k *typist) left() {
	k.t.Helper()
	if err := k.cmd.Wait(); err != nil {
		k.t.Errorf("%v\n%s", err, k.all())
	}
}

// Somebody types while texts come in, brings lines back and has them completed, and stops the clock.
func TestChatInATerminal(t *testing.T) {
	t.Parallel()
	k := sits(t)
	k.sees("Ada 0101> ")
	k.types("i dont want to be here anymore\r")
	k.sees("\x1b[36mBeacon to Ada 0101:\x1b[0m I'm sorry it hurts this")
	k.sees("\x1b[1;31m!! URGENT, card 1 of Ada 0101:\x1b[0m May be in danger.")
	k.sees("Ada 0101> ")
	k.types("/clock +60d\r")
	k.sees("@channel")
	k.types("half a li")
	k.sees("half a li")
	k.sees("@channel") // what comes in leaves the line as it was typed
	k.sees("Ctrl-C stops> \x1b[0Khalf a li")
	k.types("ne\r")
	k.types("\x03")
	k.sees("you stopped it")
	k.sees("Ada 0101> ")
	k.types("/pho\t0101\r")
	k.sees("/phone 0101")
	k.sees("Ada 0101:\x1b[0m half a line\r\n")
	k.types("\x1b[A\x1b[A")
	k.sees("half a line")
	k.types("\x03") // clears it
	k.sees("leaves")
	k.types("/cli\twaitl\t list\r")
	k.sees("/clinic waitlist  list")
	k.sees("Sam sees:")
	k.types("/phone begoña\r")
	k.sees("Begoña 0106> ")
	k.types("\x04")
	k.left()
}

// Ctrl-C twice leaves, and so does /quit.
func TestChatIsLeft(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{
		"Ctrl-C twice": {"\x03", "\x03"}, "Ctrl-C with a line": {"hello\x03", "\x03"},
		"Ctrl-D": {"\x04"}, "/quit": {"/quit\r"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := sits(t)
			for _, key := range keys {
				k.sees("Ada 0101> ")
				k.types(key)
			}
			k.left()
		})
	}
}

// NO_COLOR and a terminal that can't move its cursor are respected.
func TestChatWithoutColors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, env, never string }{
		{name: "NO_COLOR", env: "NO_COLOR=1", never: "\x1b[3"},
		{name: "a dumb terminal", env: "TERM=dumb", never: "\x1b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := sits(t, c.env)
			k.sees("Ada 0101> ")
			k.types("i dont want to be here anymore\r")
			k.sees("!! URGENT, card 1 of Ada 0101: May be in danger.")
			k.types("/quit\r")
			k.left()
			if strings.Contains(k.all(), c.never) {
				t.Errorf("it has %q: %q", c.never, k.all())
			}
		})
	}
}

package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// torn is a queue of which some posts can't be read.
type torn struct {
	desk.Queue
	err error
}

// ClaimPosts implements desk.Queue.
func (q torn) ClaimPosts(
	ctx context.Context, urgent bool, now time.Time, n int, lease time.Duration,
) ([]handlers.Post, error) {
	posts, err := q.Queue.ClaimPosts(ctx, urgent, now, n, lease)
	return posts, errors.Join(err, q.err)
}

// A post that can't be read holds up none that was claimed with it, and is told of.
func TestPostsThatCannotBeRead(t *testing.T) {
	d := newRoom(t)
	d.open()
	d.put("card", desk.PostCard, 0)
	d.put("n1", desk.PostNote, 0)
	unread := errors.New("redis: stored post: no row")
	d.Posts = torn{d.store, unread}
	if err := d.Poster.Deliver(t.Context()); !errors.Is(err, unread) {
		t.Errorf("%v, want %v", err, unread)
	}
	if got := strings.Join(d.shown.Lines(), "; "); got != "card c; note n1 patient hi" {
		t.Errorf("shown: %s", got)
	}
}

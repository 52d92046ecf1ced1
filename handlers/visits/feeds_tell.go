package visits

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// TellFeed shows at the desk, once, that a feed wasn't well for longer than stale, and, once, that
// it is well again. The result is what is to be kept of the feed.
func (b *Books) TellFeed(
	ctx context.Context, f handlers.Feed, stale time.Duration,
) (handlers.Feed, error) {
	bad := b.Now().Sub(f.Lately()) > stale
	switch {
	case bad && f.Told == "":
		id := fmt.Sprintf("feed:%s:stale:%d", f.Name, f.Lately().UnixMilli())
		err := b.openFeed(ctx, id, kinds.Feed, b.staleWords(f))
		if err == nil {
			f.Told = id
		}
		return f, err
	case !bad && f.Told != "":
		err := b.closeFeed(ctx, f.Told, "is read again.")
		if err == nil {
			f.Told = ""
		}
		return f, err
	}
	return f, nil
}

// staleWords returns the title of the card of a feed that isn't well.
func (b *Books) staleWords(f handlers.Feed) string {
	since := knowledge.DeskClock(b.Base.Clinic, b.Now()).When(f.Lately(), "en")
	why := "nothing has come"
	if f.Why != "" {
		why = f.Why
	}
	return fmt.Sprintf("The feed %q hasn't been read since %s: %s. What was booked, moved or called "+
		"off there since then isn't known here.", f.Name, since, why)
}

// askShrunk asks at the desk whether the visits that a feed lacks are off, and returns the case.
func (b *Books) askShrunk(ctx context.Context, f handlers.Feed, lacks, of int) (string, error) {
	id := fmt.Sprintf(
		"feed:%s:shrunk:%d:%s", f.Name, f.Lately().UnixMilli(), short(strings.Join(f.Lacks, " ")),
	)
	title := fmt.Sprintf("The feed %q suddenly lacks %d of its %d visits ahead. If they are all off, "+
		"agree: they are taken off, and their times are free. If not, see to the feed. Until then "+
		"nothing of it is changed here, and reminders go by what was known.", f.Name, lacks, of)
	return id, b.openFeed(ctx, id, kinds.FeedShrunk, title)
}

// mostCodes is how many codes a card names.
const mostCodes = 20

// tellUnlinked lists at the desk the visits of a feed that nobody knows the number of, on one card
// that is updated as they change.
func (b *Books) tellUnlinked(
	ctx context.Context, f *handlers.Feed, unlinked []handlers.Visit,
) error {
	count := map[string]int{}
	for _, v := range unlinked {
		count[strings.Join(strings.Fields(v.Name), " ")]++
	}
	codes := slices.Sorted(maps.Keys(count))
	now := short(strings.Join(codes, "\n"))
	switch {
	case len(codes) == 0:
		err := b.closeFeed(ctx, f.Unlinked, "has a number for every visit now.")
		if err == nil {
			f.Unlinked, f.Codes = "", ""
		}
		return err
	case now == f.Codes:
		return nil
	}
	title := unlinkedWords(f.Name, codes, count)
	// The same list may come again, after another.
	event := fmt.Sprintf("%s:%d", now, b.Now().UnixMilli())
	updated, err := b.retitle(ctx, f.Unlinked, event, title)
	if err != nil {
		return err
	}
	if !updated { // there is none yet, or staff have closed it
		f.Unlinked = fmt.Sprintf("feed:%s:unlinked:%d:%s", f.Name, f.Lately().UnixMilli(), now)
		if err := b.openFeed(ctx, f.Unlinked, kinds.FeedUnlinked, title); err != nil {
			return err
		}
	}
	f.Codes = now
	return nil
}

// unlinkedWords returns the title of a card that lists who of a feed has no number, and how many
// visits each.
func unlinkedWords(feed string, codes []string, count map[string]int) string {
	lines, visits := make([]string, 0, len(codes)), 0
	for i, code := range codes {
		visits += count[code]
		if i < mostCodes {
			lines = append(lines, fmt.Sprintf("%s (%d)", code, count[code]))
		}
	}
	if n := len(codes) - len(lines); n > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", n))
	}
	what := "1 visit of the feed %q has no number, and nothing is texted about it"
	if visits > 1 {
		what = fmt.Sprint(visits) + " visits of the feed %q have no number, and nothing is texted " +
			"about them"
	}
	patients := fmt.Sprintf("%d patients", len(codes))
	return fmt.Sprintf(what+": %s. Say once whose they are: `/clinic link PHONE %s CODE = NAME`. "+
		"What is no visit belongs under skip in clinic.yaml.",
		feed, veil.Veiled(strings.Join(lines, ", "), patients), feed)
}

// retitle changes what a card about a feed says, if it is open still. event tells changes apart.
func (b *Books) retitle(ctx context.Context, id, event, title string) (updated bool, err error) {
	if id == "" {
		return false, nil
	}
	did, _, err := b.Store.Turn(ctx, id+":"+event, handlers.Phone{},
		func(s handlers.State) (e handlers.Effects, err error) {
			for _, c := range s.Cases {
				if c.ID == id {
					c.Title = title
					e.Reply.Note = retitled
					e.Cases = []handlers.Case{c}
					e.Posts = []handlers.Post{{
						ID: id + ":" + event, Case: id, Do: desk.PostCard, Due: b.Now(),
					}}
				}
			}
			return e, nil
		})
	return did.Note == retitled, err
}

// retitled is the note in the reply of a card that was changed: a repeat is told the same.
const retitled = "retitled"

// short returns a hash to tell texts apart.
func short(s string) string { return fmt.Sprintf("%.4x", sha256.Sum256([]byte(s))) }

// openFeed opens a card about a feed and pings the desk, once for its id. It belongs to no number.
func (b *Books) openFeed(ctx context.Context, id, kind, title string) error {
	return b.openCard(ctx, handlers.Case{ID: id, Kind: kind, Title: title})
}

// openCard opens a card at the desk that belongs to no number, and pings the desk, once for its id.
func (b *Books) openCard(ctx context.Context, c handlers.Case) error {
	now, id := b.Now(), c.ID
	c.Channel, c.At, c.Open = handlers.DeskChannel, now, true
	e := handlers.Effects{Cases: []handlers.Case{c}, Posts: []handlers.Post{
		{ID: id + ":card", Case: id, Do: desk.PostCard, Due: now},
		{
			ID: id + ":note", Case: id, Do: desk.PostNote, From: "bot", Ping: "here",
			Text: "Please see to this card.",
			Due:  now.Add(time.Millisecond), // a thread needs its card first
		},
	}}
	_, _, err := b.Store.Turn(ctx, id, handlers.Phone{},
		func(handlers.State) (handlers.Effects, error) { return e, nil })
	return err
}

// closeFeed closes a card about a feed, if it is open still, and says in its thread what the feed
// does now; "" is no card.
func (b *Books) closeFeed(ctx context.Context, id, says string) error {
	if id == "" {
		return nil
	}
	now := b.Now()
	decide := func(s handlers.State) (e handlers.Effects, err error) {
		e.Posts = []handlers.Post{{
			ID: id + ":over", Case: id, Do: desk.PostNote, From: "bot", Text: "The feed " + says,
			Due: now,
		}}
		for _, c := range s.Cases {
			if c.ID == id {
				c.Open = false
				e.Cases = []handlers.Case{c}
				e.Posts = append(e.Posts, handlers.Post{
					ID: id + ":closed", Case: id, Do: desk.PostCard, Due: now.Add(time.Millisecond),
				})
			}
		}
		return e, nil
	}
	_, _, err := b.Store.Turn(ctx, id+":over", handlers.Phone{}, decide)
	return err
}

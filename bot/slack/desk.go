package slack

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	sdk "github.com/slack-go/slack"

	"github.com/beacon-clinic/beacon/bot/slack/view"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// Slack's error codes that are handled here, rather than by package desk.
const (
	errNoMessage = "message_not_found"
	errAlready   = "already_reacted"
	errNoSuch    = "no_reaction"
	errNoThread  = "thread_not_found"
)

// The reactions that show what became of a staff message.
const (
	reactionSent      = "hourglass_flowing_sand"
	reactionDelivered = "white_check_mark"
	reactionFailed    = "x"
)

// lookBack is how far before a case's beginning its card is looked for, since Slack's clock and the
// bot's may differ.
const lookBack = 10 * time.Minute

// A search for a post of ours reads lookPages pages of lookPage messages at most. A post is
// searched for shortly after it was made, on a retry or to be replaced, so not even a busy channel
// buries it that deep.
const (
	lookPages = 10
	lookPage  = 200
)

var _ desk.Board = (*Slack)(nil)

// Card posts a case's card, or updates it if the case has a thread, and returns the card's thread.
// With again it searches the channel first for a card that an earlier try may have posted. A card
// that somebody deleted is posted anew if the case is open.
//
// Its errors, like those of Note, Mark and Say, are [desk.Unreachable] if nobody can post in the
// channel until it is mended, [handlers.Refusal] if Slack won't take this message, or limits the
// rate, and any other error for a failure that may pass.
func (s *Slack) Card(ctx context.Context, c handlers.Case, again bool) (string, error) {
	at, posted := parsePlace(c.Thread)
	if !posted {
		at = place{channel: s.channel(cmp.Or(c.Via, c.Channel))}
		// The thread is stored only after the card was posted, and the process may have crashed in
		// between.
		if again {
			var err error
			if at.ts, err = s.findCard(ctx, at.channel, c); err != nil {
				return "", fmt.Errorf("look for card: %w", refusal(err))
			}
		}
	}
	card := options(s.view.Card(c))
	if at.ts != "" {
		_, _, _, err := s.api.UpdateMessageContext(ctx, at.channel, at.ts, card...)
		switch {
		case err == nil:
			return at.String(), nil
		case Word(err) != errNoMessage:
			return "", fmt.Errorf("update card: %w", refusal(err))
		case !c.Open:
			return at.String(), nil // somebody deleted it, and nothing is left to do about the case
		}
		// Somebody deleted the card of a case that still needs a person: show it anew.
	}
	_, ts, err := s.api.PostMessageContext(ctx, at.channel, card...)
	if err != nil {
		return "", fmt.Errorf("post card: %w", refusal(err))
	}
	return place{at.channel, ts}.String(), nil
}

// options returns a message for the SDK. Unfurling is off: Slack would fetch whatever a patient
// links to, and show it.
func options(m view.Message) []sdk.MsgOption {
	all := []sdk.MsgOption{
		sdk.MsgOptionText(m.Text, false), // escaped where it was made
		sdk.MsgOptionBlocks(m.Blocks...),
		sdk.MsgOptionMetadata(
			sdk.SlackMetadata{EventType: m.Event, EventPayload: map[string]any{m.Key: m.ID}},
		),
		sdk.MsgOptionDisableLinkUnfurl(),
		sdk.MsgOptionDisableMediaUnfurl(),
	}
	if m.Broadcast {
		all = append(all, sdk.MsgOptionBroadcast())
	}
	return all
}

// Note posts a line in the case's thread and deletes the earlier line that it replaces, if any. A
// line that can't be deleted stays, and the log says so. The error is [desk.ErrNoCard] if somebody
// deleted the card of an open case; of one that is over there is nothing left to say.
func (s *Slack) Note(ctx context.Context, c handlers.Case, p handlers.Post) error {
	if err := s.reply(ctx, c, p, s.view.Note(p)); err != nil || p.Clear == "" {
		return err
	}
	at, _ := parsePlace(c.Thread)
	ts, err := s.findNote(ctx, at, p.Clear)
	if err == nil && ts != "" {
		_, _, err = s.api.DeleteMessageContext(ctx, at.channel, ts)
	}
	if err != nil && Word(err) != errNoMessage && Word(err) != errNoThread {
		s.c.Log.Warn("slack: an earlier line of a thread stays", "case", c.ID, "err", err)
	}
	return nil // the line is there: a retry would only double it
}

// Say posts a line that belongs to no case in a channel, and pings all its members. The line may be
// posted twice if Slack's answer to the first try is lost.
func (s *Slack) Say(ctx context.Context, channel, text string) error {
	_, _, err := s.api.PostMessageContext(ctx, s.channel(channel),
		sdk.MsgOptionText(view.Line(text), false))
	return refusal(err)
}

// channel returns the id of handlers.UrgentChannel or handlers.DeskChannel. An unknown name is the
// desk's: a post in the wrong channel is read, one in none isn't.
func (s *Slack) channel(name string) string {
	if name == handlers.UrgentChannel {
		return s.c.UrgentChannel
	}
	return s.c.DeskChannel
}

// Mark shows on a staff message what became of the text to the patient: by a reaction, and in words
// by a line in the thread that changes with it. Adding a reaction twice does no harm, so a retry
// starts over. A mark that can't be shown, ever, is a [handlers.Refusal].
func (s *Slack) Mark(ctx context.Context, c handlers.Case, p handlers.Post) error {
	at, ok := parseMessageID(p.Mark)
	if !ok {
		return fmt.Errorf("mark: %w", &handlers.Refusal{Why: "not a Slack message"})
	}
	// The queue keeps its order, so only the hourglass of Sent can be there before a final state.
	add, remove := reactionFailed, reactionSent
	switch p.State {
	case handlers.Sent:
		add, remove = reactionSent, ""
	case handlers.Delivered:
		add = reactionDelivered
	case handlers.Failed, desk.Refused:
	default:
		return fmt.Errorf(
			"mark: %w", &handlers.Refusal{Why: "no mark for state " + strconv.Quote(p.State)},
		)
	}
	item := sdk.NewRefToMessage(at.channel, at.ts)
	if err := harmless(s.api.AddReactionContext(ctx, add, item)); err != nil {
		return fmt.Errorf("add reaction: %w", refusal(err))
	}
	if remove != "" {
		if err := harmless(s.api.RemoveReactionContext(ctx, remove, item)); err != nil {
			return fmt.Errorf("remove reaction: %w", refusal(err))
		}
	}
	// A reaction is seen at a glance, but a screen reader says little of it. The line comes last
	// because it is the one step that a retry could double.
	return s.status(ctx, c, p)
}

// reply posts a line in the case's thread. If an earlier try may have posted it, the thread is
// searched for it first.
func (s *Slack) reply(ctx context.Context, c handlers.Case, p handlers.Post, line view.Message) error {
	at, ok := parsePlace(c.Thread)
	if !ok {
		return errors.New("reply in thread: the case has no card yet")
	}
	if p.Tries > 0 {
		there, err := s.findNote(ctx, at, p.ID)
		if err != nil && Word(err) != errNoThread {
			return fmt.Errorf("look for note: %w", refusal(err))
		}
		if there != "" {
			return nil
		}
	}
	_, _, err := s.api.PostMessageContext(
		ctx, at.channel, append(options(line), sdk.MsgOptionTS(at.ts))...,
	)
	switch {
	case err == nil:
		return nil
	case Word(err) == errNoThread && !c.Open:
		return nil // somebody deleted the card, and the case is over
	case Word(err) == errNoThread:
		return fmt.Errorf("reply in thread: %w", desk.ErrNoCard)
	default:
		return fmt.Errorf("reply in thread: %w", refusal(err))
	}
}

// findCard looks in the channel for the case's card and returns its timestamp; "" if it isn't
// there.
func (s *Slack) findCard(ctx context.Context, channel string, c handlers.Case) (string, error) {
	ask := sdk.GetConversationHistoryParameters{
		ChannelID: channel, Limit: lookPage, IncludeAllMetadata: true,
	}
	if !c.At.IsZero() {
		ask.Oldest = strconv.FormatInt(c.At.Add(-lookBack).Unix(), 10) + ".000000"
	}
	// Slack lists the newest message first, so a card that was posted a moment ago is on the first
	// page.
	for range lookPages {
		page, err := s.api.GetConversationHistoryContext(ctx, &ask)
		if err != nil {
			return "", err
		}
		for _, m := range page.Messages {
			if is(m, view.CardEvent, view.CardKey, c.ID) {
				return m.Timestamp, nil
			}
		}
		ask.Cursor = page.ResponseMetaData.NextCursor
		if ask.Cursor == "" {
			break
		}
	}
	return "", nil
}

// findNote looks in the thread for the line of a post and returns its timestamp; "" if it isn't
// there.
func (s *Slack) findNote(ctx context.Context, at place, id string) (string, error) {
	ask := sdk.GetConversationRepliesParameters{
		ChannelID: at.channel, Timestamp: at.ts, Limit: lookPage, IncludeAllMetadata: true,
	}
	for range lookPages {
		page, _, next, err := s.api.GetConversationRepliesContext(ctx, &ask)
		if err != nil {
			return "", err
		}
		for _, m := range page {
			if is(m, view.NoteEvent, view.NoteKey, id) {
				return m.Timestamp, nil
			}
		}
		if ask.Cursor = next; next == "" {
			break
		}
	}
	return "", nil
}

// is reports whether a message carries our metadata with that id under key.
func is(m sdk.Message, event, key, id string) bool {
	return m.Metadata.EventType == event && m.Metadata.EventPayload[key] == id
}

// gone are Slack's error codes for a channel or a token that no retry mends. source:
// https://docs.slack.dev/reference/methods/chat.postMessage
var gone = []string{
	"is_archived", "channel_not_found", "not_in_channel", "restricted_action", "invalid_auth",
	"not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
	"no_permission", "org_login_required",
	"ekm_access_denied", "team_access_not_granted",
}

// ours are Slack's error codes for a message that it refuses as it is, whenever it is sent. Any
// other code that isn't known counts as a fault of the channel. source:
// https://docs.slack.dev/reference/methods/chat.postMessage
var ours = []string{
	"invalid_blocks", "invalid_blocks_format", "invalid_attachments", "too_many_attachments",
	"msg_too_long", "msg_blocks_too_long", "no_text", "markdown_text_conflict",
	"metadata_too_large", "invalid_metadata_format", "invalid_metadata_schema",
	"metadata_must_be_sent_from_app", "message_not_found", "cant_update_message",
	"edit_window_closed", "thread_not_found", "cannot_reply_to_message",
	"messages_tab_disabled", "slack_connect_file_link_sharing_blocked",
}

// refusal turns Slack's errors into those that package desk acts on: a channel that is out of
// reach, a message that Slack won't take, and a rate limit with the time to wait. It returns others
// as they are.
func refusal(err error) error {
	if why := Word(err); slices.Contains(gone, why) {
		return &desk.Unreachable{Why: "slack: " + why, Err: err}
	}
	if why := Word(err); slices.Contains(ours, why) {
		return &handlers.Refusal{Why: "slack: " + why}
	}
	if limit, ok := errors.AsType[*sdk.RateLimitedError](err); ok {
		return &handlers.Refusal{Retry: true, After: limit.RetryAfter, Why: "slack rate limit"}
	}
	return err
}

// harmless returns nil for the errors of a reaction that mean that it is already there or already
// gone, or that its message was deleted. It returns others as they are.
func harmless(err error) error {
	switch Word(err) {
	case errAlready, errNoSuch, errNoMessage:
		return nil
	}
	return err
}

// Word returns Slack's error code, such as channel_not_found, or "" if err isn't an error that
// Slack answered with.
func Word(err error) string {
	if e, ok := errors.AsType[sdk.SlackErrorResponse](err); ok {
		return e.Err
	}
	return ""
}

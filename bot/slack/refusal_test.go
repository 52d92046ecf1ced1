package slack_test

import (
	"errors"
	"testing"

	"github.com/beacon-clinic/beacon/bot/slack/slacktest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// An error about one card must not count as one of the channel, or the other way round: the first
// would hide every other patient, the second would drop the card.
func TestWhoseARefusalIs(t *testing.T) {
	for _, test := range []struct {
		word       string
		card, gone bool
	}{
		{word: "invalid_blocks", card: true},
		{word: "msg_blocks_too_long", card: true},
		{word: "metadata_too_large", card: true},
		{word: "is_archived", gone: true},
		{word: "not_in_channel", gone: true},
		{word: "token_revoked", gone: true},
		{word: "internal_error"},
		{word: "service_unavailable"},
		{word: "a_word_of_next_year"},
	} {
		t.Run(test.word, func(t *testing.T) {
			r := start(t)
			r.fake.Fail(1, slacktest.Fault{Method: "chat.postMessage", Code: test.word})
			_, err := r.Card(t.Context(), handlers.Case{
				ID: "c1", Channel: handlers.UrgentChannel, Kind: kinds.Crisis, Open: true,
			}, false)
			no, card := errors.AsType[*handlers.Refusal](err)
			_, gone := errors.AsType[*desk.Unreachable](err)
			if err == nil || card != test.card || card && no.Retry || gone != test.gone {
				t.Errorf(
					"%v: the card's %t, want %t; gone %t, want %t", err, card, test.card, gone,
					test.gone,
				)
			}
		})
	}
}

// Package storetest says what a store is: one table of behaviours that every store must pass, the
// real one on each kind of Redis and the fake. Tests alone import it.
//
// The handlers are tested on the fake, so a behaviour that they count on belongs here: else the
// fake and Redis drift apart, and only patients notice. Every behaviour begins with an empty store
// whose clock stands at [Now]. What Redis alone has, as lifetimes and the pace, is tested with it.
package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/budget"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
)

// Store is all that the program needs of a store: the interfaces of the handlers, and what package
// main shows, counts and waits for.
type Store interface {
	handlers.Store
	gate.Ledger
	desk.Queue
	waitlist.Slots

	Wishes(ctx context.Context) ([]handlers.Wish, error)
	FreedSlots(ctx context.Context) ([]handlers.Slot, error)
	Slot(ctx context.Context, id string) (s handlers.Slot, ok bool, err error)
	NextSlot(ctx context.Context) (time.Time, error)
	Visit(ctx context.Context, id string) (v handlers.Visit, ok bool, err error)
	Visits(ctx context.Context, from, to time.Time) ([]handlers.Visit, error)
	CaseIn(ctx context.Context, thread string) (c handlers.Case, ok bool, err error)
	AllOpen(ctx context.Context) ([]handlers.Case, error)
	OpenCases(ctx context.Context) (int64, error)
	Numbers(ctx context.Context, last4 string) ([]handlers.Phone, error)
	Consents(ctx context.Context, p handlers.Phone) ([]handlers.Consent, error)
	Transcript(ctx context.Context, p handlers.Phone) ([]handlers.Said, error)
	Draft(ctx context.Context, id string) (d handlers.Draft, ok bool, err error)
	Next(ctx context.Context, p gate.Pace) (time.Time, error)
	NextPost(ctx context.Context) (time.Time, error)
	ClaimWriteBacks(
		ctx context.Context, now time.Time, n int, lease time.Duration,
	) ([]handlers.WriteBack, error)
	SettleWriteBack(ctx context.Context, b handlers.WriteBack, again time.Time) error
	NextWriteBack(ctx context.Context) (time.Time, error)
	Pending(ctx context.Context, id string) (p handlers.Pending, ok bool, err error)
	TakeBack(ctx context.Context, id string) (string, error)
	ClaimPending(
		ctx context.Context, now time.Time, n int, lease time.Duration,
	) ([]handlers.Pending, error)
	SettlePending(ctx context.Context, p handlers.Pending, again time.Time) error
	NextPending(ctx context.Context) (time.Time, error)
	Ref(ctx context.Context, p handlers.Phone) (string, error)
	ByRef(ctx context.Context, ref string) (p handlers.Phone, ok bool, err error)
	Waiting(ctx context.Context) (int64, error)
	Records(ctx context.Context, p handlers.Phone) ([]handlers.Record, error)
	TurnWithRecords(
		ctx context.Context, id string, p handlers.Phone,
		decide func(handlers.State, []handlers.Record) (handlers.Effects, error),
	) (r handlers.Reply, again bool, err error)
	Failed(ctx context.Context) ([]handlers.Record, error)
	RowsOf(ctx context.Context, ids []string) ([]handlers.Outgoing, error)
	FailedTexts(ctx context.Context) (int64, error)
	UnaskedAt(ctx context.Context, p handlers.Phone) ([]time.Time, error)
	OwnPhone(ctx context.Context, user string) (handlers.OwnPhone, error)
	SetOwnPhone(ctx context.Context, o handlers.OwnPhone) error
	Used(ctx context.Context) (map[string]budget.Used, error)
	Refused(ctx context.Context) (budget.Stretch, error)
	Advance(
		ctx context.Context, id, state, sid, why string, at, again time.Time,
	) (o handlers.Outgoing, moved bool, err error)
}

// each runs a test on an empty store. A behaviour may call it several times, for a store each.
type each func(t *testing.T, test func(t *testing.T, r Store))

// Run tests a store on every behaviour. open makes an empty one whose clock shows Now; it is called
// again for each.
func Run(t *testing.T, open func(t *testing.T) Store) {
	on := func(t *testing.T, test func(t *testing.T, r Store)) { test(t, open(t)) }
	for _, b := range behaviours {
		t.Run(b.name, func(t *testing.T) { b.run(t, on) })
	}
}

// behaviours are what a store must do. A new one is added here, and fails until every store does
// it.
var behaviours = []struct {
	name string // "noun: what it does"
	run  func(t *testing.T, on each)
}{
	{name: "turn: happens once", run: turnHappensOnce},
	{name: "turn: one that fails writes nothing", run: turnThatFailsWritesNothing},
	{name: "turn: the state comes back whole", run: stateComesBackWhole},
	{name: "turn: concurrent turns of one number", run: concurrentTurnsOfOneNumber},
	{name: "turn: the same event at once", run: theSameEventAtOnceHappensOnce},
	{name: "turn: given up", run: turnIsGivenUp},
	{name: "turn: an empty event happens once", run: anEmptyEventHappensOnce},
	{name: "turn: the desk's own", run: theDesksOwn},
	{name: "answers: counted", run: answersAreCounted},
	{name: "answers: at once", run: answersAtOnceKeepTheirLimit},
	{name: "answers: those that aren't given", run: refusalsAreCounted},
	{name: "consent: as it stands", run: consentAsItStands},
	{name: "consent: a bounded history", run: consentHistoryIsBounded},
	{name: "number: found by its last digits", run: numbersByLastDigits},
	{name: "number: found by what a button calls it", run: numbersByRef},
	{name: "transcript: both sides, in order", run: transcriptOfBothSides},
	{name: "drafts: kept by their message", run: draftsAreKept},
	{name: "visits: of a number", run: visitsOfANumber},
	{name: "visits: listed in order", run: manyVisitsAreListedInOrder},
	{name: "case: its thread outlives a turn", run: threadIsKeptWhileATurnRewritesItsCase},
	{name: "case: alarms that nobody has taken", run: untakenAlarms},
	{name: "case: all that are open", run: allOpen},
	{name: "posts: claimed, settled, tried again", run: postsAreClaimed},
	{name: "posts: urgent ones have their own queue", run: urgentPosts},
	{name: "posts: held while another is tried again", run: heldPosts},
	{name: "posts: only the claim settles one", run: onlyTheClaimSettlesAPost},
	{name: "posts: a case's first card", run: holdCard},
	{name: "write-backs: claimed, tried again, overtaken", run: writeBacks},
	{name: "acts: done once their minute has passed", run: pendingActs},
	{name: "acts: taken back", run: actsTakenBack},
	{name: "lists: in order", run: listsInOrder},
	{name: "ring: one row at a time", run: takeRing},
	{name: "ring: the next one", run: nextRing},
	{name: "texts: a row comes back whole", run: rowComesBackWhole},
	{name: "texts: rows by their ids", run: rowsByTheirIDs},
	{name: "texts: planning is idempotent", run: planIsIdempotent},
	{name: "texts: void", run: void},
	{name: "texts: void takes the claim", run: voidStopsWhoeverClaimed},
	{name: "texts: void and planned in one event", run: voidAndPlanInOneEvent},
	{name: "texts: a claim is a lease", run: claimIsForALease},
	{name: "texts: claim takes at most", run: claimTakesAtMost},
	{name: "texts: classes go one before the other", run: classesInOrder},
	{name: "texts: settled to be tried again", run: settleToBeTriedAgain},
	{name: "texts: next and waiting", run: nextAndWaiting},
	{name: "texts: decided from an old state", run: aSendDecidedFromAnOldState},
	{name: "texts: only the claim begins", run: onlyTheClaimBegins},
	{name: "texts: a refused begin changes nothing", run: refusedBeginChangesNothing},
	{name: "texts: panics are kept", run: panicsAreKept},
	{name: "texts: the carrier's state survives settling", run: settleAfterAReceipt},
	{name: "texts: begin after a receipt", run: beginAfterAReceipt},
	{name: "texts: receipts", run: advances},
	{name: "texts: a receipt has it tried again", run: receiptPutsBack},
	{name: "texts: history", run: histories},
	{name: "texts: history is bounded", run: historyOfALongLifeIsBounded},
	{name: "texts: left out", run: leftOut},
	{name: "texts: failed ones", run: failedAreListedRetriedAndDismissed},
	{name: "texts: only a failed one is sent again", run: onlyAFailedTextIsSentAgain},
	{name: "texts: sent again with its words", run: resendKeepsItsWords},
	{name: "texts: decided against is final", run: decidedAgainstIsFinal},
	{name: "texts: void frees the other row", run: voidFreesTheOtherRow},
	{name: "texts: one tells two rows", run: oneTextTellsTwoRows},
	{name: "texts: one tells two rows again", run: oneTextTellsTwoRowsAgain},
	{name: "texts: a row goes its own way", run: aRowThatGoesItsOwnWay},
	{name: "texts: why a row waits again", run: whyARowWaitsAgain},
	{name: "caps", run: caps},
	{name: "caps: a text counts once", run: capsCountATextOnce},
	{name: "caps: when unasked texts were", run: whenUnaskedTextsWere},
	{name: "slots: they fall due", run: slotsFallDue},
	{name: "slots: a change brings the rest", run: aChangeBringsTheRest},
	{name: "slots: the last reader writes", run: slotsAreWrittenByWhoReadThemLast},
	{name: "slots: a turn is decided again", run: aTurnIsDecidedAnewWhenItsSlotWasChanged},
	{name: "slots: what became free lately", run: whatBecameFreeLatelyIsKnown},
	{name: "waitlist: in order", run: theWaitlistIsInOrder},
	{name: "calls: phones of staff", run: ownPhones},
}

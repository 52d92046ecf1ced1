// Package gate is the only way to a phone.
//
// [Texter.Reply] passes the answer to a webhook. Everything else is a row of the [Ledger]: a [Crew]
// claims the rows that are due and carries each. [Wording] words the row, and the gate's rules
// decide whether it may leave; if an earlier send of it has an unknown outcome, that is looked up
// first. Then the send begins in the ledger, which keeps caps and pace, and the text goes to the
// [Carrier]. The outcome settles the row, and [Texter.Receipt] moves it further. While the clinic's
// own set-up at the carrier (wrong credentials, an unregistered number) keeps texts from leaving or
// arriving, that is one outage: the rows wait, and the desk gets one card for all of them.
//
// Only [Texter.SendNow], for danger while the store is away, goes without the ledger.
package gate

// Package gate is the only way to a phone.
//
// [Texter.Reply] passes the answer to a webhook. Everything else is a row of the [Ledger]: a [Crew]
// claims what is due and carries each row. The row is worded by [Wording] and held against the
// gate's rules; an earlier send whose outcome is unknown is looked up first. Then the send begins in
// the ledger, which keeps caps and pace, and goes to the [Carrier]. The row is settled by what comes
// of that, and later by [Texter.Receipt]. What the clinic's own set-up holds up is one outage.
package gate

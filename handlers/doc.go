// Package handlers holds what every room of Beacon speaks of: the nouns (a phone, a text, a visit, a
// conversation, a case at the desk, a slot, a row of the ledger of texts), a number's [State], the
// [Effects] of an event, and the [Store].
//
// The data's path is one. Something happens: a patient texts, staff write in a thread, a receipt
// comes, a visit is imported. One of the rooms (patient, staff, visits, waitlist) reads the State of
// that number and answers with Effects; the Store writes them in one atomic step under the event's
// id, so that an event happens once. What is to be sent (texts to phones, cards to the desk) lies in
// the store as rows that fall due; the gate and the desk carry them out. The gate is the only way to
// a phone.
//
// There is no HTTP here, no SDK, no database, no clock.
package handlers

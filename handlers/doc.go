// Package handlers holds what every room of Beacon speaks of: the nouns (a phone, a text, a visit,
// a conversation, a case at the desk), the ledger's rows, and the needs that the vendors' rooms
// fulfil.
//
// The data's path is one. Something happens (a patient texts, staff write in a thread, a receipt
// comes, a visit is imported); one of the handlers (patient, staff, reminder, waitlist) reads the
// State of that phone number and answers with Effects; the Store writes the effects in one atomic
// step under the event's id, so that an event happens once. What shall leave (texts to phones,
// cards to the desk) lies in the store as rows that fall due; the gate and the desk carry them out.
// The gate is the only way to a phone.
//
// There is no HTTP here, no SDK, no database, no clock.
package handlers

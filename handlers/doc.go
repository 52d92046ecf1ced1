// Package handlers declares the types that all of Beacon shares: the nouns ([Phone], [Text],
// [Visit], [Case], [Slot], [Outgoing] …), a number's [State], the [Effects] of an event, and the
// [Store].
//
// Every event takes the same path. Something happens: a patient texts, staff write in a thread, a
// receipt comes, a visit is imported. One of the packages below (patient, staff, visits, waitlist)
// reads the State of the number and returns Effects. The Store writes them in one atomic step under
// the event's id, so that an event happens once. Texts to phones and cards for the desk are stored
// as rows that fall due; packages gate and desk claim and send them. The gate is the only way to a
// phone.
//
// Nothing here knows HTTP, a vendor, a database or a clock.
package handlers

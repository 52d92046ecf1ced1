// Package desk brings matters to the clinic's people and pages until somebody has what is urgent.
//
// [OpenCase] opens a case, or adds to the number's open one. Its card and notes are posts in a
// queue: [Poster.Alarms] posts the urgent ones to a [Board], [Poster.Deliver] all others. A case
// that must not be left alone pages the desk; if nobody takes it, the on-call phone is reached, in
// words that [Poster.Alarm] writes.
//
// While the store is away, [Poster.Straight] tells people of an alarm without it, and
// [Poster.Watch] keeps telling them until the store is back. "The store" is Redis, "the desk" is
// Slack, and "the on-call phone" is a number of the clinic that is texted and rung when an alarm
// would otherwise go unseen.
package desk

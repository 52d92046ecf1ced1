// Package desk brings matters to the clinic's people and pages until somebody has what is urgent.
//
// [OpenCase] opens a case, or adds to the one that the number has. Its card and notes are posts in a
// queue: [Poster.Alarms] posts urgent ones, [Poster.Deliver] all others, each to a [Board]. A case
// that must not be left is paged; if nobody takes it, the on-call phone is reached, in words that
// [Poster.Alarm] writes. What the store can't take goes past it by [Poster.Straight].
package desk

// Package desk brings matters to the clinic's people: a case opens or joins, its card is posted,
// and what is urgent pages until somebody has it.
package desk

// Package kinds names what a text is, what a case at the desk is about, and the texts and tasks of
// a visit.
package kinds

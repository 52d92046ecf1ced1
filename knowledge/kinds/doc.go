// Package kinds names what a patient's text is, what a case at the desk is about, and the texts about
// a visit that the reminder plan treats in a way of their own.
package kinds

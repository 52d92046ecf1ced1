// Package handlerstest stands in for all that the handlers need from outside, in tests: a store in
// memory, a carrier, a desk, a clock and a small base of knowledge. Tests alone import it.
package handlerstest

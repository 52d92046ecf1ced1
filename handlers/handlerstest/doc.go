// Package handlerstest stands in for all that the handlers need from outside, in tests: a store in
// memory, a carrier, a desk, a clock and a small base of knowledge. Tests alone import it.
//
// The store isn't a mock: it does what package storetest asks of every store, so that a handler's
// test shows what happens on Redis. What Redis alone has (the pace, lifetimes) is tested there.
package handlerstest

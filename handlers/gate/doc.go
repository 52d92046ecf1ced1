// Package gate is the only way to a phone. It decides whether a text may leave, keeps caps and
// pace, sends it, looks up a send whose outcome is unknown, and takes its receipts.
package gate

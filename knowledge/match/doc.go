// Package match finds the entry of a knowledge base that a text asks for, and says how sure it is.
//
// [Build] trains a [Matcher] on the entries alone, in seconds and without any files of its own;
// [Matcher.Match] ranks the entries for a text and says whether the first is sure enough to be
// answered. Beacon uses it for what the compiled model hasn't learnt: entries that a clinic has
// added or changed, and wordings that staff have taught.
package match

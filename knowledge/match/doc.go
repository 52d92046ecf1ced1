// Package match finds the entry of a knowledge base that a text asks for, and says how sure it is.
//
// [Build] trains a [Matcher] on the entries alone, in seconds and without any files of its own;
// [Matcher.Match] ranks the entries for a text and says whether the first is sure enough to be
// answered. Beacon uses it for what the compiled model hasn't learnt: entries that a clinic has
// added or changed, and wordings that staff have taught.
//
// Three scorers add up. terms is an index like a search engine's whose weights are learnt
// (terms.go, learn.go); opinion reorders what terms rank first (opinion.go); senses compare
// meanings where the words leave it open (meaning.go). What comes of it is calibrated by a
// self-test, which hides phrasings and entries from the matcher and looks whether it notices
// (selftest.go).
//
// The settings were found on public question sets of other fields: CLINC150, banking77 and
// StackFAQ. TestSets holds what they reach there. Change one only with those figures before you,
// since a base's own questions are too few to show the difference.
package match

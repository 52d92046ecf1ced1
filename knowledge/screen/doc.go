// Package screen decides, before anything else looks at a text, whether
// somebody is in danger, wants out, or answers about a visit.
//
// A text is normalised (normal.go, typo.go), its idioms are hidden, and then
// two readers look at it: curated phrases with their guards (phrase.go), and a
// small classifier trained on curated examples when the screen is made
// (features.go, classify.go). Either may raise a kind; neither can take back
// what the other raised. All words stand in the YAML files of this folder, for
// a clinician to read; nothing in Go knows a symptom or a medicine.
package screen

// Package screen decides, before anything else looks at a text, whether somebody is in danger,
// wants no more texts, answers about a visit, or asks for an entry of the base.
//
// [New] makes a [Screen] from [Rules] and from what [Learn] has made of the corpus ahead of time;
// [Screen.Read] gives the [Verdict] on a text. The text is normalised and its idioms are hidden;
// then curated phrases with their guards and a classifier look at it. Either can raise a danger,
// and what only one of them sees is at least a concern. All rules stand in the YAML files of this
// directory, for a clinician to read: nothing in Go knows a symptom or a medicine.
package screen

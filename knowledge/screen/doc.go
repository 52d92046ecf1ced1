// Package screen decides, before anything else looks at a text, whether somebody is in danger,
// wants no more texts, answers about a visit, or asks for an entry of the base.
//
// [New] makes a [Screen] from [Rules] and from what [Learn] has made of the corpus ahead of time;
// [Screen.Read] gives the [Verdict] on a text. A reading takes these steps:
//
//  1. The text is normalised: accents, slang, disguises and typos of guarded words (chunk.go,
//     normal.go); a word that a rule names gets its lexeme (lexeme.go).
//  2. Idioms are hidden, so that "dying to see you" raises nothing (screen.go).
//  3. Whole texts and patterns with their guards name kinds (read.go, patterns.go).
//  4. The model gives the probability of each kind and entry, for the text, its clauses and windows
//     (sight.go, score.go); danger, acts and entries are weighed (weigh.go, answer.go, pieces.go).
//  5. What isn't danger may still be a concern, and danger has somebody it is about (concern.go).
//  6. [Verdict.In] fits the result to what is known of the writer (verdict.go).
//
// Either the patterns or the model can raise a danger, and what only one of them sees is at least a
// concern. All rules stand in the YAML files of this directory, for a clinician to read: nothing in
// Go knows a symptom or a medicine. A maintainer must keep it so, and must compile the model anew
// after any change to steps 1 to 4, since its weights and thresholds were found on what they gave.
package screen

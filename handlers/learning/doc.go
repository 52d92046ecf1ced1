// Package learning takes what patients ask and the bot can't answer from missed to approved.
//
// Each question is kept for a while without what names its writer ([handlers.Question]). A member of
// staff makes a [Proposal] of one: wordings of an entry, or an entry with an answer. The questions
// that were asked lately are asked again of a base that has learnt it, so that whoever approves sees
// what would change. That must be a second person. What is published is live in every process within
// seconds, can be undone, and is written into the files by `bot knowledge export`; from then on it
// is the files'.
package learning

// Package knowledge holds every word that a patient can be sent, and reads what patients write.
//
// [Load] makes a [Base] of the directory: clinic.yaml says who the clinic is (package settings),
// faq/ holds the curated answers ([Entry]), replies/ every other sentence (package replies), and
// screen/ the rules for danger, consent and visits (package screen). [Base.Read] reads a patient's
// text; [Base.Answer], [Base.Reply] and [Base.Remind] word what is sent. A clinic runs on its own
// copy of the directory; what the copy lacks is taken from the shipped one.
package knowledge

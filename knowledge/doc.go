// Package knowledge holds every word that a patient can be sent, and reads what patients write.
//
// [Load] makes a [Base] of the directory: clinic.yaml says who the clinic is (package settings),
// faq/ holds the curated answers ([Entry]), replies/ every other sentence (package replies), and
// screen/ the rules for danger, consent and visits (package screen). [Base.Read] reads a patient's
// text; [Base.Answer], [Base.Reply] and [Base.Remind] word what is sent. A clinic runs on its own
// copy of the directory; what the copy lacks is taken from the shipped one.
//
// A text goes through three rooms: clean says which part of it the patient wrote, screen what that
// part is and which entries it asks for, and match answers for entries that the compiled model
// (model.bin) hasn't learnt. The model is made ahead of time by [Compile] from the corpus and the
// phrasings. Whoever changes how clean or screen see a text compiles it anew;
// TestTheShippedModelIsOfTheseWords fails where the words themselves have changed.
package knowledge

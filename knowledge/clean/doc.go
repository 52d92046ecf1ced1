// Package clean says what a text is before anybody reads its words: which part of it the patient
// wrote, whether it is a keyword and nothing else, and what each number in it stands for.
//
// [Shipped] returns a [Cleaner]; [Cleaner.Read] removes what a phone, a carrier or a shop wrote and
// what of our own texts came back as a quotation or a reaction, and returns a [Text]. It is pure.
// Every word and form that it knows stands in machines.yaml, in English and Spanish.
//
// The two possible mistakes aren't equal. A machine's text taken for the patient's costs a needless
// reply. A patient's words taken for a machine's are never answered, and they may be a cry for
// help. So each rule asks for proof that somebody else wrote the words; where it isn't plain, the
// patient did.
package clean

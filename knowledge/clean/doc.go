// Package clean says what a text is before anybody reads its words: which part of it the patient
// wrote, whether it is a keyword and nothing else, and what each number in it stands for.
//
// [Shipped] returns a [Cleaner]; [Cleaner.Read] removes what a phone, a carrier or a shop wrote and
// what of our own texts came back as a quotation or a reaction, and returns a [Text]. It is pure.
// Every word and form that it knows stands in machines.yaml, in English and Spanish. Where it isn't
// plain who wrote something, the patient did.
package clean

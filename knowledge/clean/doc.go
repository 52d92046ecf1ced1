// Package clean says what a text is before anybody reads its words: what of it the patient wrote,
// what a phone, a carrier or a shop wrote, what of ours came back as a quotation or a reaction,
// whether it is a keyword and nothing else, and which number in it is a phone number, a price, a
// pressure.
//
// It is pure: the same text and the same texts sent before give the same Text. Every word and form
// that it knows stands in machines.yaml, in English and Spanish. Where it isn't plain who wrote
// something, the patient did.
package clean

// Package knowledge holds every word a patient can be sent and what their words mean.
//
// clinic.yaml is the clinic: its facts, hours, visit types, reminder plan. faq/ holds the curated answers, replies/ every other
// sentence the bot can say, screen/ what marks a crisis, an emergency, an opt-out, an answer about a visit. A clinic runs on its own copy of
// this directory; what its copy lacks is taken from the shipped one.
package knowledge

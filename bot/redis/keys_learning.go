package redis

// Keys of what patients ask and staff have the bot learn, as in keys.go.

// hash: JSON Proposal by its id; for ever, until the files have it or for a year after it was
// settled otherwise
func (k keys) proposals() string { return k.prefix + "proposals" }

// hash: what staff taught in builds before there were proposals, which the first read turns into
// those
func (k keys) taught() string { return k.prefix + "taught" }

// sorted set: ids of what patients asked by the ms at which they did, the last mostQuestions;
// Keep.Question after the last, an id for Keep.Question
func (k keys) questions() string { return k.prefix + "questions" }

// hash: asked (JSON Question), said (what staff then wrote); Keep.Question
func (k keys) question(id string) string { return k.prefix + "question:" + id }

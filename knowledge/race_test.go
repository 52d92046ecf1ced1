//go:build race

package knowledge_test

// slow says that the race detector is on: training on all that is shipped then takes minutes instead of seconds.
const slow = true

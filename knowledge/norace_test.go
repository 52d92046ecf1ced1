//go:build !race

package knowledge_test

const slow = false

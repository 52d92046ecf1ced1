package handlerstest_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// The fake does what every store does.
func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Store {
		return handlerstest.NewStore(storetest.Now)
	})
}

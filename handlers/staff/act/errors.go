package act

import (
	"fmt"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/answer"
)

// UsageError is the error of bad input. The door shows What, a sentence for staff, with the usage.
type UsageError struct{ What string }

func (e UsageError) Error() string { return e.What }

// Usage formats a UsageError.
func Usage(format string, args ...any) error { return UsageError{fmt.Sprintf(format, args...)} }

// AskError is the error of an act that asks something back first.
type AskError struct{ answer.Answer }

func (AskError) Error() string { return "staff: asked back" }

// Instead is the error of an act that comes to another one, which is done in its place.
type Instead struct{ Asked }

func (Instead) Error() string { return "staff: another act is meant" }

// SeveralError is the error of an act that must be about one patient where several may be meant.
type SeveralError struct {
	Who    Who
	Phones []handlers.Phone
}

func (e SeveralError) Error() string { return "staff: several patients may be meant" }

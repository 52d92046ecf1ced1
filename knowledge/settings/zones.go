package settings

import (
	"sync"
	"time"
)

// zones caches time zones by name, for [time.LoadLocation] reads a file at each call. Names that
// don't exist aren't cached, so it grows no larger than the zone database, whatever an import
// brings. It is safe for concurrent use.
type zones struct{ known sync.Map }

// load returns the zone of a name, nil if there is none.
func (z *zones) load(name string) *time.Location {
	if l, ok := z.known.Load(name); ok {
		return l.(*time.Location)
	}
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	z.known.Store(name, l)
	return l
}

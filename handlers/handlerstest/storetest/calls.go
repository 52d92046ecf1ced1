package storetest

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// A member of staff's phone is kept with what has to be pressed on it, and can be forgotten.
func ownPhones(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		known := func(user string) handlers.OwnPhone {
			t.Helper()
			o, err := r.OwnPhone(t.Context(), user)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		set := func(o handlers.OwnPhone) {
			t.Helper()
			if err := r.SetOwnPhone(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
		asked := handlers.OwnPhone{
			User: "U1", Asked: Phone(t, "0113"), Code: "0042", Until: now.Add(time.Minute),
		}
		set(asked)
		got := known("U1")
		if !got.Until.Equal(asked.Until) {
			t.Errorf("until %v", got.Until)
		}
		if got.Until = asked.Until; got != asked {
			t.Errorf("%+v, want %+v", got, asked)
		}
		mine := handlers.OwnPhone{User: "U1", Phone: Phone(t, "0113")}
		set(mine)
		if got := known("U1"); got != mine {
			t.Errorf("%+v, want %+v", got, mine)
		}
		set(handlers.OwnPhone{User: "U1"})
		for _, user := range []string{"U1", "U2"} {
			if got := known(user); got != (handlers.OwnPhone{User: user}) {
				t.Errorf("%s: %+v", user, got)
			}
		}
	})
}

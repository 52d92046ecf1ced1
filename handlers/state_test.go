package handlers_test

import (
	"reflect"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
)

// Add keeps every field of both effects, fields that are added to Effects later included.
func TestAddLosesNothing(t *testing.T) {
	fill := func() (e handlers.Effects) {
		v := reflect.ValueOf(&e).Elem()
		for i := range v.NumField() {
			switch f := v.Field(i); f.Kind() {
			case reflect.Slice:
				f.Set(reflect.MakeSlice(f.Type(), 2, 2))
			case reflect.Pointer:
				f.Set(reflect.New(f.Type().Elem()))
			case reflect.Bool:
				f.SetBool(true)
			case reflect.String:
				f.SetString("U1")
			}
		}
		e.Reply.Kind = "answer"
		return e
	}
	var got handlers.Effects
	got.Add(fill())
	got.Add(fill())
	got.Add(handlers.Effects{})
	v := reflect.ValueOf(got)
	for i := range v.NumField() {
		switch f, name := v.Field(i), v.Type().Field(i).Name; {
		case f.Kind() == reflect.Slice && f.Len() != 4:
			t.Errorf("%s has %d, want 4", name, f.Len())
		case f.IsZero():
			t.Errorf("%s is lost", name)
		}
	}
}

// Rows that one event voids for different reasons each keep their own.
func TestVoidsKeepTheirReasons(t *testing.T) {
	var e handlers.Effects
	e.Add(handlers.Effects{Void: handlers.Voids("the visit moved", "a", "b")})
	e.Add(handlers.Effects{Void: handlers.Voids("the offer is over", "c")})
	want := []handlers.Voided{
		{Row: "a", Why: "the visit moved"},
		{Row: "b", Why: "the visit moved"},
		{Row: "c", Why: "the offer is over"},
	}
	if !reflect.DeepEqual(e.Void, want) {
		t.Errorf("%+v", e.Void)
	}
}

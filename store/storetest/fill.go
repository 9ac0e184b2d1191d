package storetest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// Fill makes a value with every field set to something, through structs, lists
// and pointers, so that a field added later is seen by every test that uses it.
// Times are UTC and exact to the microsecond, which is what stores keep. A field
// of a type it does not know is a panic: teach it. Of a finding it makes what runs
// notice: what people's words make of it is never stored.
func Fill[T any](rng *rand.Rand) T {
	var v T
	fill(reflect.ValueOf(&v).Elem(), rng)
	return v
}

func fill(v reflect.Value, rng *rand.Rand) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.UnixMicro(1 + rng.Int64N(4e15)).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), rng)
		}
		switch v := v.Addr().Interface().(type) {
		case *finding.Span:
			v.After = ""
		case *finding.Finding:
			v.Outlined = false
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+rng.IntN(20), 20))
		for i := range v.Len() {
			fill(v.Index(i), rng)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), rng)
	case reflect.String:
		v.SetString(word(rng))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1 + rng.Int64N(1<<40))
	case reflect.Float64:
		v.SetFloat(rng.Float64() + 1)
	default:
		panic(fmt.Sprintf("storetest: fill a %s", v.Type()))
	}
}

func word(rng *rand.Rand) string {
	letters := []rune("abcdefghijklmnopqrstuvwxyz -_0123456789äßøñ日本ש")
	out := make([]rune, 1+rng.IntN(40))
	for i := range out {
		out[i] = letters[rng.IntN(len(letters))]
	}
	return string(out)
}

// Differ names the first place where two values of one type differ, with what
// stands there in each; the place is empty when they are equal.
func Differ(got, want reflect.Value, place string) (at, g, w string) {
	if reflect.DeepEqual(got.Interface(), want.Interface()) {
		return "", "", ""
	}
	switch {
	case got.Kind() == reflect.Struct && got.Type() != reflect.TypeFor[time.Time]():
		for i := range got.NumField() {
			if at, g, w := Differ(got.Field(i), want.Field(i), place+"."+got.Type().Field(i).Name); at != "" {
				return at, g, w
			}
		}
	case got.Kind() == reflect.Slice && got.Len() == want.Len() && got.IsNil() == want.IsNil():
		for i := range got.Len() {
			if at, g, w := Differ(got.Index(i), want.Index(i), fmt.Sprintf("%s[%d]", place, i)); at != "" {
				return at, g, w
			}
		}
	}
	if place == "" {
		place = "it"
	}
	return place, fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want)
}

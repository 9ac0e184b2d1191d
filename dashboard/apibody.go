package dashboard

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/dashboard/api"
)

// mostBody is how much a program may send.
const mostBody = 16 << 10

var notJSON = problem{Status: http.StatusUnsupportedMediaType, Title: "That is not JSON", Text: "Nothing was changed. Send JSON, and say so: Content-Type: application/json."} //nolint:errname // an answer that travels as an error

// sent reads the body of a request strictly.
func sent[T any](v *visit) (T, error) {
	var out T
	kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return out, notJSON
	}
	text, err := v.body()
	if err != nil {
		return out, err
	}
	return readBody[T](text)
}

// body is what was sent, as long as it is not too much.
func (v *visit) body() ([]byte, error) {
	text, err := io.ReadAll(http.MaxBytesReader(v.w, v.r.Body, mostBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, problem{Status: http.StatusRequestEntityTooLarge, Title: "That was too much text", Text: "Nothing was changed. The API takes up to 16 kB; shorten what you wrote and send it again."}
	case err != nil:
		return nil, wrongBody("It did not arrive whole.")
	}
	return text, nil
}

// readBody reads an object strictly: what it does not know it names.
func readBody[T any](text []byte) (T, error) {
	var out T
	if !utf8.Valid(text) {
		return out, wrongBody("It is not UTF-8.")
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	err := d.Decode(&out)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			return out, wrongBody("Something stands behind the object.")
		}
		return out, nil
	}
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch unknown, is := strings.CutPrefix(err.Error(), "json: unknown field "); {
	case is:
		name := strings.Trim(unknown, `"`)
		return out, wrongRequest(http.StatusUnprocessableEntity, "That cannot be kept as it is", []api.FieldError{{Field: clean(name), Text: "There is no such field. " + perhaps(name, fieldsOf(out))}})
	case errors.As(err, &kind) && kind.Field != "":
		return out, wrongRequest(http.StatusUnprocessableEntity, "That cannot be kept as it is", []api.FieldError{{Field: kind.Field, Text: fmt.Sprintf("It is %s, not %s.", wantedAs(kind.Type), kindOf(kind.Value))}})
	case errors.As(err, &syntax):
		return out, wrongBody(fmt.Sprintf("It stops being JSON at byte %d.", syntax.Offset))
	}
	return out, wrongBody("It has to be one object with " + enumerate(fieldsOf(out)) + ".")
}

// wantedAs is what a field holds.
func wantedAs(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	}
	return "text"
}

func kindOf(value string) string {
	switch word, _, _ := strings.Cut(value, " "); word {
	case "bool":
		return "true or false"
	case "array":
		return "a list"
	case "string":
		return "text"
	default:
		return "a " + word
	}
}

func wrongBody(text string) error {
	return problem{Status: http.StatusBadRequest, Title: "What was sent is not understood", Text: "Nothing was changed. " + text}
}

// fieldsOf are the names that an object may have.
func fieldsOf(of any) []string {
	var out []string
	for t, i := reflect.TypeOf(of), 0; i < t.NumField(); i++ {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}

package dashboard

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/fairlead-dev/fairlead/dashboard/api"
)

// problemJSON answers a program with what happened (RFC 9457).
func (v *visit) problemJSON(p problem) {
	h := v.w.Header()
	h.Del("ETag")
	h.Del("Link")
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="fairlead"`)
	}
	if p.Status == ourFault.Status {
		p.Title = "This could not be answered"
	}
	body, err := json.Marshal(api.Problem{Type: "about:blank", Title: p.Title, Status: p.Status, Detail: p.Text, Errors: p.Wrong})
	if err != nil {
		panic(err) // texts and numbers
	}
	v.send(p.Status, "application/problem+json", append(body, '\n'))
}

// wrongRequest is a problem that whoever asks can mend: all of it is told at once.
func wrongRequest(status int, title string, wrong []api.FieldError) problem {
	var texts []string
	for _, w := range wrong {
		if w.Field != "" {
			w.Text = w.Field + ": " + w.Text
		}
		texts = append(texts, w.Text)
	}
	return problem{Status: status, Title: title, Text: strings.Join(texts, " "), Wrong: wrong}
}

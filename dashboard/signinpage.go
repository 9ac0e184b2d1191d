package dashboard

import (
	"bytes"
	"net/http"
	"strings"
)

// SignInPage is the page of somebody who is not signed in yet. Whoever signs
// people in fills it; the look is the dashboard's.
type SignInPage struct {
	Title string // empty: "Sign in to fairlead"
	Text  string // what signing in takes here
	Wrong string // what came of the last attempt, and what to do; empty at first
	// Provider leads to where people sign in elsewhere; nil where they do not.
	Provider *SignInLink
	// Action is where the form with a token is sent; empty where there is none.
	Action    string
	Field     string // the label of its field
	FieldName string
	Help      string
	After     string // the page to go on to: a path of ours
}

// SignInLink leads to a provider.
type SignInLink struct{ Href, Text string }

// WriteSignIn answers with the page to sign in.
func WriteSignIn(w http.ResponseWriter, r *http.Request, status int, p SignInPage) error {
	if p.Title == "" {
		p.Title = "Sign in to fairlead"
	}
	return writeBare(w, r, status, "signin", p.Title, p)
}

// WriteProblem answers with a page that says what happened and gives one next step,
// in the dashboard's look, for what is refused before the dashboard is reached. An
// empty href leaves the step out.
func WriteProblem(w http.ResponseWriter, r *http.Request, status int, title, text, href, step string) error {
	return writeBare(w, r, status, "problem", title, problem{Status: status, Title: title, Text: text, Next: link{href, step}})
}

func writeBare(w http.ResponseWriter, r *http.Request, status int, name, title string, body any) error {
	secure(w.Header())
	var b bytes.Buffer
	f := frame{Title: title, Bare: true, Token: FormTokenOf(r.Context()), Body: body}
	if err := pages[name].ExecuteTemplate(&b, "layout", f); err != nil {
		return err
	}
	v := visit{w: w, r: r}
	v.send(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// SafeNext is where to go on after signing in, if that is a page of ours; otherwise
// the overview. It keeps a link from leading somebody who signs in elsewhere.
func SafeNext(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") || len(next) > longestQuery {
		return "/"
	}
	return next
}

package dashboard

import (
	"net/http"
	"net/url"

	"github.com/fairlead-dev/fairlead/dashboard/api"
)

// problem is an answer that is not the page asked for: what happened, and one next
// step. What is wrong with us goes to the log.
type problem struct {
	Status int
	Title  string
	Text   string
	Next   link
	Wrong  []api.FieldError // what is wrong with single parameters or fields, for programs
}

func (p problem) Error() string { return p.Title }

// link leads somewhere.
type link struct{ Href, Text string }

//nolint:errname // pages to answer with, which travel as errors
var (
	overviewNext = link{"/", "Go to the overview"}

	notThere = problem{Status: http.StatusNotFound, Title: "There is nothing at this address",
		Text: "It may have been mistyped, or what it led to is gone.", Next: overviewNext}
	notYet = problem{Status: http.StatusServiceUnavailable, Title: "This is still being put together",
		Text: "All tickets are read through for it, the latest weeks first, which takes some minutes where there are many. Open it again then; nothing else waits for it.", Next: overviewNext}
	noFinding = problem{Status: http.StatusNotFound, Title: "There is no such finding, or it is not for you to see",
		Text: "Findings are shown to those they are told to: a whole team, its EM and PM, or its EM alone. If somebody sent you the link, ask them what it says.",
		Next: link{"/findings", "See the findings that are for you"}}
	notYours = problem{Status: http.StatusForbidden, Title: "This page is not for you to see",
		Text: "What a team talks about is for its people. Whoever leads several teams sees their numbers together, on the overview.", Next: overviewNext}
	notYoursToChange = problem{Status: http.StatusForbidden, Title: "This is not yours to change",
		Text: "Nothing was changed. A team's EM and PM answer for its findings; if you think that one is settled, tell them.", Next: overviewNext}
	notOfToken = problem{Status: http.StatusForbidden, Title: "This token does not reach that far",
		Text: "Nothing was changed. Make a token with the scope that this needs, or sign in."}
	ourFault = problem{Status: http.StatusInternalServerError, Title: "This page could not be made",
		Text: "Nothing was changed. The reason stands in fairlead's log; it may help to try again in a minute.", Next: overviewNext}
)

func (v *visit) notSignedIn() problem {
	next := v.s.SignIn
	if v.r.Method == http.MethodGet && v.r.URL.Path != "/" {
		next += "?" + url.Values{"next": {v.r.URL.RequestURI()}}.Encode()
	}
	return problem{Status: http.StatusUnauthorized, Title: "You are not signed in",
		Text: "What teams talk about is shown to those it concerns, so fairlead has to know who you are.", Next: link{next, "Sign in"}}
}

func (v *visit) notKnown() problem {
	return problem{Status: http.StatusForbidden, Title: "The directory does not know you yet",
		Text: "You are signed in, and no team, role or reporting line names you at the moment. Ask whoever looks after fairlead to add you to the org file."}
}

// problem answers with a page that says what happened; a program with JSON.
func (v *visit) problem(p problem) {
	if id := RequestOf(v.r.Context()); id != "" && p.Status == ourFault.Status {
		p.Text += " There this request is called " + id + "."
	}
	if forProgram(v.r) {
		v.problemJSON(p)
		return
	}
	f := v.frame(p.Title)
	f.Bare = v.viewer.IsZero()
	if err := v.render(p.Status, "problem", f, p); err != nil {
		http.Error(v.w, p.Title, p.Status)
	}
}

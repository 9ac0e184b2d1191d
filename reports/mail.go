package reports

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
)

// Mail is a report as an e-mail: the same words in HTML and as plain text, and
// the pictures that the HTML shows by their content ids.
type Mail struct {
	Subject  string // one line without control characters
	HTML     []byte // under 100 kB, so that no mail program cuts it off
	Text     []byte
	Pictures []Picture
}

// Picture is a PNG that stands in an e-mail; its Alt says the same in words.
type Picture struct {
	ID  string // content id without angle brackets: letters, digits and hyphens
	Alt string
	PNG []byte
}

// The content ids of the picture on light and on dark ground.
const (
	lightPicture = "fairlead-trend-light"
	darkPicture  = "fairlead-trend-dark"
)

// longestSubject is in runes: mail programs show less.
const longestSubject = 120

// NewMail lays the report out as an e-mail. Where there is a trend to show, the
// message carries it as a picture for light and for dark ground.
func NewMail(r Report) (Mail, error) {
	m := Mail{Subject: subject(r)}
	var picture *inMail
	if r.Trend != nil {
		alt := r.Trend.spoken(r.Week.Running)
		picture = &inMail{Light: "cid:" + lightPicture, Dark: template.Srcset("cid:" + darkPicture), Alt: alt, Width: pictureWidth}
		for _, one := range []struct {
			id string
			on ground
		}{{lightPicture, onPaper}, {darkPicture, onDark}} {
			data, err := r.Trend.draw(one.on, r.Week.Running)
			if err != nil {
				return Mail{}, err
			}
			m.Pictures = append(m.Pictures, Picture{ID: one.id, Alt: alt, PNG: data})
		}
	}
	var html, text bytes.Buffer
	if err := laidOut(&html, r, picture); err != nil {
		return Mail{}, err
	}
	if err := Text(&text, r); err != nil {
		return Mail{}, err
	}
	m.HTML, m.Text = html.Bytes(), text.Bytes()
	return m, nil
}

// subject says what the headline says, as short as can be: "Payments, week 46: 5
// open exceptions, 3 fewer".
func subject(r Report) string {
	name, _, _ := strings.Cut(r.Title, " (")
	return clean(fmt.Sprintf("%s: %s", name, lowerFirst(essence(r))), longestSubject)
}

// essence is the headline without how the number came about. What only a few may
// see is not told on a lock screen either: headlines never speak of it.
func essence(r Report) string {
	switch {
	case r.Kind == Reminder || r.Kind == ToLeader:
		return strings.TrimSuffix(r.Headline, ".")
	case r.Counts.LastWeek == nil && r.Kind == OfTeam:
		return strings.TrimSuffix(strings.Replace(r.Headline, ": ", ", ", 1), ".")
	}
	head, _, _ := strings.Cut(r.Headline, ": ")
	head, _, _ = strings.Cut(head, ". ")
	return strings.TrimSuffix(strings.ReplaceAll(head, " than last week", ""), ".")
}

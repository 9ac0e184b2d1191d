package reports

import "bytes"

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

// NewMail lays the report out as an e-mail.
func NewMail(r Report) (Mail, error) {
	var html, text bytes.Buffer
	if err := HTML(&html, r); err != nil {
		return Mail{}, err
	}
	if err := Text(&text, r); err != nil {
		return Mail{}, err
	}
	return Mail{Subject: r.Title, HTML: html.Bytes(), Text: text.Bytes()}, nil
}

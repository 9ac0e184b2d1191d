package simulator

import (
	"slices"
	"strings"
)

// word is a bare or quoted word of a query, with the place it begins at.
type word struct {
	text   string
	quoted bool
	at     int
}

func isOperator(w word) bool {
	return !w.quoted && slices.Contains([]string{"=", "!=", "<", "<=", ">", ">="}, w.text)
}

// scanJQL cuts a query into words, operators and signs.
func scanJQL(text string) ([]word, error) {
	var out []word
	for at := 0; at < len(text); {
		c := text[at]
		switch {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			at++
		case c == '"' || c == '\'':
			w, length, err := scanQuoted(text[at:], at)
			if err != nil {
				return nil, err
			}
			out, at = append(out, w), at+length
		case strings.IndexByte("(),", c) >= 0:
			out, at = append(out, word{text: string(c), at: at}), at+1
		case strings.IndexByte("<>=!", c) >= 0:
			length := 1
			if at+1 < len(text) && text[at+1] == '=' {
				length = 2
			}
			out, at = append(out, word{text: text[at : at+length], at: at}), at+length
		default:
			length := strings.IndexAny(text[at:], " \t\r\n\"'(),<>=!")
			if length < 0 {
				length = len(text) - at
			}
			out, at = append(out, word{text: text[at : at+length], at: at}), at+length
		}
	}
	return out, nil
}

func scanQuoted(text string, at int) (word, int, error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == text[0]:
			return word{text: b.String(), quoted: true, at: at}, i + 1, nil
		case text[i] == '\\' && i+1 < len(text):
			i++
		}
		b.WriteByte(text[i])
	}
	return word{}, 0, refuse("Error in the JQL Query: The quoted string '%s' has not been completed. (line 1, character %d)", text[1:], at+1)
}

package prometheus

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// placeholder is a name in a query that stands for something.
var placeholder = regexp.MustCompile(`\$([A-Za-z_][A-Za-z0-9_]*)`)

// Fill puts a team and the length of a week in place of $team and $week. The
// team's id is always a text to PromQL, whatever it holds: within quotes it is
// escaped, behind =~ and !~ it stands for itself alone, and outside of quotes it
// gets quotes of its own. $week is a duration, such as 604800s.
//
// The error names what cannot be filled: another placeholder, a quote that is
// never closed, a team whose id cannot stand between back quotes.
func Fill(query, team string, week time.Duration) (string, error) {
	var out strings.Builder
	for rest := query; rest != ""; {
		part, after, quoted, err := cut(rest)
		if err != nil {
			return "", err
		}
		filled, err := fill(part, quoted, matches(out.String()), team, week)
		if err != nil {
			return "", err
		}
		out.WriteString(filled)
		rest = after
	}
	return out.String(), nil
}

// Check says what is wrong with the placeholders of a query; nil when nothing is.
func Check(query string) error {
	_, err := Fill(query, "a", 7*24*time.Hour)
	return err
}

// AsksByTeam reports whether the query is another for each team.
func AsksByTeam(query string) bool {
	a, err := Fill(query, "a", time.Hour)
	b, _ := Fill(query, "b", time.Hour)
	return err == nil && a != b
}

// cut takes the beginning of a query off: a text in quotes, a comment, or what
// stands before the next of these.
func cut(query string) (part, rest string, quote byte, err error) {
	const marks = "\"'`#"
	if at := strings.IndexAny(query, marks); at != 0 {
		if at < 0 {
			at = len(query)
		}
		return query[:at], query[at:], 0, nil
	}
	quote = query[0]
	if quote == '#' {
		line, _, _ := strings.Cut(query, "\n")
		return line, query[len(line):], quote, nil
	}
	for i := 1; i < len(query); i++ {
		switch {
		case query[i] == '\\' && quote != '`':
			i++
		case query[i] == quote:
			return query[:i+1], query[i+1:], quote, nil
		}
	}
	return "", "", 0, fmt.Errorf("a quote (%c) of the query is never closed", quote)
}

// matches reports whether a text that follows is a regular expression.
func matches(before string) bool {
	before = strings.TrimRight(before, " \t\r\n")
	return strings.HasSuffix(before, "=~") || strings.HasSuffix(before, "!~")
}

func fill(part string, quote byte, pattern bool, team string, week time.Duration) (string, error) {
	if quote == '#' {
		return part, nil
	}
	var wrong error
	filled := placeholder.ReplaceAllStringFunc(part, func(name string) string {
		switch {
		case name == "$week":
			return fmt.Sprintf("%.0fs", week.Seconds())
		case name != "$team" && quote != 0:
			return name // a regular expression may well hold a dollar
		case name != "$team":
			wrong = fmt.Errorf("%s stands for nothing: there are $team and $week", name)
			return name
		}
		text, err := teamText(team, quote, pattern)
		if err != nil {
			wrong = err
		}
		return text
	})
	return filled, wrong
}

// teamText is the team's id as it may stand there.
func teamText(team string, quote byte, pattern bool) (string, error) {
	if pattern {
		team = regexp.QuoteMeta(team)
	}
	if quote == '`' {
		if strings.ContainsAny(team, "`\r") {
			return "", fmt.Errorf("the team's id cannot stand between back quotes: use \" in their place")
		}
		return team, nil
	}
	around := quote
	if quote == 0 {
		around = '"'
	}
	mark := string(rune(around))
	escaped := strings.NewReplacer(`\`, `\\`, mark, `\`+mark, "\n", `\n`, "\r", `\r`).Replace(team)
	if quote == 0 {
		return mark + escaped + mark, nil
	}
	return escaped, nil
}

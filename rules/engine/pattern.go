package engine

import "regexp"

// Regexp is a regular expression, shared by all expressions that hold it.
type Regexp struct {
	re   *regexp.Regexp
	cost int
}

// Pattern compiles a regular expression, once.
func Pattern(src string) (*Regexp, error) {
	re, err := regexp.Compile(src)
	if err != nil {
		return nil, err
	}
	return &Regexp{re: re, cost: 1 + len(src)/8}, nil
}

// In reports whether the text holds a match.
func (p *Regexp) In(s string) bool { return p.re.MatchString(s) }

// steps is what looking through so many bytes is worth.
func (p *Regexp) steps(n int) int { return 1 + n*p.cost/charsPerStep }

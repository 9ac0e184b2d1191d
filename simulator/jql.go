package simulator

import (
	"fmt"
	"slices"
	"strings"
)

// query is what the simulator understands of JQL: restrictions joined by AND,
// then an order. Anything else is refused, so that a connector cannot lean on
// more than was thought through.
type query struct {
	clauses []clause
	order   []ordering
}

// clause is one restriction: a field, an operator and one or more words.
type clause struct {
	field  string // lower case
	op     string // =, !=, <, <=, >, >=, in, not in
	values []word
}

type ordering struct {
	field      string
	descending bool
}

// jqlError is a refusal in Jira's manner.
type jqlError struct{ text string }

func (e *jqlError) Error() string { return e.text }

func refuse(format string, args ...any) error { return &jqlError{fmt.Sprintf(format, args...)} }

var jqlOrders = []string{"updated", "created", "key", "id"}

// parseJQL reads a query; the error is a *jqlError.
func parseJQL(text string) (query, error) {
	words, err := scanJQL(text)
	if err != nil {
		return query{}, err
	}
	p := &jqlParser{words: words}
	var q query
	for !p.done() && !p.is("order") {
		if len(q.clauses) > 0 {
			if err := p.expect("and"); err != nil {
				return query{}, err
			}
		}
		c, err := p.clause()
		if err != nil {
			return query{}, err
		}
		q.clauses = append(q.clauses, c)
	}
	if !p.done() {
		q.order, err = p.orders()
	}
	return q, err
}

type jqlParser struct {
	words []word
	next  int
}

func (p *jqlParser) done() bool { return p.next == len(p.words) }

func (p *jqlParser) peek() word {
	if p.done() {
		return word{at: -1}
	}
	return p.words[p.next]
}

func (p *jqlParser) is(keyword string) bool {
	w := p.peek()
	return !w.quoted && strings.EqualFold(w.text, keyword)
}

func (p *jqlParser) accept(keyword string) bool {
	if !p.is(keyword) {
		return false
	}
	p.next++
	return true
}

func (p *jqlParser) expect(keyword string) error {
	if p.accept(keyword) {
		return nil
	}
	return p.surprise(strings.ToUpper(keyword))
}

func (p *jqlParser) surprise(wanted string) error {
	if p.done() {
		return refuse("Error in the JQL Query: Expecting %s before the end of the query.", wanted)
	}
	w := p.peek()
	return refuse("Error in the JQL Query: Expecting %s but got '%s'. (line 1, character %d)", wanted, w.text, w.at+1)
}

func (p *jqlParser) clause() (clause, error) {
	if p.done() {
		return clause{}, p.surprise("a field")
	}
	c := clause{field: strings.ToLower(p.peek().text)}
	if isOperator(p.peek()) || strings.ContainsAny(c.field, "(),") {
		return clause{}, p.surprise("a field")
	}
	p.next++
	op, err := p.operator()
	if err != nil {
		return clause{}, err
	}
	c.op = op
	if strings.HasSuffix(op, "in") {
		c.values, err = p.list()
	} else {
		c.values, err = p.one()
	}
	return c, err
}

func (p *jqlParser) operator() (string, error) {
	if p.accept("not") {
		return "not in", p.expect("in")
	}
	if p.accept("in") {
		return "in", nil
	}
	if w := p.peek(); !p.done() && isOperator(w) {
		p.next++
		return w.text, nil
	}
	return "", p.surprise("operator")
}

func (p *jqlParser) one() ([]word, error) {
	w := p.peek()
	if p.done() || isOperator(w) || (!w.quoted && strings.ContainsAny(w.text, "(),")) {
		return nil, p.surprise("a value")
	}
	p.next++
	return []word{w}, nil
}

func (p *jqlParser) list() ([]word, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var out []word
	for {
		w, err := p.one()
		if err != nil {
			return nil, err
		}
		out = append(out, w...)
		if p.accept(")") {
			return out, nil
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}

func (p *jqlParser) orders() ([]ordering, error) {
	p.next++ // "order"
	if err := p.expect("by"); err != nil {
		return nil, err
	}
	var out []ordering
	for {
		o := ordering{field: strings.ToLower(p.peek().text)}
		if !slices.Contains(jqlOrders, o.field) {
			return nil, refuse("Not able to sort using field '%s'.", p.peek().text)
		}
		p.next++
		if p.accept("desc") {
			o.descending = true
		} else {
			p.accept("asc")
		}
		out = append(out, o)
		if p.done() {
			return out, nil
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}

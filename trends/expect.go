package trends

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Expectation is a predicted change of a number, as people write it.
type Expectation struct {
	Text string // as written
	kind expects
	by   float64 // how much: of the mean before where part is set, otherwise in the measure's unit
	part bool
}

type expects int

const (
	goesDown expects = iota + 1
	goesUp
	endsBelow
	endsAbove
	stays
	atMostUp   // of a guardrail
	atMostDown // of a guardrail
)

var (
	numberForm = `(\d{1,9}(?:\.\d{1,3})?)\s*(%?)`
	moveForm   = regexp.MustCompile(`^(down|up)(?: by (?:(half|a third|a quarter)|` + numberForm + `))?$`)
	endForm    = regexp.MustCompile(`^(below|above) ` + numberForm + `$`)
	guardForm  = regexp.MustCompile(`^not (down|up)(?: by more than (?:(half|a third|a quarter)|` + numberForm + `))?$`)
)

// ExpectationForms are what an expectation may look like.
const ExpectationForms = `down by half, down by 30%, up by 2, up, below 3, above 80% or no change`

// GuardrailForms are what a guardrail's expectation may look like.
const GuardrailForms = `not up by more than 20%, not down by more than 2, not up, below 3, above 80% or no change`

// ParseExpectation reads what an experiment predicts.
func ParseExpectation(text string) (Expectation, error) {
	e, err := readExpectation(text)
	if err == nil && (e.kind == atMostUp || e.kind == atMostDown) {
		return Expectation{}, fmt.Errorf("%q predicts no change that could be seen: it is what a guardrail expects", text)
	}
	return e, err
}

// ParseGuardrail reads what a guardrail expects.
func ParseGuardrail(text string) (Expectation, error) {
	e, err := readExpectation(text)
	if err == nil && (e.kind == goesDown || e.kind == goesUp) {
		return Expectation{}, fmt.Errorf("%q is what an experiment wants to move, not what it must leave alone", text)
	}
	return e, err
}

func readExpectation(text string) (Expectation, error) {
	e := Expectation{Text: text}
	plain := strings.ToLower(strings.Join(strings.Fields(text), " "))
	if plain == "no change" {
		e.kind = stays
		return e, nil
	}
	for _, form := range []struct {
		*regexp.Regexp
		kinds map[string]expects
	}{
		{moveForm, map[string]expects{"down": goesDown, "up": goesUp}},
		{guardForm, map[string]expects{"down": atMostDown, "up": atMostUp}},
	} {
		if m := form.FindStringSubmatch(plain); m != nil {
			e.kind = form.kinds[m[1]]
			return e, e.amount(m[2], m[3], m[4])
		}
	}
	if m := endForm.FindStringSubmatch(plain); m != nil {
		e.kind = map[string]expects{"below": endsBelow, "above": endsAbove}[m[1]]
		e.by, _ = strconv.ParseFloat(m[2], 64) // a percentage is a measure in percent
		return e, nil
	}
	return Expectation{}, fmt.Errorf("%q is no change that can be predicted", text)
}

// amount reads by how much.
func (e *Expectation) amount(word, number, percent string) error {
	switch {
	case word != "":
		e.part, e.by = true, map[string]float64{"half": 1. / 2, "a third": 1. / 3, "a quarter": 1. / 4}[word]
	case number != "":
		e.part = percent != ""
		e.by, _ = strconv.ParseFloat(number, 64)
		if e.part {
			e.by /= 100
		}
	}
	if e.part && e.by > 1 && (e.kind == goesDown || e.kind == atMostDown) {
		return fmt.Errorf("%q: nothing goes down by more than the whole of it", e.Text)
	}
	return nil
}

// wants is the direction in which the expectation wants the number to move: -1
// down, 1 up, 0 neither.
func (e *Expectation) wants() int {
	switch e.kind {
	case goesDown, endsBelow, atMostUp:
		return -1
	case goesUp, endsAbove, atMostDown:
		return 1
	}
	return 0
}

// margin forgives what adding up numbers leaves behind.
const margin = 1e-9

// enough says that going from one mean to the other is as much as was expected.
func (e *Expectation) enough(before, after float64) bool {
	by := e.by
	if e.part {
		by *= before
	}
	switch change := after - before; e.kind {
	case goesDown:
		return change < 0 && -change >= by-margin
	case goesUp:
		return change > 0 && change >= by-margin
	case atMostUp:
		return change <= by+margin
	case atMostDown:
		return -change <= by+margin
	case endsBelow:
		return after < e.by
	case endsAbove:
		return after > e.by
	}
	return true
}

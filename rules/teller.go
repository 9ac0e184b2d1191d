package rules

import (
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// teller fills in the words of one finding and remembers the first error.
type teller struct {
	adopted *Adopted
	frame   *frame
	loc     *time.Location
	err     error
}

func (t *teller) fill(words *template) string {
	if t.err != nil {
		return ""
	}
	s, err := words.fill(t.frame, t.loc)
	t.err = err
	return s
}

// evidence gathers the facts to show.
func (t *teller) evidence() []finding.Evidence {
	var out []finding.Evidence
	for _, e := range t.adopted.Rule.code.evidence {
		if e.each == nil {
			out = t.show(out, e)
			continue
		}
		list, err := e.each.value(t.frame)
		if err != nil {
			t.fail(err)
			continue
		}
		entries := each(list)
		for _, entry := range entries[:min(len(entries), maxEvidence)] {
			t.frame.it = entry
			out = t.show(out, e)
		}
		t.frame.it = nil
	}
	return out
}

// show adds one fact, unless its value is missing.
func (t *teller) show(to []finding.Evidence, e evidence) []finding.Evidence {
	v, err := e.value.told(t.frame, t.loc)
	if err != nil {
		t.fail(err)
		return to
	}
	shown := finding.Evidence{Fact: e.fact, Value: inWords(v, t.loc)}
	if e.at != nil {
		if at, err := e.at.value(t.frame); err == nil {
			shown.At = moment(at).UTC()
		} else {
			t.fail(err)
		}
	}
	if e.url != nil {
		if url, err := e.url.value(t.frame); err == nil {
			shown.URL, _ = url.Value().(string)
		} else {
			t.fail(err)
		}
	}
	return append(to, shown)
}

func (t *teller) fail(err error) {
	if t.err == nil {
		t.err = unlessMissing(err)
	}
}

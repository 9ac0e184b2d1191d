package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// sourceNames maps the names of sources to what a reader calls them.
type sourceNames map[string]string

// namesOf shortens "jira acme.atlassian.net" to "Jira" where no other source
// is a Jira.
func namesOf(sources []Health) sourceNames {
	kinds := map[string]int{}
	for i := range sources {
		kind, _, _ := strings.Cut(sources[i].Name, " ")
		kinds[kind]++
	}
	out := sourceNames{}
	for i := range sources {
		name := sources[i].Name
		if kind, _, _ := strings.Cut(name, " "); kinds[kind] == 1 {
			out[name] = upperFirst(isolated(clean(kind, nameLength)))
		} else {
			out[name] = upperFirst(isolated(clean(name, nameLength)))
		}
	}
	return out
}

func (n sourceNames) of(source string) string { return cmp.Or(n[source], "A source") }

// byName is the sources in the order that reports tell them.
func (v *view) byName() []Health {
	return slices.SortedFunc(slices.Values(v.in.Sources), func(a, b Health) int { return strings.Compare(a.Name, b.Name) })
}

func (v *view) sources() []Source {
	var out []Source
	for _, s := range v.byName() {
		one := Source{Name: clean(s.Name, nameLength), Stale: s.Stale}
		if !s.LastRead.IsZero() {
			at := s.LastRead.UTC().Truncate(time.Second)
			one.LastRead = &at
		}
		out = append(out, one)
	}
	return out
}

// data says in sentences what the report rests on: what was read and when, what
// is frozen, what is missing, what could not be evaluated.
func (v *view) data() []string {
	sources := v.byName()
	var frozen, gaps []string
	for i := range sources {
		frozen = append(frozen, v.frozen(&sources[i])...)
		gaps = append(gaps, v.gaps(&sources[i])...)
	}
	unchecked := v.unchecked()
	whole := len(frozen)+len(gaps)+len(unchecked) == 0
	return slices.Concat(v.wasRead(sources, whole), frozen, gaps, unchecked)
}

// wasRead is the sentence about the sources that were read as they should be:
// "Read from Jira on Sunday 23:40, from Linear at 23:41, nothing missing."
func (v *view) wasRead(sources []Health, whole bool) []string {
	var parts []string
	var day string
	for i := range sources {
		s := &sources[i]
		if s.Stale || s.LastRead.IsZero() {
			continue
		}
		when := v.on(s.LastRead)
		if d := s.LastRead.In(v.loc).Format("2006-01-02"); d == day {
			when = "at " + v.clock(s.LastRead)
		} else {
			day = d
		}
		parts = append(parts, "from "+v.names.of(s.Name)+" "+when)
	}
	if len(parts) == 0 {
		return nil
	}
	if whole {
		parts = append(parts, "nothing missing")
	}
	return []string{"Read " + strings.Join(parts, ", ") + "."}
}

// frozen says that a source was not read. What stood in the way is for the
// operator, whom the log and doctor tell.
func (v *view) frozen(s *Health) []string {
	switch name := v.names.of(s.Name); {
	case s.LastRead.IsZero():
		return []string{name + " has not been read yet; nothing is known about it."}
	case s.Stale:
		return []string{name + " was last read " + v.on(s.LastRead) + "; its findings are frozen until it can be read again."}
	}
	return nil
}

func (v *view) gaps(s *Health) []string {
	if len(s.Gaps) == 0 {
		return nil
	}
	shown := s.Gaps[:min(mostGaps, len(s.Gaps))]
	parts := make([]string, 0, len(shown)+1)
	for _, g := range shown {
		parts = append(parts, strings.TrimRight(prose(g), "."))
	}
	if more := len(s.Gaps) - len(shown); more > 0 {
		parts = append(parts, inWords(more)+" more")
	}
	return []string{"Missing from " + v.names.of(s.Name) + ": " + strings.Join(parts, "; ") + "."}
}

// unchecked names the agreements whose rule could not be evaluated.
func (v *view) unchecked() []string {
	var out []string
	for _, a := range v.in.Agreements {
		if a.Trouble == "" || a.Stage == StageWatch {
			continue
		}
		out = append(out, quoted(prose(cmp.Or(a.Promise, a.Rule)))+
			" could not be checked; its findings are frozen. What stood in the way: "+proseSentence(a.Trouble))
	}
	slices.Sort(out)
	return out
}

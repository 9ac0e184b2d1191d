package rules

import (
	"fmt"
	"time"
)

// checkTests looks at what the schema cannot tell about a rule file's tests.
func (p *parser) checkTests(r *Rule) {
	seen := map[string]int{}
	for i := range r.Tests {
		t := &r.Tests[i]
		if t.Rule != "" && t.Rule != r.ID {
			p.mistake("leave it out: the tests of a rule's own file are about that rule", fmt.Sprintf("the test names the rule %q", t.Rule), "tests", i, "rule")
		}
		p.checkTest(r, t, i, seen)
	}
}

// checkTest looks at one test; seen holds those before it by rule and name.
func (p *parser) checkTest(r *Rule, t *Test, i int, seen map[string]int) {
	key := name(t.Rule, t.Name)
	if first, twice := seen[key]; twice && t.Name != "" {
		p.mistake("say what is different about it", fmt.Sprintf("the test %q stands twice: tests %d and %d", t.Name, first+1, i+1), "tests", i, "name")
	}
	seen[key] = i
	p.checkMoments(t, i)
	p.checkMirror(r, t, i)
	for name, value := range t.Settings {
		s, known := r.Setting(name)
		if !known {
			if !p.salvaged {
				p.mistake(didYouMean(name, settingNames(r.Settings), "the rule declares no such setting"), fmt.Sprintf("unknown setting %q", name), "tests", i, "settings", name)
			}
			continue
		}
		if _, text, hint := s.Type.read(value); text != "" {
			p.mistake(hint, text, "tests", i, "settings", name)
		}
	}
}

// checkMoments reads every moment a test names.
func (p *parser) checkMoments(t *Test, i int) {
	read := func(s string, path ...any) {
		if s == "" {
			return
		}
		if _, err := ParseMoment(s, time.Time{}); err != nil {
			p.mistake("", err.Error(), append([]any{"tests", i}, path...)...)
		}
	}
	read(t.Now, "now")
	for n, a := range t.Away {
		read(a.From, "away", n, "from")
		read(a.To, "away", n, "to")
	}
	for n, one := range t.People {
		read(one.Until, "people", n, "until")
	}
	for n, one := range t.Rituals {
		read(one.Since, "rituals", n, "since")
		for m, held := range one.Held {
			read(held, "rituals", n, "held", m)
		}
		if _, ok := parseDuration(one.Every); !ok {
			p.mistake("write it like 2 weeks", show(one.Every)+" is not a duration", "tests", i, "rituals", n, "every")
		}
	}
	for n, one := range t.Sprints {
		read(one.Start, "sprints", n, "start")
		read(one.End, "sprints", n, "end")
	}
	for n, one := range t.Tickets {
		read(one.Created, "tickets", n, "created")
		read(one.Started, "tickets", n, "started")
		read(one.Resolved, "tickets", n, "resolved")
		for m, c := range one.Changes {
			read(c.At, "tickets", n, "changes", m, "at")
		}
		for m, c := range one.Comments {
			read(c.At, "tickets", n, "comments", m, "at")
		}
	}
}

func settingNames(settings []Setting) []string {
	names := make([]string, len(settings))
	for i, s := range settings {
		names[i] = s.Name
	}
	return names
}

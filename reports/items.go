package reports

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// opened lists findings that opened in the week, most severe first.
func (v *view) opened(fs []*finding.Finding, most int) List {
	slices.SortFunc(fs, func(a, b *finding.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), v.bySince(a, b))
	})
	own := slices.DeleteFunc(slices.Clone(fs), v.everywhere)
	l := v.list(own, most, v.openItem)
	l.Apart = len(fs) - len(own)
	return l
}

// longest lists findings that are open, oldest first.
func (v *view) longest(fs []*finding.Finding, most int) List {
	slices.SortFunc(fs, v.bySince)
	return v.list(fs, most, v.openItem)
}

// closed lists findings that closed in the week, longest open first.
func (v *view) closed(fs []*finding.Finding) List {
	length := func(f *finding.Finding) time.Duration {
		s, _ := lastClosed(f, v.asOf)
		return s.To.Sub(s.From)
	}
	slices.SortFunc(fs, func(a, b *finding.Finding) int {
		return cmp.Or(cmp.Compare(length(b), length(a)), bySubject(a, b))
	})
	return v.list(fs, mostClosed, v.closedItem)
}

func (v *view) list(fs []*finding.Finding, most int, item func(*finding.Finding) Item) List {
	shown := fs[:min(most, len(fs))]
	l := List{Items: make([]Item, 0, len(shown)), More: len(fs) - len(shown)}
	for _, f := range shown {
		l.Items = append(l.Items, item(f))
	}
	return l
}

func (v *view) bySince(a, b *finding.Finding) int {
	since := func(f *finding.Finding) time.Time { return spanAt(f, v.asOf).From }
	return cmp.Or(since(a).Compare(since(b)), bySubject(a, b))
}

// bySubject orders as people read keys, PAY-9 before PAY-10, and never leaves
// two findings equal.
func bySubject(a, b *finding.Finding) int {
	pa, na := splitKey(a.Subject.Key)
	pb, nb := splitKey(b.Subject.Key)
	return cmp.Or(strings.Compare(pa, pb), cmp.Compare(na, nb), strings.Compare(a.Subject.Key, b.Subject.Key),
		strings.Compare(string(a.ID), string(b.ID)))
}

func splitKey(key string) (prefix string, number uint64) {
	prefix = strings.TrimRight(key, "0123456789")
	number, _ = strconv.ParseUint(key[len(prefix):], 10, 64)
	return prefix, number
}

func (v *view) openItem(f *finding.Finding) Item {
	s := spanAt(f, v.asOf)
	i := v.item(f, s)
	i.Age = v.openAge(f, s)
	return i
}

func (v *view) closedItem(f *finding.Finding) Item {
	s, _ := lastClosed(f, v.asOf)
	i := v.item(f, s)
	to := s.To.UTC()
	i.ClosedAt = &to
	i.Age = "open for " + v.lasted(s.From, s.To)
	return i
}

// item cleans everything that people wrote: what stands in a ticket is
// untrusted, and so are promises once they come from a shared file.
func (v *view) item(f *finding.Finding, s finding.Span) Item {
	i := Item{
		ID:        f.ID,
		Rule:      clean(f.Rule, nameLength),
		Severity:  f.Severity,
		Subject:   subjectOf(&f.Subject),
		Promise:   v.promise(f),
		Reason:    proseSentence(f.Reason),
		Ask:       proseSentence(f.Ask),
		OpenSince: s.From.UTC(),
	}
	i.Concerns, i.ConcernsMore = concerns(f)
	if v.in.FindingPages != "" {
		i.Page = safeURL(v.in.FindingPages + url.PathEscape(string(f.ID)))
	}
	return i
}

func subjectOf(s *finding.Subject) Subject {
	return Subject{
		Kind: s.Kind, Source: clean(s.Source, nameLength), Key: clean(s.Key, nameLength), Title: clean(s.Title, titleLength), URL: safeURL(s.URL),
	}
}

// promise is the team's wording now, whatever it was when the finding opened.
func (v *view) promise(f *finding.Finding) string {
	return prose(cmp.Or(v.agreements[f.Rule].Promise, f.Promise))
}

// concerns lists the other tickets that a finding is about.
func concerns(f *finding.Finding) (keys []string, more int) {
	for _, k := range f.Tickets {
		if k == f.Subject.Key {
			continue
		}
		if len(keys) == mostConcerns {
			more++
			continue
		}
		keys = append(keys, isolated(clean(k, nameLength)))
	}
	return keys, more
}

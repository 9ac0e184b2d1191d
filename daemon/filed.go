package daemon

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// filed is what files say of agreements and rules: the text of each by what it is of.
type filed map[subject]string

// filedEntry is one of them in a revision of files. An empty text: the files say
// nothing of it any more.
type filedEntry struct {
	Kind store.RevisionKind `json:"kind"` // an agreement or a rule
	Team string             `json:"team,omitempty"`
	Name string             `json:"name"`
	Text string             `json:"text,omitempty"`
}

// ofFiles is what revisions of files are of.
var ofFiles = subject{kind: store.OfFiles, name: "agreements"}

// noteFiles keeps what the files say of agreements otherwise than at the last look: each
// entry that is another one, or gone. At the very first look that is all of them, from
// which later ones tell what changed. It looks once for every configuration that is
// opened, so that of two processes over one store, one with older files, neither takes
// back at every check what the other has found.
func (f *Fairlead) noteFiles(ctx context.Context, now time.Time) error {
	if f.holding.noted.Load() {
		return nil
	}
	for {
		err := f.noteFilesAfter(ctx, now)
		if errors.Is(err, store.ErrOutrun) { // another process looked at the same moment
			continue
		}
		if err != nil {
			return fmt.Errorf("keep how agreements changed in files: %w", err)
		}
		f.holding.noted.Store(true)
		return nil
	}
}

// noteFilesAfter holds the files against the revisions there are, and keeps one that
// comes after them where there is a difference. ErrOutrun when it does not.
func (f *Fairlead) noteFilesAfter(ctx context.Context, now time.Time) error {
	all, err := f.store.Revisions(ctx)
	if err != nil {
		return err
	}
	before, after := filed{}, int64(0)
	for i := range all {
		if all[i].Kind == store.OfFiles {
			after = all[i].Number
			if _, err := before.follow(&all[i]); err != nil {
				return err
			}
		}
	}
	says := f.terms().filed()
	changed := says.against(before)
	if len(changed) == 0 && after > 0 {
		return nil
	}
	text, err := json.Marshal(changed)
	if err != nil {
		return err
	}
	_, err = f.store.AddRevision(ctx, store.Revision{Kind: ofFiles.kind, Name: ofFiles.name, Text: string(text), At: now}, after)
	return err
}

// filed is what the files say. Of the rules it is those of rule files, not those that
// ship.
func (t *terms) filed() filed {
	out := filed{}
	for i := range t.files.Agreements {
		a := &t.files.Agreements[i]
		out[subject{store.OfAgreement, a.Team, a.Rule}] = a.Text()
	}
	for i := range t.base {
		if r := &t.base[i]; r.ReplacesShipped || !ships(r.ID) {
			out[subject{store.OfRule, "", r.ID}] = r.Text()
		}
	}
	return out
}

// against lists what is another one than before, or gone, in a settled order.
func (s filed) against(before filed) []filedEntry {
	out := []filedEntry{}
	for of, text := range s {
		if was, known := before[of]; !known || was != text {
			out = append(out, filedEntry{of.kind, of.team, of.name, text})
		}
	}
	for of := range before {
		if _, still := s[of]; !still {
			out = append(out, filedEntry{Kind: of.kind, Team: of.team, Name: of.name})
		}
	}
	slices.SortFunc(out, func(a, b filedEntry) int {
		return cmp.Or(cmp.Compare(a.Team, b.Team), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// follow changes what files said into what they say by the revision, and gives its
// entries.
func (s filed) follow(r *store.Revision) ([]filedEntry, error) {
	var entries []filedEntry
	if err := json.Unmarshal([]byte(r.Text), &entries); err != nil {
		return nil, fmt.Errorf("revision %d, of files: %w", r.Number, err)
	}
	for _, e := range entries {
		if of := (subject{e.Kind, e.Team, e.Name}); e.Text == "" {
			delete(s, of)
		} else {
			s[of] = e.Text
		}
	}
	return entries, nil
}

// toldOfFiles tells a revision of files in words: nothing of the first, which is what
// later ones are held against. said is what was saved on pages before it.
func (t *terms) toldOfFiles(r *store.Revision, s filed, said map[subject]string) []toldRevision {
	first, before := len(s) == 0 && !t.filedBefore(r.Number), maps.Clone(s)
	entries, err := s.follow(r)
	if err != nil || first {
		return nil
	}
	var out []toldRevision
	for _, e := range entries {
		of := subject{e.Kind, e.Team, e.Name}
		one := toldRevision{kind: e.Kind, name: e.Name}
		one.Team, one.Rule, one.At = e.Team, e.Name, r.At
		one.Text = t.filedChange(&e, before[of])
		if said[of] != "" {
			one.Text += "; what was saved on a page holds in its place"
		}
		out = append(out, one)
	}
	return out
}

// filedBefore reports whether there is a revision of files before that of the number.
func (t *terms) filedBefore(number int64) bool {
	return slices.ContainsFunc(t.revisions, func(r store.Revision) bool { return r.Kind == store.OfFiles && r.Number < number })
}

// filedChange tells what an entry of a file changed against the text before it.
func (t *terms) filedChange(e *filedEntry, before string) string {
	if e.Kind == store.OfRule {
		return ruleChanged(before, e.Text)
	}
	rule, known := t.book.Rule(e.Name)
	was, err := t.saidIn(before, e)
	is, err2 := t.saidIn(e.Text, e)
	out := "changed"
	if known && err == nil && err2 == nil {
		out = differing(t.valuesOf(&rule, e.Team, was), t.valuesOf(&rule, e.Team, is))
	}
	if e.Text == "" {
		out = "taken out of the file: " + out
	}
	return out
}

// saidIn is what the text of a file says of an agreement; nil where it says nothing.
func (t *terms) saidIn(text string, e *filedEntry) (*config.Agreement, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // that nothing was said is an answer
	}
	a, err := t.files.ReadAgreement(config.PageEntry{Page: "agreements", Team: e.Team, Text: text})
	return &a, err
}

// ruleChanged tells how the file of a rule changed.
func ruleChanged(before, now string) string {
	switch {
	case before == "":
		return "a rule file of its own"
	case now == "":
		return "its rule file was taken out"
	}
	was, err := rules.Parse("before", []byte(before))
	is, err2 := rules.Parse("now", []byte(now))
	if err == nil && err2 == nil && was.When == is.When {
		return "its rule file, but for the condition"
	}
	return "another condition"
}

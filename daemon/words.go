package daemon

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Speaker says who it may be that says something; the first of these that is set
// counts.
type Speaker struct {
	By   string // as asked for
	Env  string // what FAIRLEAD_PERSON holds
	User string // the account at this machine; counts when it is a person's id
}

// PersonVariable is the environment variable that says who is speaking.
const PersonVariable = "FAIRLEAD_PERSON"

// PersonIDs lists the people of the directory who can say something.
func (f *Fairlead) PersonIDs() []string {
	var out []string
	for _, p := range f.cfg().Directory.People() {
		if !p.Bot {
			out = append(out, p.ID)
		}
	}
	return out
}

// speaker finds the person id of who speaks.
func (f *Fairlead) speaker(s Speaker) (string, error) {
	switch {
	case s.By != "":
		return f.personNamed(s.By, "--by")
	case s.Env != "":
		return f.personNamed(s.Env, PersonVariable)
	}
	if p, known := f.cfg().Directory.Person(s.User); known && !p.Bot {
		return p.ID, nil
	}
	return "", requestError{"it is not clear who says so", "add --by with a person's id from the org file, or set " + PersonVariable}
}

func (f *Fairlead) personNamed(id, said string) (string, error) {
	p, known := f.cfg().Directory.Person(id)
	switch {
	case known && p.Bot:
		return "", requestError{fmt.Sprintf("%s says %q, which is automation", said, rules.OneLine(id)), "name the person who has decided it"}
	case known:
		return p.ID, nil
	}
	hint := "write the person's id as it stands in the org file"
	if near := yamlfile.Suggest(id, f.PersonIDs()); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return "", requestError{fmt.Sprintf("%s says %q, and the directory has no such person", said, rules.OneLine(id)), hint}
}

// nameOf is how a person is called, fit for a terminal: whoever spoke may have left
// the directory since.
func (f *Fairlead) nameOf(id string) string {
	if p, known := f.cfg().Directory.Person(id); known && rules.OneLine(p.Name) != "" {
		return rules.OneLine(p.Name)
	}
	return rules.OneLine(id)
}

// longestReason is how many characters a reason may have.
const longestReason = 1000

// reasonGiven is a reason that says something.
func reasonGiven(text string) (string, error) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	switch n := utf8.RuneCountInString(text); {
	case rules.OneLine(text) == "":
		return "", requestError{"there is no reason", "add --reason with a sentence: whoever asks later will read it"}
	case n > longestReason:
		return "", requestError{fmt.Sprintf("the reason has %d characters", n), fmt.Sprintf("say it in at most %d, and link to the rest", longestReason)}
	}
	return text, nil
}

// say keeps a word as said now. about picks the words about the same thing, which
// must not seem to come after it: a clock that was turned back would make it count
// for nothing.
func (f *Fairlead) say(ctx context.Context, b *books, w finding.Word, about func(*finding.Word) bool) (finding.Word, error) {
	w.At = f.now()
	if err := f.forwards(ctx, "keep what you say", w.At); err != nil {
		return w, err
	}
	for i := range b.words {
		last := &b.words[i]
		if !about(last) || last.At.Before(w.At) {
			continue
		}
		if last.At.After(w.At) {
			return w, fmt.Errorf("keep what you say: the clock says %s, which is before what was said about this at %s; nothing was changed\n\tset this machine's clock right",
				w.At.Format(time.RFC3339), last.At.Format(time.RFC3339))
		}
		w.At = last.At.Add(time.Microsecond)
	}
	w.ID = wordID(&w)
	return w, f.store.AddWord(ctx, w)
}

// wordID makes an id that is short enough to be typed.
func wordID(w *finding.Word) string {
	s := w.Scope
	sum := sha256.Sum256([]byte(strings.Join([]string{
		string(w.Kind), w.By, w.At.Format(time.RFC3339Nano), w.Reason, string(w.Finding), w.Waiver, w.Expires.Format(time.RFC3339Nano),
		string(s.Finding), s.Ticket.Source, s.Ticket.ID, s.Rule, s.Label,
	}, "\x00")))
	return "w" + hex.EncodeToString(sum[:5])
}

// AnswerRequest is what somebody says about one finding.
type AnswerRequest struct {
	Finding  string // id, the beginning of one, or what it is about
	Reason   string
	TakeBack bool // the answer holds no longer
	Speaker
}

// Answered is what came of an answer.
type Answered struct {
	Noticed
	State   string    `json:"state"` // of the finding, as it stands now
	By      string    `json:"by"`
	ByName  string    `json:"by_name"`
	At      time.Time `json:"at"`
	Why     string    `json:"why"`
	Changed bool      `json:"changed"` // false: this had been said before
}

// Answer keeps a person's word that a finding was done on purpose, or takes it
// back. What is answered stays so whatever runs notice later. Only what is open
// can be answered; the same answer twice changes nothing.
func (f *Fairlead) Answer(ctx context.Context, ask AnswerRequest) (Answered, error) {
	by, err := f.speaker(ask.Speaker)
	if err != nil {
		return Answered{}, err
	}
	reason, err := reasonGiven(ask.Reason)
	if err != nil {
		return Answered{}, err
	}
	b, err := f.readNamed(ctx, ask.Finding)
	if err != nil {
		return Answered{}, err
	}
	w := finding.Word{Kind: finding.AnsweredSo, By: by, Reason: reason}
	wanted := finding.Open
	if ask.TakeBack {
		w.Kind, wanted = finding.TookBack, finding.Answered
	}
	e, err := b.theOne(ask.Finding, wanted)
	if err != nil {
		return Answered{}, err
	}
	w.Finding = e.ID
	if e.State != wanted {
		if last, is := b.answerOf(e.ID); is && !ask.TakeBack && last.By == by && last.Reason == reason {
			return f.answered(&e, last, false), nil
		}
		return Answered{}, f.notThere(&b, &e, wanted)
	}
	if w, err = f.say(ctx, &b, w, func(o *finding.Word) bool { return o.Finding == e.ID }); err != nil {
		return Answered{}, err
	}
	after := finding.Judge(noticedOf(&b, e.ID), append(b.words, w), w.At)
	return f.answered(&after[0], w, true), nil
}

func (f *Fairlead) answered(e *finding.Finding, w finding.Word, changed bool) Answered {
	return Answered{Noticed: noticed(e), State: string(e.State), By: rules.OneLine(w.By), ByName: f.nameOf(w.By), At: w.At, Why: rules.Paragraph(w.Reason), Changed: changed}
}

// noticedOf is one finding as runs noticed it, by itself; empty when there is none.
func noticedOf(b *books, id finding.ID) []finding.Finding {
	i, found := slices.BinarySearchFunc(b.noticed, id, func(e finding.Finding, id finding.ID) int { return cmp.Compare(e.ID, id) })
	if !found {
		return nil
	}
	return b.noticed[i : i+1]
}

// answerOf is the answer that holds of a finding: of several the latest, though
// the first one decides since when it is answered.
func (b *books) answerOf(id finding.ID) (last finding.Word, holds bool) {
	for _, w := range b.words { // oldest first
		switch {
		case w.Finding == id && w.Kind == finding.AnsweredSo:
			last, holds = w, true
		case w.Finding == id && w.Kind == finding.TookBack:
			holds = false
		}
	}
	return last, holds
}

// notThere says what a finding is that is not in the state somebody wants to change.
func (f *Fairlead) notThere(b *books, e *finding.Finding, wanted finding.State) error {
	text := fmt.Sprintf("finding %s, %s about %s, is %s", e.ID, e.Rule, rules.OneLine(e.Subject.Key), f.standsAs(b, e))
	switch {
	case wanted == finding.Answered:
		return requestError{text, "only an answer that holds can be taken back"}
	case e.State == finding.Answered:
		return requestError{text, "to say something else, take that back first: fairlead answer " + string(e.ID) + " --take-back"}
	case e.State == finding.Waived:
		return requestError{text, "to answer it, end the waiver first: fairlead waivers end"}
	}
	return requestError{text, "only what is open can be answered or waived"}
}

// standsAs says in words where a finding stands now.
func (f *Fairlead) standsAs(b *books, e *finding.Finding) string {
	if said := f.saidOf(b, &e.Seen, f.now()); said != "" && (e.State == finding.Answered || e.State == finding.Waived) {
		return said
	}
	last := e.Spans[len(e.Spans)-1]
	if e.State == finding.Open {
		return "open since " + moment(last.From)
	}
	return strings.ReplaceAll(string(e.State), "-", " ") + " since " + moment(last.To)
}

// saidOf says what a person's word makes of a finding at the moment, and whose;
// empty where none holds.
func (f *Fairlead) saidOf(b *books, s *finding.Seen, at time.Time) string {
	heard := books{words: slices.DeleteFunc(slices.Clone(b.words), func(w finding.Word) bool { return w.At.After(at) })}
	if w, holds := heard.answerOf(s.ID); holds {
		return fmt.Sprintf("answered by %s on %s: %s", f.nameOf(w.By), moment(w.At), rules.Paragraph(w.Reason))
	}
	for _, w := range finding.Waivers(heard.words) {
		if w.HoldsAt(at) && w.Covers(s) {
			return fmt.Sprintf("waived until %s by %s: %s (waiver %s)", moment(w.Expires()), f.nameOf(w.By), rules.Paragraph(w.Reason), w.ID)
		}
	}
	return ""
}

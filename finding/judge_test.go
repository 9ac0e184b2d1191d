package finding

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func answer(id string, on int) Word {
	return Word{ID: id, Kind: AnsweredSo, By: "mina", At: day(on), Finding: "a", Reason: "agreed"}
}

func takeBack(id string, on int) Word {
	return Word{ID: id, Kind: TookBack, By: "mina", At: day(on), Finding: "a"}
}

// told writes the stretches of a finding: "2-5 waived, after waived 9-".
func told(f *Finding) string {
	var out []string
	for _, s := range f.Spans {
		text := days([]Span{s})
		if s.End != "" {
			text += " " + string(s.End)
		}
		if s.After != "" {
			text = "after " + string(s.After) + " " + text
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

// ran is what runs noticed of the finding a: stretches as first and last day, the
// last one 0 while it lasts.
func ran(spans ...[2]int) Finding {
	f := Finding{Seen: Seen{ID: "a", Rule: "date-imposed", Labels: []string{"ops"}, Subject: Subject{Kind: AboutTicket, Source: "jira", ID: "7"}}, State: Open}
	for _, s := range spans {
		one := Span{From: day(s[0])}
		if f.State = Open; s[1] > 0 {
			one.To, one.End, f.State = day(s[1]), Settled, Settled
		}
		f.Spans = append(f.Spans, one)
	}
	return f
}

func TestWhatPeoplesWordsMakeOfAFinding(t *testing.T) {
	this := Scope{Finding: "a"}
	until := func(on, until int) Word { return waive("w", on, until, this) }
	for _, c := range []struct {
		name  string
		noted Finding
		words []Word
		at    int
		state State
		want  string
	}{
		{"nobody said anything", ran([2]int{2, 0}), nil, 20, Open, "2-"},
		{"answered", ran([2]int{2, 0}), []Word{answer("x", 5)}, 20, Answered, "2-5 answered"},
		{"answered, before that was said", ran([2]int{2, 0}), []Word{answer("x", 5)}, 4, Open, "2-"},
		{"answered twice", ran([2]int{2, 0}), []Word{answer("x", 5), answer("y", 7)}, 20, Answered, "2-5 answered"},
		{"answered, and gone since", ran([2]int{2, 9}), []Word{answer("x", 5)}, 20, Answered, "2-5 answered"},
		{"answered, and back later", ran([2]int{2, 9}, [2]int{12, 0}), []Word{answer("x", 5)}, 20, Answered, "2-5 answered, 12-12 answered"},
		{"answered when it was gone, and back later", ran([2]int{2, 4}, [2]int{12, 0}), []Word{answer("x", 5)}, 20, Answered, "2-4 settled, 12-12 answered"},
		{"an answer taken back", ran([2]int{2, 0}), []Word{answer("x", 5), takeBack("y", 8)}, 20, Open, "2-5 answered, after answered 8-"},
		{"an answer taken back when it is gone", ran([2]int{2, 7}), []Word{answer("x", 5), takeBack("y", 8)}, 20, Settled, "2-5 answered"},
		{"an answer taken back that nobody gave", ran([2]int{2, 0}), []Word{takeBack("y", 8)}, 20, Open, "2-"},
		{"answered, taken back, answered", ran([2]int{2, 0}), []Word{answer("x", 5), takeBack("y", 8), answer("z", 10)}, 20, Answered, "2-5 answered, after answered 8-10 answered"},
		{"answered and taken back at once", ran([2]int{2, 0}), []Word{answer("x", 5), takeBack("y", 5)}, 20, Open, "2-"},
		{"waived", ran([2]int{2, 0}), []Word{until(5, 25)}, 20, Waived, "2-5 waived"},
		{"waived, and gone since", ran([2]int{2, 9}), []Word{until(5, 25)}, 20, Settled, "2-5 waived"},
		{"a waiver that has expired", ran([2]int{2, 0}), []Word{until(5, 9)}, 20, Open, "2-5 waived, after waived 9-"},
		{"a waiver in the moment it expires", ran([2]int{2, 0}), []Word{until(5, 20)}, 20, Open, "2-5 waived, after waived 20-"},
		{"a waiver that expired while it was gone", ran([2]int{2, 7}, [2]int{12, 0}), []Word{until(5, 9)}, 20, Open, "2-5 waived, 12-"},
		{"a waiver that expired as it settled", ran([2]int{2, 9}), []Word{until(5, 9)}, 20, Settled, "2-5 waived"},
		{"a waiver that began as it settled", ran([2]int{2, 5}), []Word{until(5, 25)}, 20, Settled, "2-5 settled"},
		{"noticed while a waiver held", ran([2]int{6, 0}), []Word{until(5, 25)}, 20, Waived, "6-6 waived"},
		{"noticed while a waiver held that has expired", ran([2]int{6, 0}), []Word{until(5, 9)}, 20, Open, "6-6 waived, after waived 9-"},
		{"noticed in the moment a waiver began", ran([2]int{5, 0}), []Word{until(5, 9)}, 20, Open, "5-5 waived, after waived 9-"},
		{"noticed in the moment a waiver expired", ran([2]int{9, 0}), []Word{until(5, 9)}, 20, Open, "9-"},
		{"noticed and settled while a waiver held", ran([2]int{6, 8}), []Word{until(5, 25)}, 20, Settled, "6-6 waived"},
		{"back while a waiver holds", ran([2]int{2, 4}, [2]int{6, 0}), []Word{until(5, 25)}, 20, Waived, "2-4 settled, 6-6 waived"},
		{"renewed before it lapsed", ran([2]int{2, 0}), []Word{until(5, 9), renew("r", "w", 8, 25)}, 20, Waived, "2-5 waived"},
		{"renewed after it lapsed", ran([2]int{2, 0}), []Word{until(5, 9), renew("r", "w", 12, 25)}, 20, Waived, "2-5 waived, after waived 9-12 waived"},
		{"ended early", ran([2]int{2, 0}), []Word{until(5, 25), end("e", "w", 8)}, 20, Open, "2-5 waived, after waived 8-"},
		{"ended early, before that was said", ran([2]int{2, 0}), []Word{until(5, 25), end("e", "w", 8)}, 7, Waived, "2-5 waived"},
		{"a renewal that nobody has heard yet", ran([2]int{2, 0}), []Word{until(5, 9), renew("r", "w", 12, 25)}, 10, Open, "2-5 waived, after waived 9-"},
		{"answered while waived", ran([2]int{2, 0}), []Word{until(5, 9), answer("x", 7)}, 20, Answered, "2-5 waived"},
		{"answered while waived, and taken back after that", ran([2]int{2, 0}), []Word{until(5, 9), answer("x", 7), takeBack("y", 11)}, 20, Open, "2-5 waived, after answered 11-"},
		{"waived while answered, which was taken back", ran([2]int{2, 0}), []Word{answer("x", 5), until(6, 12), takeBack("y", 8)}, 20, Open, "2-5 answered, after waived 12-"},
		{"two waivers, one in the other", ran([2]int{2, 0}), []Word{until(5, 15), waive("v", 7, 9, Scope{Rule: "date-imposed", Label: "OPS"})}, 20, Open, "2-5 waived, after waived 15-"},
		{"two waivers that meet", ran([2]int{2, 0}), []Word{until(5, 9), waive("v", 9, 12, Scope{Ticket: TicketScope{Source: "jira", ID: "7"}})}, 20, Open, "2-5 waived, after waived 12-"},
		{"two waivers with a gap", ran([2]int{2, 0}), []Word{until(5, 9), waive("v", 11, 13, Scope{Ticket: TicketScope{Source: "jira", ID: "7"}})}, 20, Open, "2-5 waived, after waived 9-11 waived, after waived 13-"},
		{"a waiver of another ticket", ran([2]int{2, 0}), []Word{waive("w", 5, 25, Scope{Ticket: TicketScope{Source: "jira", ID: "8"}})}, 20, Open, "2-"},
		{"a waiver that covers nothing", ran([2]int{2, 0}), []Word{waive("w", 5, 25, Scope{})}, 20, Open, "2-"},
		{"a waiver that was over when it was given", ran([2]int{2, 0}), []Word{waive("w", 9, 5, this)}, 20, Open, "2-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Judge([]Finding{c.noted}, c.words, day(c.at))
			if len(got) != 1 || got[0].State != c.state || told(&got[0]) != c.want {
				t.Errorf("%s, %s; want %s, %s", got[0].State, told(&got[0]), c.state, c.want)
			}
			if first := got[0].FirstSeen(); !first.Equal(c.noted.FirstSeen()) {
				t.Errorf("first seen %s, want %s", first, c.noted.FirstSeen())
			}
			if since := got[0].NoticedSince(); !since.Equal(c.noted.OpenSince()) && c.noted.State == Open && got[0].State == Open {
				t.Errorf("noticed since %s, want %s", since, c.noted.OpenSince())
			}
		})
	}
}

func TestWhatNobodyLooksForIsNoQuestionOfAnswers(t *testing.T) {
	f := ran([2]int{2, 9})
	f.State, f.Spans[0].End = Withdrawn, Withdrawn
	for _, words := range [][]Word{{answer("x", 5)}, {waive("w", 5, 25, Scope{Finding: "a"})}} {
		if got := Judge([]Finding{f}, words, day(20))[0].State; got != Withdrawn {
			t.Errorf("after %q it is %s, want withdrawn", words[0].Kind, got)
		}
	}
}

func TestJudgingLeavesTheLedgerAlone(t *testing.T) {
	ledger, before := []Finding{ran([2]int{2, 0})}, []Finding{ran([2]int{2, 0})}
	words := []Word{takeBack("y", 8), answer("x", 5)}
	Judge(ledger, words, day(20))
	if !reflect.DeepEqual(ledger, before) || words[0].ID != "y" {
		t.Errorf("the ledger is now %+v, the words %+v", ledger, words)
	}
}

// dice makes ledgers and words within a few hours, so that everything meets.
type dice struct{ *rand.Rand }

func (d dice) minute() time.Time { return day(1).Add(time.Duration(d.IntN(240)) * time.Minute) }

func (d dice) finding(n int) Finding {
	f := Finding{Seen: Seen{
		ID: ID(fmt.Sprint(n)), Rule: fmt.Sprint("rule", d.IntN(2)), Labels: []string{fmt.Sprint("Label", d.IntN(3)), "LABEL0"}[:d.IntN(3)],
		Subject: Subject{Kind: AboutTicket, Source: "jira", ID: fmt.Sprint(d.IntN(4))},
	}}
	at := day(1).Add(time.Duration(d.IntN(60)) * time.Minute)
	for range 1 + d.IntN(3) {
		f.State = []State{Open, Settled, AgedOut, Withdrawn}[d.IntN(4)]
		s := Span{From: at, To: at.Add(time.Duration(d.IntN(80)) * time.Minute), End: f.State}
		if at = s.To.Add(time.Duration(1+d.IntN(40)) * time.Minute); f.State == Open {
			s.To, s.End = time.Time{}, ""
		}
		if f.Spans = append(f.Spans, s); f.State == Open {
			break
		}
	}
	return f
}

func (d dice) words(n int) []Word {
	var out []Word
	for i := range n {
		w := Word{ID: fmt.Sprint("word", i), At: d.minute(), Kind: []WordKind{AnsweredSo, TookBack, WaivedFor, WaivedFor, RenewedFor, EndedEarly}[d.IntN(6)]}
		switch w.Kind {
		case AnsweredSo, TookBack:
			w.Finding = ID(fmt.Sprint(d.IntN(6)))
		case WaivedFor:
			w.Expires = d.minute()
			w.Scope = []Scope{
				{Finding: ID(fmt.Sprint(d.IntN(6)))},
				{Ticket: TicketScope{Source: "jira", ID: fmt.Sprint(d.IntN(4))}},
				{Rule: fmt.Sprint("rule", d.IntN(2)), Label: fmt.Sprint("label", d.IntN(3))},
				{},
			}[d.IntN(4)]
		default:
			w.Expires, w.Waiver = d.minute(), fmt.Sprint("word", d.IntN(n))
		}
		out = append(out, w)
	}
	return out
}

// said plays the words one after the other up to the minute and says what they
// make of the finding then: the simplest reading of what a word means.
func said(f *Finding, words []Word, minute time.Time) State {
	answered, given, until := false, map[string]Word{}, map[string]time.Time{}
	for _, w := range inOrder(words) {
		if w.Kind == WaivedFor {
			given[w.ID] = w
		}
	}
	for _, w := range inOrder(words) {
		if w.At.After(minute) {
			break
		}
		first, known := given[w.Waiver]
		switch {
		case w.Kind == AnsweredSo && w.Finding == f.ID:
			answered = true
		case w.Kind == TookBack && w.Finding == f.ID:
			answered = false
		case w.Kind == WaivedFor && w.Expires.After(until[w.ID]):
			until[w.ID] = w.Expires
		case !known || w.At.Before(first.At):
		case w.Kind == RenewedFor && w.Expires.After(w.At):
			until[w.Waiver] = w.Expires
		case w.Kind == EndedEarly && latest(until[w.Waiver], first.Expires).After(w.At):
			until[w.Waiver] = w.At
		}
	}
	if answered {
		return Answered
	}
	for id, w := range given {
		if w.At.After(minute) || !until[id].After(minute) {
			continue
		}
		c := w.Scope
		byLabel := c.Rule != "" && c.Rule == f.Rule && slices.ContainsFunc(f.Labels, func(l string) bool { return strings.EqualFold(l, c.Label) })
		if c.Finding == f.ID || c.Ticket.ID != "" && c.Ticket.ID == f.Subject.ID || byLabel {
			return Waived
		}
	}
	return ""
}

func TestJudgeIsWhatGoingThroughEveryMinuteSays(t *testing.T) {
	for seed := range uint64(400) {
		d := dice{rand.New(rand.NewPCG(seed, 7))}
		var ledger []Finding
		for n := range 1 + d.IntN(6) {
			ledger = append(ledger, d.finding(n))
		}
		words, at := d.words(d.IntN(25)), d.minute()
		ledger = Rewind(ledger, at)
		got := Judge(ledger, words, at)
		for i := range got {
			if m := everyMinute(&ledger[i], &got[i], words, at); m != "" {
				t.Fatalf("seed %d, finding %s, judged at %s: %s\nnoticed %s\njudged  %s\nwords %+v", seed, got[i].ID, at.Format("15:04"), m, clocks(&ledger[i]), clocks(&got[i]), words)
			}
		}
		if twice := Judge(got, words, at); !reflect.DeepEqual(twice, got) {
			t.Fatalf("seed %d: judged once more it is %+v, not %+v", seed, twice, got)
		}
		d.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		if again := Judge(ledger, words, at); !reflect.DeepEqual(again, got) {
			t.Fatalf("seed %d: in another order the words make %+v, not %+v", seed, again, got)
		}
	}
}

// everyMinute compares what is told with what was noticed and said, and says what
// is wrong with it.
func everyMinute(noticed, judged *Finding, words []Word, at time.Time) string {
	for m := day(1).Add(-time.Minute); !m.After(at); m = m.Add(time.Minute) {
		if got, want := judged.OpenAt(m), noticed.OpenAt(m) && said(noticed, words, m) == ""; got != want {
			return fmt.Sprintf("open at %s is %v, want %v", m.Format("15:04"), got, want)
		}
	}
	want := noticed.State
	if is := said(noticed, words, at); want != Withdrawn && (is == Answered || is == Waived && want == Open) {
		want = is
	}
	var before time.Time
	for i, s := range judged.Spans {
		switch last := i == len(judged.Spans)-1; {
		case s.From.Before(before), !s.To.IsZero() && s.To.Before(s.From):
			return fmt.Sprintf("stretch %d overlaps or runs backwards", i)
		case s.To.IsZero() && !last, s.To.IsZero() != (s.End == ""), last && s.To.IsZero() != (judged.State == Open):
			return fmt.Sprintf("stretch %d ends wrongly for something %s", i, judged.State)
		case i > 0 && s.After == "" && s.From.Equal(before) && !noticedAt(noticed, s.From):
			return fmt.Sprintf("stretch %d goes on from the one before", i)
		}
		before = s.To
	}
	if judged.State != want {
		return fmt.Sprintf("it is %s, want %s", judged.State, want)
	}
	return ""
}

func noticedAt(f *Finding, at time.Time) bool {
	return slices.ContainsFunc(f.Spans, func(s Span) bool { return s.From.Equal(at) })
}

func clocks(f *Finding) string {
	var out []string
	for _, s := range f.Spans {
		out = append(out, fmt.Sprintf("%s %s-%s %s", s.After, s.From.Format("15:04"), s.To.Format("15:04"), s.End))
	}
	return string(f.State) + ": " + strings.Join(out, ", ")
}

// BenchmarkJudge judges a large ledger: 100,000 findings under 1,000 waivers of
// every kind and 2,000 answers.
func BenchmarkJudge(b *testing.B) {
	ledger, words := largeLedger()
	for b.Loop() {
		Judge(ledger, words, day(20))
	}
}

func largeLedger() ([]Finding, []Word) {
	ledger := make([]Finding, 100_000)
	for i := range ledger {
		f := ran([2]int{2, 4}, [2]int{6, 0})
		f.ID, f.Rule = ID(fmt.Sprint(i)), fmt.Sprint("rule", i%28)
		f.Subject.ID, f.Labels = fmt.Sprint(i/2), []string{fmt.Sprint("label", i%97), "backend", "q4"}
		ledger[i] = f
	}
	var words []Word
	for i := range 1000 {
		scope := []Scope{{Finding: ID(fmt.Sprint(i * 7))}, {Ticket: TicketScope{Source: "jira", ID: fmt.Sprint(i * 3)}}, {Rule: fmt.Sprint("rule", i%28), Label: "Backend"}}[i%3]
		words = append(words, waive(fmt.Sprint("w", i), 5+i%9, 12+i%9, scope))
	}
	for i := range 2000 {
		w := answer(fmt.Sprint("x", i), 9)
		w.Finding = ID(fmt.Sprint(i * 11))
		words = append(words, w)
	}
	return ledger, words
}

// TestManyWaiversCostLittleMoreThanFew holds judging to looking waivers up: going
// through every waiver for every finding would take a hundred times as long.
func TestManyWaiversCostLittleMoreThanFew(t *testing.T) {
	ledger, words := largeLedger()
	ledger = ledger[:10_000]
	fastest := func(words []Word) time.Duration {
		least := time.Hour
		for range 5 {
			began := time.Now()
			Judge(ledger, words, day(20))
			least = min(least, time.Since(began))
		}
		return least
	}
	few, many := fastest(words[:10]), fastest(words[:1000])
	if many > 20*few {
		t.Errorf("with 1,000 waivers judging takes %v, with 10 of them %v", many, few)
	}
}

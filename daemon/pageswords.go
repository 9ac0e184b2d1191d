package daemon

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// layWords lays what people said since the old view over it, where nothing else has
// happened: of a hundred thousand findings a word is about a few. It is nil where all
// has to be laid out anew.
func (p *pages) layWords(ctx context.Context, m *pageMark, old *pageView) (*pageView, error) {
	if old == nil || old.mark.word == "" || old.mark.word == m.word {
		return nil, nil //nolint:nilnil // that is an answer
	}
	spoken := *m
	spoken.word = old.mark.word
	at := p.f.now()
	if spoken != old.mark || old.outdatedBy(&old.mark, at) {
		return nil, nil //nolint:nilnil // see above
	}
	more, err := p.f.store.WordsSince(ctx, old.mark.word)
	if err != nil || len(more) == 0 || more[len(more)-1].ID != m.word {
		return nil, err // somebody speaks at this very moment
	}
	return old.with(m, more, at), nil
}

// with is the view once people said more; nil where that came before something else
// that it shows, or changes much.
func (v *pageView) with(m *pageMark, more []finding.Word, at time.Time) *pageView {
	out := &pageView{
		mark: *m, f: v.f, at: at, cfg: v.cfg, book: v.book, revisions: v.revisions, books: v.books, trends: v.trends, waivers: v.waivers, experiments: v.experiments, sources: v.sources,
		weeks: v.weeks, editions: map[string]*edition{},
	}
	var ok bool
	if out.trail, ok = v.trail.with(more, len(v.words)); !ok {
		return nil
	}
	out.hear(append(v.words, more...)) // which leaves as it is what v shows
	if slices.ContainsFunc(more, aboutWaiver) {
		out.waivers = finding.Waivers(waiverWords(out.books.words))
	}
	out.version = out.versionNow()
	judged := out.judge(v.ledger, more)
	if out.ledger, ok = v.ledger.With(judged, out.tells(), at, out.version); !ok {
		return nil
	}
	out.edition = v.edition.again(org.WeekOf(at, time.UTC).String(), at)
	out.edition.book, out.edition.waivers = out.books, out.waivers
	if out.edition.said = maps.Clone(v.edition.said); out.edition.said == nil {
		out.edition.said = map[finding.ID]finding.Finding{}
	}
	for i := range judged {
		out.edition.said[judged[i].ID] = judged[i]
	}
	return out
}

// hear takes the words as all there are. There may be room behind them, which only
// the next view uses.
func (v *pageView) hear(words []finding.Word) { v.words, v.books.words = words, slices.Clip(words) }

// judge judges what the latest words are about.
func (v *pageView) judge(l *dashboard.Ledger, latest []finding.Word) []finding.Finding {
	touched := map[finding.ID]bool{}
	for i := range latest {
		w := &latest[i]
		if !aboutWaiver(*w) {
			touched[w.Finding] = true
			continue
		}
		given := cmp.Or(w.Waiver, w.ID)
		if n := slices.IndexFunc(v.waivers, func(o finding.Waiver) bool { return o.ID == given }); n >= 0 {
			l.CoveredBy(&v.waivers[n], func(f *finding.Finding) bool { touched[f.ID] = true; return false }, 0)
		}
	}
	var noticed []finding.Finding
	for id := range touched {
		noticed = append(noticed, noticedOf(&v.books, id)...)
	}
	words := waiverWords(v.books.words)
	for i := range v.books.words {
		if w := &v.books.words[i]; touched[w.Finding] && !aboutWaiver(*w) {
			words = append(words, *w)
		}
	}
	return finding.Judge(noticed, words, v.at)
}

// aboutWaiver reports whether a word is about a waiver, rather than about a finding.
func aboutWaiver(w finding.Word) bool {
	return w.Kind != finding.AnsweredSo && w.Kind != finding.TookBack
}

func waiverWords(words []finding.Word) (out []finding.Word) {
	for i := range words {
		if aboutWaiver(words[i]) {
			out = append(out, words[i])
		}
	}
	return out
}

// forWaivers are the books as pages show them, with what was said about waivers up to
// now.
func (p *pages) forWaivers(ctx context.Context) (books, error) {
	v, err := p.now(ctx)
	if err != nil {
		return books{}, err
	}
	more, err := p.f.store.WordsSince(ctx, v.mark.word)
	b := v.books
	b.words = append(waiverWords(b.words), waiverWords(more)...)
	return b, err
}

package browsertest

import (
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stop is where the keyboard has come to.
type stop struct {
	At    int    // place among all that the keyboard should come to; -1: none of them
	Of    int    // how many there are
	Reads string // what it says
	Seen  bool   // it can be seen that the keyboard is there
	Free  bool   // nothing lies over it
	Over  string // what does
	Parts bool   // the key goes through its parts first: day, month, year
}

// where tells it. What comes to have the focus is to be seen: by an outline of its own,
// of the row that it opens, or around what it is a part of.
const where = `(() => {
	const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
		.filter((el) => el.checkVisibility({ visibilityProperty: true }) && !el.disabled && !(el.type === "radio" && !el.checked && document.querySelector("input[type=radio]:checked[name='" + el.name + "']")));
	const el = document.activeElement;
	const outlined = (one, pseudo) => { const s = getComputedStyle(one, pseudo); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2; };
	const r = el.getClientRects()[0] || el.getBoundingClientRect(), x = r.left + Math.min(r.width / 2, 30), y = (Math.max(r.top, 0) + Math.min(r.bottom, innerHeight)) / 2; // of the part that is in view
	const top = document.elementFromPoint(x, y);
	return {
		At: all.indexOf(el), Of: all.length, Reads: (el.getAttribute("aria-label") || el.innerText || el.name || el.tagName).replace(/\s+/g, " ").trim().slice(0, 60),
		Over: top ? "<" + top.tagName.toLowerCase() + " class=" + JSON.stringify(top.className) + ">" : "nothing", Seen: outlined(el) || outlined(el, "::after") || outlined(el.parentElement), Free: !!top && (el === top || el.contains(top) || top.contains(el)),
		Parts: el.type === "date",
	};
})()`

// Key presses a key.
func (p *Tab) Key(key string) {
	p.t.Helper()
	p.do("press a key", chromedp.KeyEvent(key))
}

// Keyboard goes through the page with the Tab key: first to the link that skips what
// all pages have in common, then to everything that can be clicked on, in the order in
// which it is read, each time to be seen.
func (p *Tab) Keyboard(name string) {
	p.t.Helper()
	eval[bool](p, `(document.activeElement.blur(), scrollTo(0, 0), true)`)
	for want := 0; ; want++ {
		p.Key(kb.Tab)
		at := eval[stop](p, where)
		for at.Parts && at.At == want-1 {
			p.Key(kb.Tab)
			at = eval[stop](p, where)
		}
		if want == at.Of && at.At != want-1 {
			return // the browser's own buttons come next
		}
		var wrong []string
		if at.At != want {
			wrong = append(wrong, fmt.Sprintf("it is number %d of %d, want %d", at.At, at.Of, want))
		}
		if !at.Seen {
			wrong = append(wrong, "nothing shows that the keyboard is there")
		}
		if !at.Free {
			wrong = append(wrong, at.Over+" is where it should be")
		}
		if want == 0 && !strings.HasPrefix(at.Reads, "Skip") {
			wrong = append(wrong, "it skips nothing")
		}
		if len(wrong) > 0 {
			p.t.Errorf("%s: the keyboard comes to %q: %s", name, at.Reads, strings.Join(wrong, "; "))
			return
		}
	}
}

// Focus reads what has the focus.
func (p *Tab) Focus() string {
	p.t.Helper()
	return eval[stop](p, where).Reads
}

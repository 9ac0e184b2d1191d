package linear

import (
	"github.com/fairlead-dev/fairlead/ticket"
)

// far is the issue at the other end of a relation.
type far struct {
	ID         string   `json:"id"`
	Identifier string   `json:"identifier"`
	LabelIDs   []string `json:"labelIds"`
}

type outward struct {
	Type  string `json:"type"`
	Issue far    `json:"relatedIssue"`
}

type inward struct {
	Type  string `json:"type"`
	Issue far    `json:"issue"`
}

// phrases read a relation's type from either end: Linear's relation goes from
// the issue that blocks, or that is the duplicate, to the other.
var phrases = map[string]struct{ outward, inward string }{
	"blocks":    {"blocks", "blocked by"},
	"duplicate": {"duplicate of", "duplicated by"},
	"related":   {"related to", "related to"},
	"similar":   {"similar to", "similar to"},
}

// phrase reads a type from one end. A type Linear invents later reads as itself.
func phrase(relation string, fromTarget bool) string {
	p, known := phrases[relation]
	switch {
	case !known && fromTarget:
		return relation + " (from the other end)"
	case !known:
		return relation
	case fromTarget:
		return p.inward
	}
	return p.outward
}

func (w *words) links(out []outward, in []inward) []ticket.Link {
	var links []ticket.Link
	for _, r := range out {
		links = append(links, w.link(phrase(r.Type, false), r.Issue))
	}
	for _, r := range in {
		links = append(links, w.link(phrase(r.Type, true), r.Issue))
	}
	return links
}

func (w *words) link(phrase string, to far) ticket.Link {
	return ticket.Link{
		Kind: w.mapping.Link(phrase), Phrase: phrase,
		Target: ticket.Ref{ID: to.ID, Key: to.Identifier}, TargetKind: w.issueKind(to.LabelIDs),
	}
}

// relationChange is one relation in a history entry: the other issue's key and
// a code of two letters.
type relationChange struct {
	Identifier string `json:"identifier"`
	Type       string `json:"type"`
}

// codePhrases are the second letters of the codes whose first letter is a for
// added or r for removed. Linear documents none of them; these are as public
// programs read them. d and m are the two ends of a duplicate, and those
// programs do not tell which is which. Codes that begin otherwise (bo, br, xo,
// xr) tell that the issue at the other end was reopened or resolved.
var codePhrases = map[byte]string{
	'b': "blocked by",
	'x': "blocks",
	'r': "related to",
	'd': "",
	'm': "",
}

// linkChange is the relation a code speaks of; ok is false for codes that
// change no relation or are not known.
func (w *words) linkChange(c relationChange, now []ticket.Link) (v ticket.Value, added, ok bool) {
	if len(c.Type) != 2 || (c.Type[0] != 'a' && c.Type[0] != 'r') || c.Identifier == "" {
		return ticket.Value{}, false, false
	}
	text, known := codePhrases[c.Type[1]]
	if !known {
		return ticket.Value{}, false, false
	}
	v = ticket.Value{ID: c.Identifier, Text: text, Norm: string(w.mapping.Link(text))}
	if text == "" {
		v = duplicateEnd(c.Identifier, now)
	}
	return v, c.Type[0] == 'a', true
}

// duplicateEnd takes the direction of a duplicate from the link that stands now.
// Where none does, the direction stays open.
func duplicateEnd(key string, now []ticket.Link) ticket.Value {
	for _, l := range now {
		if l.Target.Key == key && (l.Kind == ticket.Duplicates || l.Kind == ticket.DuplicatedBy) {
			return ticket.Value{ID: key, Text: l.Phrase, Norm: string(l.Kind)}
		}
	}
	return ticket.Value{ID: key, Norm: string(ticket.OtherLink)}
}

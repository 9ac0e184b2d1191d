package reports

// Clean makes untrusted text fit to stand among ours, as reports do: one line,
// without control characters or anything that turns the direction of the text
// around it, at most length runes. It still has to be escaped.
func Clean(s string, length int) string { return clean(s, length) }

// SafeURL is the address if a link to it can do nothing but open a web page;
// otherwise it is empty.
func SafeURL(s string) string { return safeURL(s) }

// Sentence ends a text with a full stop where it has no end of its own.
func Sentence(s string) string { return sentence(s) }

// FewestForShare is of how many items a percentage is told at least.
const FewestForShare = fewestForShare

// Tokens are the colours of every page fairlead makes, by name: on paper, and on dark
// ground.
func Tokens() map[string][2]string {
	out := make(map[string][2]string, len(tokens))
	for name, t := range tokens {
		out[name] = [2]string{t.light, t.dark}
	}
	return out
}

package yamlfile

import (
	"slices"
	"strings"
)

// secretWords are parts of key names, folded. Longer ones are also recognised
// with typing slips.
var secretWords = []string{
	"token", "secret", "password", "passwd", "passphrase", "apikey", "accesskey", "privatekey", "signingkey",
	"credential", "authorization", "bearer", "pwd",
}

// wholeSecretWords are key names that are secrets only when nothing else is in them.
var wholeSecretWords = []string{"pass", "pw", "pat", "auth", "cookie"}

// pathWords name where a secret lies and are no secrets themselves.
var pathWords = []string{"tokenfile", "secretfile", "passwordfile"}

// isSecretName reports whether a key of this name, or what it was meant to be,
// holds a secret.
func isSecretName(name string) bool {
	w := fold(name)
	if slices.Contains(pathWords, w) {
		return false
	}
	return slices.Contains(wholeSecretWords, w) || slices.ContainsFunc(secretWords, func(s string) bool {
		return strings.Contains(w, s) || isSlip(w, s)
	})
}

// isSlip reports whether w is s with a typing slip, or two in a longer word.
func isSlip(w, s string) bool {
	const short, long = 3, 30
	return len(s) > short && len(w) >= short && len(w) <= long && distance(w, s) <= 1+len(s)/6
}

// learnSecrets notes which keys of the file hold secrets: those of the names
// given, those with a name that speaks for itself, and those that may be one of
// them misspelt.
func (f *File) learnSecrets(known []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cuts = nil
	f.root.walk(func(key string, value *node) {
		if !f.secrets[key] && !isSecretName(key) && Suggest(key, known) == "" {
			return
		}
		f.secrets[key] = true
		at := value.keyAt
		if at.line < 1 || at.line > len(f.lines) {
			return
		}
		line := f.lines[at.line-1]
		begin := byteOffset(line, at.column)
		f.values[at.line] = append(f.values[at.line], keyEnd{begin, min(begin+len(key), len(line))})
	})
}

// walk visits every key once for each place it is used.
func (n *node) walk(visit func(key string, value *node)) {
	for _, e := range n.entries {
		visit(e.key, e.value)
		e.value.walk(visit)
	}
	for _, item := range n.items {
		item.walk(visit)
	}
}

// secretPath reports whether any key on the path is that of a secret.
func (f *File) secretPath(path []any) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range path {
		if key, ok := p.(string); ok && (f.secrets[key] || isSecretName(key)) {
			return true
		}
	}
	return false
}

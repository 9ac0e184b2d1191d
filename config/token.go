package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// token finds the source's secret. What was found is never part of a message.
func (r *sourceReader) token() Secret {
	byName, byFile := r.entry.Token != "", r.entry.TokenFile != ""
	switch {
	case byName && byFile:
		r.refuse("token_file", "the token is given twice, by token and by token_file", "keep one of them")
	case byName:
		return r.secretFromEnv("token", r.entry.Token.variable())
	case byFile:
		return r.tokenFromFile(r.entry.TokenFile)
	default:
		r.refuse("", "this source has no token", "add token: ${"+r.variableName()+"} and set that environment variable, or name a file with token_file")
	}
	return Secret{}
}

func (r *sourceReader) variableName() string { return r.tracker() + "_TOKEN" }

// tracker is how names of environment variables begin.
func (r *sourceReader) tracker() string {
	if r.entry.Linear != "" {
		return "LINEAR"
	}
	return "JIRA"
}

// secretFromEnv reads the environment variable that the entry names at key.
func (r *sourceReader) secretFromEnv(key, name string) Secret {
	secret, ok := r.envSecret(r.file, name, append(slices.Clone(r.path), key)...)
	r.wrong = r.wrong || !ok
	return secret
}

func (r *sourceReader) tokenFromFile(path string) Secret {
	secret, ok := r.fileSecret(r.file, path, append(slices.Clone(r.path), "token_file")...)
	r.wrong = r.wrong || !ok
	return secret
}

// envSecret reads the environment variable named, which stands at the path.
func (l *loader) envSecret(f *yamlfile.File, name string, path ...any) (Secret, bool) {
	value, set := l.env(name)
	if !set {
		l.mistake(f, "set it before fairlead starts: export "+name+"=…", fmt.Sprintf("the environment variable %s is not set", name), path...)
		return Secret{}, false
	}
	return l.checkedSecret(f, "the environment variable "+name, value, path...)
}

// fileSecret reads the file named, which stands at the path.
func (l *loader) fileSecret(f *yamlfile.File, name string, path ...any) (Secret, bool) {
	value, err := l.read(beside(f.Name(), name))
	if err != nil {
		l.mistake(f, "a relative path begins at the folder of "+f.Name(), reason(err), path...)
		return Secret{}, false
	}
	return l.checkedSecret(f, "the file", string(value), path...)
}

// checkedSecret takes what stands where a token should, without the line end that
// editors add.
func (l *loader) checkedSecret(f *yamlfile.File, where, value string, path ...any) (Secret, bool) {
	const longest = 8 << 10 // no tracker's token comes near, and headers end there
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		l.mistake(f, "put the token into it", where+" is empty", path...)
	case len(value) > longest || strings.ContainsFunc(value, unicode.IsControl):
		l.mistake(f, "leave the token alone in it, on one line", where+" holds more than a token", path...)
	default:
		return NewSecret(value), true
	}
	return Secret{}, false
}

package config

import (
	"fmt"
	"strings"
	"unicode"
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
	value, set := r.env(name)
	if !set {
		r.refuse(key, fmt.Sprintf("the environment variable %s is not set", name), "set it before fairlead starts: export "+name+"=…")
		return Secret{}
	}
	return r.checked(key, "the environment variable "+name, value)
}

func (r *sourceReader) tokenFromFile(path string) Secret {
	full := beside(r.file.Name(), path)
	value, err := r.loader.read(full)
	if err != nil {
		r.refuse("token_file", reason(err), "a relative path begins at the folder of "+r.file.Name())
		return Secret{}
	}
	return r.checked("token_file", "the file", string(value))
}

// checked takes what stands where a token should, without the line end that
// editors add.
func (r *sourceReader) checked(key, where, value string) Secret {
	const longest = 8 << 10 // no tracker's token comes near, and headers end there
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		r.refuse(key, where+" is empty", "put the token into it")
	case len(value) > longest || strings.ContainsFunc(value, unicode.IsControl):
		r.refuse(key, where+" holds more than a token", "leave the token alone in it, on one line")
	default:
		return NewSecret(value)
	}
	return Secret{}
}

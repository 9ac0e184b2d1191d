package config

import "fmt"

// oauthKey is one of the keys that sign in with OAuth.
type oauthKey struct {
	name, hint string
	written    bool
}

func (r *sourceReader) oauthKeys() []oauthKey {
	e := r.entry
	return []oauthKey{
		{"client_id", "copy it from the OAuth application's page", e.ClientID != ""},
		{"client_secret", "add client_secret: ${" + r.tracker() + "_CLIENT_SECRET} and set that environment variable", e.ClientSecret != ""},
		{"refresh_token_file", "name the file that holds the refresh token; fairlead keeps it up to date", e.RefreshTokenFile != ""},
	}
}

// withOAuth reports whether the entry signs in with OAuth instead of a token.
func (r *sourceReader) withOAuth() bool {
	for _, k := range r.oauthKeys() {
		if k.written {
			return true
		}
	}
	return false
}

// oauth finds what access tokens are fetched with. One key without the others,
// beside a token, or for a Jira of one's own, is a mistake.
func (r *sourceReader) oauth(d Deployment) OAuth {
	if !r.withOAuth() {
		return OAuth{}
	}
	for _, k := range r.oauthKeys() {
		switch {
		case d == DataCenter:
			r.unless(k.written, k.name, k.name+" is for Linear and Jira Cloud", "give Jira Data Center a personal access token instead: token: ${JIRA_TOKEN}")
		case !k.written:
			r.refuse("", fmt.Sprintf("OAuth wants %s as well", k.name), k.hint)
		}
	}
	for key, written := range map[string]bool{"token": r.entry.Token != "", "token_file": r.entry.TokenFile != ""} {
		r.unless(written, key, "this source signs in twice, with "+key+" and with OAuth", "keep one of them")
	}
	r.oneApplication()
	return OAuth{
		ClientID: r.entry.ClientID, ClientSecret: r.named("client_secret", r.entry.ClientSecret),
		RefreshFile: r.refreshFile(),
	}
}

// oneApplication refuses a file that keeps the refresh tokens of another
// application already: each use would lose the other's.
func (r *sourceReader) oneApplication() {
	if r.entry.RefreshTokenFile == "" {
		return
	}
	file, ours := beside(r.file.Name(), r.entry.RefreshTokenFile), r.tracker()+" "+r.entry.ClientID
	if theirs, taken := r.applications[file]; taken && theirs != ours {
		r.refuse("refresh_token_file", "this file keeps the refresh tokens of another application", "give each application a file of its own")
		return
	}
	r.applications[file] = ours
}

// refreshFile is the path of the file with the refresh token, which must be
// there. Its content is left to whoever uses it up.
func (r *sourceReader) refreshFile() string {
	if r.entry.RefreshTokenFile == "" {
		return ""
	}
	full := beside(r.file.Name(), r.entry.RefreshTokenFile)
	f, err := r.files.Open(full)
	if err != nil {
		r.refuse("refresh_token_file", "the file "+reason(err), "looked for "+full)
		return ""
	}
	_ = f.Close() // nothing was read or written
	return full
}

// named is the secret in the environment variable that stands at key; none when
// nothing stands there.
func (r *sourceReader) named(key string, to secretReference) Secret {
	if to == "" {
		return Secret{}
	}
	return r.secretFromEnv(key, reference(to).variable())
}

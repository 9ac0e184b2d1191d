package config

// The shapes of the dashboard's part of the files.

type dashboardEntry struct {
	Listen       string          `json:"listen" jsonschema:"minLength=1,default=127.0.0.1:8080" jsonschema_description:"Address to listen at, host and port. Beyond this machine only with sign_in."`
	URL          string          `json:"url" jsonschema:"minLength=1,example=https://fairlead.acme.example" jsonschema_description:"Where people open it: https and the host, without a path. When left out: http and the address listened at, which only this machine can open."`
	Admins       textList        `json:"admins" jsonschema_description:"Ids of the people who configure and see data health, deliveries and the audit trail. It shows them no team's findings."`
	SignIn       signInEntry     `json:"sign_in" jsonschema_description:"How people sign in: oidc or proxy, or local, which may stand beside either. When left out: local, and only on this machine."`
	SessionKey   secretReference `json:"session_key" jsonschema_description:"The environment variable that holds the key of sessions, at least 32 characters, as ${NAME}. When left out, one is made and kept in the store. Another key signs everybody out."`
	Agreements   string          `json:"agreements" jsonschema:"enum=files,enum=pages,default=files" jsonschema_description:"Where agreements, conditions of rules and experiments are changed. files: in these files alone, and pages show them. pages: by people on the dashboard, kept in the store and laid over what these files say."`
	SessionLasts period          `json:"session_lasts" jsonschema:"default=24h" jsonschema_description:"How long somebody stays signed in at the most: hours (24h) or days (14d). Who does nothing for a third of it is signed out too."`
}

type signInEntry struct {
	OIDC  oidcEntry  `json:"oidc" jsonschema_description:"Sign in at an OpenID Connect provider. Register URL/sign-in/callback there as redirect URI, and URL/signed-out for signing out."`
	Proxy proxyEntry `json:"proxy" jsonschema_description:"Trust a reverse proxy that signs people in and names them in a header."`
	Local bool       `json:"local" jsonschema:"default=false" jsonschema_description:"True to let people in with links that fairlead dashboard token prints."`
}

type oidcEntry struct {
	Issuer                string          `json:"issuer" jsonschema:"required,minLength=1,example=https://login.acme.example" jsonschema_description:"The provider's address, letter by letter as it names itself; /.well-known/openid-configuration below it tells the rest."`
	ClientID              string          `json:"client_id" jsonschema:"required,minLength=1" jsonschema_description:"The id that the provider gave fairlead."`
	ClientSecret          secretReference `json:"client_secret" jsonschema_description:"The environment variable that holds the client's secret, as ${NAME}. A public client has none."`
	Name                  string          `json:"name" jsonschema:"minLength=1,example=Acme login" jsonschema_description:"What people call the provider. When left out: its host."`
	Scopes                textList        `json:"scopes" jsonschema_description:"What to ask for beside openid, email and profile; some providers want groups."`
	PersonClaim           string          `json:"person_claim" jsonschema:"minLength=1,example=preferred_username" jsonschema_description:"The claim that holds the person's id as the org file has it. When left out, people are found by their e-mail address."`
	AcceptUnverifiedEmail bool            `json:"accept_unverified_email" jsonschema:"default=false" jsonschema_description:"True for a provider that does not say whether it verified an address, if nobody can choose theirs there."`
	GroupsClaim           string          `json:"groups_claim" jsonschema:"minLength=1,default=groups" jsonschema_description:"The claim that lists somebody's groups."`
	AdminGroup            string          `json:"admin_group" jsonschema:"minLength=1,example=fairlead-admins" jsonschema_description:"Whoever is in this group at sign-in is an admin until the session ends."`
}

type proxyEntry struct {
	Header string   `json:"header" jsonschema:"minLength=1,default=X-Forwarded-Email" jsonschema_description:"The header with the e-mail address, which the proxy must set on every request, whatever came in."`
	From   textList `json:"from" jsonschema:"required" jsonschema_description:"Addresses or networks that the proxy connects from, like 10.1.2.3 or 10.0.0.0/8. From anywhere else the header counts for nothing."`
}

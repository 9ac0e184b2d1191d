package linear

import "github.com/fairlead-dev/fairlead/connectors"

// DefaultTokenURL is where Linear exchanges refresh tokens.
const DefaultTokenURL = "https://api.linear.app/oauth/token"

// Application is how an OAuth application signs in to Linear, in place of a
// personal key.
func Application(clientID, clientSecret string, tokens connectors.RefreshTokens) connectors.OAuth {
	return connectors.OAuth{
		ClientID: clientID, ClientSecret: clientSecret, Tokens: tokens,
		URL: DefaultTokenURL, Console: "the application's page in Linear, under Settings, Administration, API",
	}
}

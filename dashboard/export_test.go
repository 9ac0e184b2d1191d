package dashboard

import "github.com/fairlead-dev/fairlead/rules"

// What the document of the API is made from.
var (
	Operations = operations
	ReadQuery  = readQuery
	Listing    = listing
	Filters    = filterParams
)

// Param is a parameter of a query.
type Param = param

// ScopeOf is what a token needs for a route.
func ScopeOf(r Route) Scope { return r.scope() }

// WordsVersion is where the words of a rule that ships stand.
func WordsVersion(rule string) string {
	all, err := rules.Catalog()
	if err != nil {
		panic(err)
	}
	for i := range all {
		if all[i].ID == rule {
			return versionOf(wordListOf(&all[i]))
		}
	}
	panic("no such rule")
}

package dashboard

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

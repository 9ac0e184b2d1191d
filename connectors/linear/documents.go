package linear

import (
	"embed"
	"regexp"
	"slices"
	"strings"
)

//go:embed queries/*.graphql
var queries embed.FS

// Every document this connector can send. A test finds them all in documents
// and checks them against Linear's schema and its complexity limit.
var (
	docStart          = document("start")
	docUsers          = document("users")
	docStates         = document("states")
	docLabels         = document("labels")
	docCycles         = document("cycles")
	docProjects       = document("projects")
	docProjectMore    = document("projectmore")
	docInitiatives    = document("initiatives")
	docInitiativeMore = document("initiativemore")
	docIssueList      = document("issuelist")
	docIssues         = document("issues")
	docHistories      = document("histories")
	docIssueMore      = document("issuemore")
)

// How much is asked for at once. Linear estimates a query at 0.1 points a
// property and 1 an object, connections multiplied by what is asked for, and
// refuses more than 10,000; a test computes every document with these.
const (
	tablePage     = 250 // people, states, labels, teams; the most Linear gives
	cyclePage     = 250
	listPage      = 250 // ids and times of issues
	containerPage = 50  // projects, initiatives
	issuePage     = 50  // whole issues, the most Options.PageSize can be
	followPage    = 100 // what follows in a list of one issue
	historyFirst  = 12  // history entries of an issue, at first
	historySecond = 50  // and of one that goes on, where that fits the limit

	// entryCost is what one history entry costs at the most, and queryBudget
	// what a query may; together they size the second reading of long histories.
	entryCost   = 11
	queryBudget = 8500
)

// query is one GraphQL document.
type query struct {
	name string // of the operation
	text string
}

var (
	fragments    = splitFragments(read("fragments"))
	spread       = regexp.MustCompile(`\.\.\.(\w+)`)
	fragmentName = regexp.MustCompile(`(?m)^fragment (\w+) on`)
	operation    = regexp.MustCompile(`(?m)^query (\w+)`)
)

// document reads a query and adds the fragments it spreads, directly or through
// others: GraphQL refuses both missing and unused ones.
func document(file string) query {
	text := read(file)
	for _, name := range spreads(text, nil) {
		text += "\n" + fragments[name]
	}
	return query{name: operation.FindStringSubmatch(text)[1], text: text}
}

func spreads(text string, found []string) []string {
	for _, m := range spread.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(found, m[1]) {
			found = spreads(fragments[m[1]], append(found, m[1]))
		}
	}
	return found
}

func splitFragments(text string) map[string]string {
	out := map[string]string{}
	for _, part := range strings.SplitAfter(text, "\n}\n") {
		if m := fragmentName.FindStringSubmatch(part); m != nil {
			out[m[1]] = strings.TrimLeft(part, "\n")
		}
	}
	return out
}

// read panics on a name that is not embedded: that is a mistake in this package.
func read(name string) string {
	text, err := queries.ReadFile("queries/" + name + ".graphql")
	if err != nil {
		panic(err)
	}
	return string(text)
}

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
	docStart          = document("start", tablePage, 650)
	docUsers          = document("users", tablePage, 775)
	docStates         = document("states", tablePage, 650)
	docLabels         = document("labels", tablePage, 905)
	docCycles         = document("cycles", cyclePage, 1125)
	docProjects       = document("projects", containerPage, 7700)
	docProjectMore    = document("projectmore", followPage, 3200)
	docInitiatives    = document("initiatives", containerPage, 2000)
	docInitiativeMore = document("initiativemore", followPage, 650)
	docIssueList      = document("issuelist", listPage, 625)
	docIssues         = document("issues", issuePage, 6800)
	docHistories      = document("histories", issuePage*historyFirst, 5400)
	docIssueMore      = document("issuemore", followPage, 3000)

	docWho              = document("who", 1, 3)
	docProbeInitiatives = document("probeinitiatives", 1, 4)
	docProbeNeeds       = document("probeneeds", 1, 4)
	docSettings         = document("settings", tablePage, 900)
	docSpaces           = document("spaces", spacePage, 5000)
	docOwners           = document("owners", spacePage, 9000)
	docLeads            = document("leads", tablePage, 900)

	docPresentIssues      = document("presentissues", listPage, 900)
	docPresentProjects    = document("presentprojects", listPage, 900)
	docPresentInitiatives = document("presentinitiatives", listPage, 900)
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

	// entryCost is what one history entry costs at the most; it sizes the second
	// reading of long histories.
	entryCost = 11
)

// query is one GraphQL document.
type query struct {
	name string // of the operation
	text string
	// full is how many units are asked for at the most, and points what that
	// costs by the documented formula, before Linear has told its own reckoning.
	full   int
	points float64
}

var (
	fragments    = splitFragments(read("fragments"))
	spread       = regexp.MustCompile(`\.\.\.(\w+)`)
	fragmentName = regexp.MustCompile(`(?m)^fragment (\w+) on`)
	operation    = regexp.MustCompile(`(?m)^query (\w+)`)
)

// document reads a query and adds the fragments it spreads, directly or through
// others: GraphQL refuses both missing and unused ones.
func document(file string, full int, points float64) query {
	text := read(file)
	for _, name := range spreads(text, nil) {
		text += "\n" + fragments[name]
	}
	return query{name: operation.FindStringSubmatch(text)[1], text: text, full: full, points: points}
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

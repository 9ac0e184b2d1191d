package linear

import (
	"embed"
	"regexp"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

//go:embed queries/*.graphql
var queries embed.FS

// Every document this connector can send, save those that kind.more composes. A
// test finds them all in documents and checks them against Linear's schema and
// its complexity limit.
var (
	docStart       = document("start")
	docCounts      = document("counts")
	docUsers       = document("users")
	docStates      = document("states")
	docLabels      = document("labels")
	docCycles      = document("cycles")
	docProjects    = document("projects")
	docInitiatives = document("initiatives")
	docIssues      = document("issues")

	docWho              = document("who")
	docProbeInitiatives = document("probeinitiatives")
	docProbeNeeds       = document("probeneeds")
	docSettings         = document("settings")
	docSpaces           = document("spaces")
	docOwners           = document("owners")
	docLeads            = document("leads")

	docComment     = document("comment")
	docCommentLeft = document("commentleft")

	docPresentIssues      = document("presentissues")
	docPresentProjects    = document("presentprojects")
	docPresentInitiatives = document("presentinitiatives")
)

// What is read with the beginnings of its lists. The first numbers are for
// workspaces of which nothing is known yet.
var (
	issueKind = newKind("Issue", "issues", docIssues,
		part{name: "comments", nodes: "...Remark", first: 5},
		part{name: "relations", nodes: "...Outward", first: 2},
		part{name: "inverseRelations", nodes: "...Inward", first: 2},
		part{name: "needs", nodes: "...Request", first: 1},
		part{name: "subscribers", nodes: "id", first: 5},
		part{name: "attachments", nodes: "...Paper", first: 2},
		part{name: "history", nodes: "...Entry", first: 12},
	)
	projectKind = newKind("Project", "projects", docProjects,
		part{name: "teams", nodes: "key", first: 3},
		part{name: "labels", nodes: "name", first: 3},
		part{name: "initiatives", nodes: "id slugId", first: 2},
		part{name: "needs", nodes: "...Request", first: 2},
		part{name: "comments", nodes: "...Remark", first: 3},
		part{name: "projectUpdates", nodes: "...ProjectNews", first: 5},
		part{name: "relations", nodes: "...ProjectOutward", first: 2},
		part{name: "inverseRelations", nodes: "...ProjectInward", first: 2},
		part{name: "members", nodes: "id", first: 5},
		part{name: "projectMilestones", nodes: "...Milestone", first: 4},
		part{name: "attachments", nodes: "...ProjectPaper", first: 2},
		part{name: "externalLinks", nodes: "...Linked", first: 3},
	)
	initiativeKind = newKind("Initiative", "initiatives", docInitiatives,
		part{name: "labels", nodes: "name", first: 3},
		part{name: "initiativeUpdates", nodes: "...InitiativeNews", first: 5},
		part{name: "links", nodes: "...Linked", first: 3},
	)
	kinds = []*kind{issueKind, projectKind, initiativeKind}
)

// mostNodes is how many nodes of a list Linear gives at once. Dearer lists are
// asked for in pages that fit the limit on a query's cost.
const mostNodes = 250

// query is one GraphQL document.
type query struct {
	name string // of the operation
	text string
	doc  *ast.QueryDocument
}

var (
	fragments    = splitFragments(read("fragments"))
	spread       = regexp.MustCompile(`\.\.\.(\w+)`)
	fragmentName = regexp.MustCompile(`(?m)^fragment (\w+) on`)
)

// document reads a query.
func document(file string) query { return compose(read(file)) }

// compose adds to a query the fragments it spreads, directly or through others:
// GraphQL refuses both missing and unused ones. It panics on a text that does
// not parse: that is a mistake in this package.
func compose(text string) query {
	for _, name := range spreads(text, nil) {
		text += "\n" + fragments[name]
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		panic(err)
	}
	return query{name: doc.Operations[0].Name, text: text, doc: doc}
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

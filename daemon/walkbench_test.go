package daemon

import (
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard/browsertest"
)

const onTheBench = "/teams/payments/agreements/feature-without-problem"

// The EM changes a setting on the workbench: what it would notice is told while they
// write, what is saved holds for others, and what held before can hold again.
func TestAWalkOverTheWorkbench(t *testing.T) {
	o := openHouse(t)
	lee, sam := o.visitor("lee", onTheBench), o.visitor("sam", onTheBench)
	lee.Follow("Change it")
	lee.Fill("Min chars", "900")
	lee.Becomes("Over the last 12 weeks this would have")
	lee.LookHere("workbench")
	sam.Reload()
	sam.SaysNot("900 characters")

	lee.Fill("Why", "two words were too easy to write")
	lee.Follow("Save")
	for _, shown := range []*browsertest.Tab{lee, sam} {
		shown.Open(onTheBench)
		shown.Says("900 characters")
		shown.Open(onTheBench + "/revisions")
		shown.Says("Lee Park", "two words were too easy to write", "holds today")
	}

	lee.Press("Let this hold again")
	lee.Fill("Why?", "it asks for too much")
	lee.Follow("See what this means")
	lee.Says("Nothing is saved yet", "it asks for too much")
	sam.Open(onTheBench)
	sam.Says("900 characters")
	lee.Follow("Let this hold again")
	for _, shown := range []*browsertest.Tab{lee, sam} {
		shown.Open(onTheBench)
		shown.SaysNot("900 characters")
		shown.Open(onTheBench + "/revisions")
		shown.Says("it asks for too much")
	}
}

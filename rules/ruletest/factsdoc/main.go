// Factsdoc writes the list of facts that rules can be built on to the file it is
// given.
package main

import (
	"fmt"
	"os"

	"github.com/fairlead-dev/fairlead/rules"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: factsdoc FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], []byte(rules.FactsMarkdown()), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Rulesdoc writes what the rules' own tables say into the folder it is given: the
// catalog, a page for each rule, and the list of facts that rules can be built on.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/fairlead-dev/fairlead/rules"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: rulesdoc FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(folder string) error {
	catalog, err := rules.Catalog()
	if err != nil {
		return err
	}
	for name, text := range rules.Documents(catalog) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

package config

import (
	"bytes"
	"encoding/json"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

func TestSchemas(t *testing.T) {
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) {
			got, err := Schema(kind)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "schema-"+kind+".golden", string(got))
			doc, err := validator.UnmarshalJSON(bytes.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			c := validator.NewCompiler()
			if err := c.AddResource("https://fairlead.dev/schema/"+kind+".json", doc); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Compile("https://fairlead.dev/schema/" + kind + ".json"); err != nil {
				t.Error(err)
			}
			everythingIsDescribed(t, kind, got)
		})
	}
	if _, err := Schema("people"); err == nil {
		t.Error("there is a schema of people")
	}
}

// everythingIsDescribed checks that an editor has a word to say about every key.
func everythingIsDescribed(t *testing.T, path string, raw json.RawMessage) {
	t.Helper()
	var s struct {
		Properties map[string]json.RawMessage `json:"properties"`
		Defs       map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	for key, p := range s.Properties {
		var about struct {
			Description string `json:"description"`
		}
		if err := json.Unmarshal(p, &about); err != nil || about.Description == "" {
			t.Errorf("%s: %s has no description (%v)", path, key, err)
		}
	}
	for name, d := range s.Defs {
		everythingIsDescribed(t, path+" "+name, d)
	}
}

package dashboard_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	generator "github.com/invopop/jsonschema"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/reports"
)

//go:generate go test -run ^TestTheDocumentIsTheOneOfTheRoutes$ -update .

type object = map[string]any

// described makes the OpenAPI document from the table of routes, the Go types and
// their comments.
func described(t *testing.T) []byte {
	t.Helper()
	schemas := object{}
	paths := object{}
	for _, op := range dashboard.Operations() {
		item, _ := paths[op.Pattern].(object)
		if item == nil {
			item = object{}
			paths[op.Pattern] = item
		}
		one := object{
			"operationId": op.ID, "summary": strings.ToUpper(op.Shows[:1]) + strings.TrimSuffix(op.Shows[1:], ", as JSON"), "tags": []string{tagOf(op.Pattern)},
			"description": "For " + string(op.Who) + ".",
		}
		if op.Who == dashboard.Anyone {
			one["security"] = []any{}
		} else {
			one["description"] = one["description"].(string) + " A token needs the scope " + string(dashboard.ScopeOf(op.Route)) + "."
		}
		parameters := pathParameters(op.Pattern)
		for _, p := range op.Params {
			schema := object{"type": "string", "minLength": 1}
			if len(p.Enum) > 0 {
				schema = object{"type": "string", "enum": p.Enum}
			}
			if p.Number {
				schema = object{"type": "integer", "minimum": 1, "maximum": p.Most}
			}
			if p.Default != "" {
				schema["default"] = p.Default
				if p.Number {
					schema["default"] = json.Number(p.Default)
				}
			}
			if p.Many {
				delete(schema, "default")
				schema = object{"type": "array", "items": schema, "maxItems": p.Most}
			}
			parameters = append(parameters, object{"name": p.Name, "in": "query", "description": p.Help, "schema": schema})
		}
		responses := object{"200": object{
			"description": "What was asked for.", "content": object{"application/json": object{"schema": schemaOf(t, schemas, op.Answer, true)}},
		}, "default": object{"$ref": "#/components/responses/Problem"}}
		if op.Method == http.MethodGet {
			responses["200"].(object)["headers"] = object{"ETag": object{"$ref": "#/components/headers/ETag"}, "Link": object{"$ref": "#/components/headers/Link"}}
			if !slices.ContainsFunc(op.Params, func(p dashboard.Param) bool { return p.Name == "cursor" }) {
				delete(responses["200"].(object)["headers"].(object), "Link")
			}
			responses["304"] = object{"description": "It is as it was when the tag in If-None-Match was given.", "headers": object{"ETag": object{"$ref": "#/components/headers/ETag"}}}
			parameters = append(parameters, object{"$ref": "#/components/parameters/IfNoneMatch"})
		} else {
			responses["200"].(object)["description"] = "It was kept."
			responses["200"].(object)["headers"] = object{"Idempotency-Replayed": object{"$ref": "#/components/headers/Replayed"}}
			parameters = append(parameters, object{"$ref": "#/components/parameters/IdempotencyKey"})
			if op.Guards {
				parameters = append(parameters, object{"$ref": "#/components/parameters/IfMatch"})
			}
			if strings.HasSuffix(op.Pattern, "/preview") || strings.HasSuffix(op.Pattern, "/text") {
				responses["200"].(object)["description"] = "What was asked for; nothing is kept."
			}
			one["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": schemaOf(t, schemas, op.Body, false)}}}
		}
		one["parameters"], one["responses"] = parameters, responses
		item[strings.ToLower(op.Method)] = one
	}
	problem := schemaOf(t, schemas, api.Problem{}, true)
	header := func(help string) object { return object{"description": help, "schema": object{"type": "string"}} }
	return indented(t, object{
		"openapi": "3.1.0",
		"info": object{
			"title": "fairlead", "version": "1", "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"},
			"description": "What the dashboard shows, for programs: the same rules decide who may see and change what. Times are RFC 3339 in UTC. Fields are only added within v1. docs/api.md tells how to begin.",
		},
		"servers": []any{object{"url": "/"}}, "paths": paths,
		"security": []any{object{"token": []any{}}, object{"session": []any{}}},
		"components": object{
			"schemas": schemas,
			"securitySchemes": object{
				"token":   object{"type": "http", "scheme": "bearer", "description": "fairlead dashboard api-token create"},
				"session": object{"type": "apiKey", "in": "cookie", "name": "__Host-fairlead-session", "description": "A browser that is signed in; changes carry X-Form-Token as well."},
			},
			"responses": object{"Problem": object{"description": "Why not, and what to do (RFC 9457).", "content": object{"application/problem+json": object{"schema": problem}}}},
			"headers": object{
				"ETag": header("Another one whenever the answer is; send it back in If-None-Match."), "Link": header(`The next page of a list: rel="next" (RFC 8288).`),
				"Replayed": header("true where the change was made by an earlier request with the same key."),
			},
			"parameters": object{
				"IfMatch":        object{"name": "If-Match", "in": "header", "schema": object{"type": "string"}, "description": "The ETag of the draft that was read: nothing is changed where it is another one by now."},
				"IfNoneMatch":    object{"name": "If-None-Match", "in": "header", "schema": object{"type": "string"}, "description": "The ETag of an earlier answer."},
				"IdempotencyKey": object{"name": "Idempotency-Key", "in": "header", "schema": object{"type": "string", "minLength": 1, "maxLength": 200}, "description": "A text of your own for this change, a UUID say. Sent again within a day, the change is not made twice."},
			},
		},
	})
}

// tagOf groups operations by what they are about.
func tagOf(pattern string) string {
	parts := strings.Split(strings.TrimPrefix(pattern, "/api/v1/"), "/")
	if len(parts) > 2 && parts[0] == "teams" {
		return parts[2]
	}
	return strings.TrimSuffix(parts[0], ".json")
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

func pathParameters(pattern string) []any {
	out := []any{}
	for _, m := range inBraces.FindAllStringSubmatch(pattern, -1) {
		out = append(out, object{"name": m[1], "in": "path", "required": true, "schema": object{"type": "string"}})
	}
	return out
}

// schemaOf adds the schema of a type, and of what it is made of, and refers to it.
func schemaOf(t *testing.T, into object, of any, open bool) object {
	t.Helper()
	typ := reflect.TypeOf(of)
	if typ.Kind() == reflect.Map {
		return object{"type": "object"}
	}
	if typ == reflect.TypeFor[reports.Report]() {
		addPublished(t, into)
		return object{"$ref": "#/components/schemas/Report"}
	}
	r := generator.Reflector{Anonymous: true, AllowAdditionalProperties: open}
	if err := r.AddGoComments("github.com/fairlead-dev/fairlead/dashboard", "./api"); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r.Reflect(of))
	if err != nil {
		t.Fatal(err)
	}
	for name, def := range definitions(t, text, "") {
		into[name] = def
	}
	if series, ok := into["Series"].(object); ok { // what Go's types cannot say: a week may not be known
		series["properties"].(object)["values"].(object)["items"] = object{"type": []any{"number", "null"}}
	}
	return object{"$ref": "#/components/schemas/" + typ.Name()}
}

// addPublished adds the schema of reports as it is published, its parts under names of
// their own.
func addPublished(t *testing.T, into object) {
	t.Helper()
	for name, def := range definitions(t, reports.Schema(), "Report") {
		into[name] = def
	}
}

// definitions are the parts of a JSON Schema, their names prefixed, and what refers to
// them changed to where they stand in the document. The whole keeps its name.
func definitions(t *testing.T, text []byte, prefix string) map[string]any {
	t.Helper()
	renamed := func(name string) string {
		if name == prefix {
			return name
		}
		return prefix + name
	}
	text = regexp.MustCompile(`"#/\$defs/(\w+)"`).ReplaceAllFunc(text, func(ref []byte) []byte {
		name := strings.TrimSuffix(strings.TrimPrefix(string(ref), `"#/$defs/`), `"`)
		return []byte(`"#/components/schemas/` + renamed(name) + `"`)
	})
	var s struct {
		Defs map[string]any `json:"$defs"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&s); err != nil {
		t.Fatal(err)
	}
	out := map[string]any{}
	for name, def := range s.Defs {
		out[renamed(name)] = def
	}
	return out
}

func indented(t *testing.T, what any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(what); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheDocumentIsTheOneOfTheRoutes(t *testing.T) {
	got := described(t)
	for _, path := range []string{"openapi.json", "../docs/openapi.json"} {
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if want, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what routes and types say (%v): run go generate ./dashboard", path, cmp.Or(err, errDiffers))
		}
	}
	doc, err := openapi3.NewLoader().LoadFromData(got)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Errorf("the document is not OpenAPI 3.1: %v", err)
	}
}

func TestTheDocumentHoldsEveryRouteOfTheAPI(t *testing.T) {
	doc := document(t)
	n := 0
	for _, r := range dashboard.Routes() {
		if !strings.HasPrefix(r.Pattern, "/api/") {
			continue
		}
		n++
		if item := doc.Paths.Value(r.Pattern); item == nil || item.GetOperation(r.Method) == nil {
			t.Errorf("the document lacks %s %s", r.Method, r.Pattern)
		}
	}
	all := 0
	for _, item := range doc.Paths.Map() {
		all += len(item.Operations())
	}
	if all != n {
		t.Errorf("the document has %d operations, the dashboard %d routes of the API", all, n)
	}
}

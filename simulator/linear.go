package simulator

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// linear serves the world's Linear at /graphql.
type linear struct {
	w       *World
	o       Options
	limiter limiter
	grants  grants
}

func newLinear(w *World, o Options) http.Handler {
	return &linear{w: w, o: o, limiter: limiter{limit: o.Limit}, grants: newGrants(o)}
}

// maxComplexity is what one query may cost.
const maxComplexity = 10000

// maxTokens bounds what is parsed at all.
const maxTokens = 20000

// gqlError is one entry of errors[] and the status that goes with it.
type gqlError struct {
	status  int
	code    string
	kind    string // Linear's own classification
	message string
	detail  string // for people, where Linear says more to them
}

func refusal(status int, code, kind, message string) *gqlError {
	return &gqlError{status: status, code: code, kind: kind, message: message}
}

func (e *gqlError) Error() string { return e.message }

func invalid(format string, args ...any) error {
	return refusal(http.StatusBadRequest, "GRAPHQL_VALIDATION_FAILED", "graphql error", fmt.Sprintf(format, args...))
}

func badInput(format string, args ...any) error {
	return refusal(http.StatusBadRequest, "INVALID_INPUT", "invalid input", fmt.Sprintf(format, args...))
}

// ServeHTTP implements http.Handler.
func (l *linear) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if l.o.OAuth.granting() && r.Method == http.MethodPost && r.URL.Path == l.o.BasePath+tokenPath {
		l.grant(w, r)
		return
	}
	if r.URL.Path != l.o.BasePath+"/graphql" {
		notFoundPage(w)
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "GET query missing.", http.StatusMethodNotAllowed)
		return
	}
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	data, err := l.answer(w, r)
	if err != nil {
		l.refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(obj{"data": data})
}

// gqlRequest is the body of a GraphQL request.
type gqlRequest struct {
	Query         string         `json:"query"`
	OperationName string         `json:"operationName"`
	Variables     map[string]any `json:"variables"`
}

func (l *linear) answer(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := l.authenticate(r); err != nil {
		return nil, err
	}
	var req gqlRequest
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		return nil, refusal(http.StatusBadRequest, "BAD_REQUEST", "graphql error", "POST body missing, invalid Content-Type, or JSON object has no keys.")
	}
	c, op, err := l.prepare(req)
	if err != nil {
		return nil, err
	}
	if err := l.charge(w, c, op); err != nil {
		return nil, err
	}
	if err := l.mayWrite(r, op); err != nil {
		return nil, err
	}
	return c.object(rootOf(op), l, op.SelectionSet)
}

// rootOf is the type that an operation's fields are of.
func rootOf(op *ast.OperationDefinition) string {
	if op.Operation == ast.Mutation {
		return "Mutation"
	}
	return "Query"
}

func (l *linear) authenticate(r *http.Request) error {
	if given := r.Header.Get("Authorization"); l.o.Token == "" || given == l.o.Token {
		return nil
	}
	if l.o.OAuth.granting() && l.grants.bearer(l.w.now, r) {
		return nil
	}
	return refusal(http.StatusUnauthorized, "AUTHENTICATION_ERROR", "authentication error", "Authentication required, not authenticated")
}

// prepare parses the query and checks it from end to end before anything runs.
func (l *linear) prepare(req gqlRequest) (*gqlCall, *ast.OperationDefinition, error) {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: req.Query}, maxTokens)
	if err != nil {
		return nil, nil, refusal(http.StatusBadRequest, "GRAPHQL_PARSE_FAILED", "graphql error", "Syntax Error: "+err.Error())
	}
	op, err := operation(doc, req.OperationName)
	if err != nil {
		return nil, nil, err
	}
	c := &gqlCall{l: l, fragments: doc.Fragments, vars: map[string]any{}}
	if err := c.bind(op, req.Variables); err != nil {
		return nil, nil, err
	}
	return c, op, c.check(rootOf(op), op.SelectionSet, 0)
}

func operation(doc *ast.QueryDocument, name string) (*ast.OperationDefinition, error) {
	if name == "" && len(doc.Operations) > 1 {
		return nil, invalid("Must provide operation name if query contains multiple operations.")
	}
	op := doc.Operations.ForName(name)
	if op == nil {
		return nil, invalid("Unknown operation named %q.", name)
	}
	if op.Operation == ast.Subscription {
		return nil, invalid("Schema is not configured to execute subscription operation.")
	}
	return op, nil
}

// bind gives the variables their values.
func (c *gqlCall) bind(op *ast.OperationDefinition, given map[string]any) error {
	for _, v := range op.VariableDefinitions {
		value, ok := given[v.Variable]
		if !ok && v.DefaultValue != nil {
			var err error
			if value, err = v.DefaultValue.Value(nil); err != nil {
				return invalid("Variable \"$%s\" has a default that cannot be read.", v.Variable)
			}
			ok = true
		}
		if v.Type.NonNull && value == nil {
			return badInput("Variable \"$%s\" of required type \"%s\" was not provided.", v.Variable, v.Type)
		}
		if ok {
			c.vars[v.Variable] = value
		}
	}
	c.declared = op.VariableDefinitions
	return nil
}

// charge computes what the query costs, writes Linear's headers and refuses
// what is too much.
func (l *linear) charge(w http.ResponseWriter, c *gqlCall, op *ast.OperationDefinition) error {
	cost := math.Ceil(math.Round(c.cost(rootOf(op), op.SelectionSet)*10) / 10) // tenths add up inexactly
	h := w.Header()
	h.Set("X-Complexity", number64(cost))
	if cost > maxComplexity {
		e := refusal(http.StatusBadRequest, "INPUT_ERROR", "invalid input", "Query too complex")
		e.detail = fmt.Sprintf("The query is too complex. Complexity: %s. Maximum allowed complexity: %d.", number64(cost), maxComplexity)
		return e
	}
	ok := l.limiter.spend(l.w.now, cost)
	reset := strconv.FormatInt(l.limiter.until.UnixMilli(), 10)
	if n := l.o.Limit.Requests; n > 0 {
		h.Set("X-RateLimit-Requests-Limit", strconv.Itoa(n))
		h.Set("X-RateLimit-Requests-Remaining", strconv.Itoa(l.limiter.left()))
		h.Set("X-RateLimit-Requests-Reset", reset)
	}
	if n := l.o.Limit.Complexity; n > 0 {
		h.Set("X-RateLimit-Complexity-Limit", number64(n))
		h.Set("X-RateLimit-Complexity-Remaining", number64(max(0, n-l.limiter.complexity)))
		h.Set("X-RateLimit-Complexity-Reset", reset)
	}
	if !ok {
		return refusal(http.StatusBadRequest, "RATELIMITED", "ratelimited", "Rate limit exceeded. Only so many requests and so much complexity are allowed per hour.")
	}
	return nil
}

func number64(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// refuse answers with errors[]. Linear repeats the kind of error for people and
// for programs.
func (l *linear) refuse(w http.ResponseWriter, err error) {
	var e *gqlError
	if !errors.As(err, &e) {
		e = refusal(http.StatusInternalServerError, "INTERNAL_SERVER_ERROR", "internal error", err.Error())
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(e.status)
	_ = json.NewEncoder(w).Encode(obj{"errors": []obj{{
		"message": e.message,
		"extensions": obj{
			"type": e.kind, "code": e.code, "statusCode": e.status,
			"userError": true, "userPresentableMessage": cmp.Or(e.detail, e.message),
		},
	}}})
}

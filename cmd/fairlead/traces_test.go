package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	collected "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

func TestTheLastSpansLeaveBeforeACommandEnds(t *testing.T) {
	var mu sync.Mutex
	var names []string
	service := ""
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		var sent collected.ExportTraceServiceRequest
		if err := proto.Unmarshal(text, &sent); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		for _, of := range sent.GetResourceSpans() {
			for _, a := range of.GetResource().GetAttributes() {
				if a.GetKey() == "service.name" {
					service = a.GetValue().GetStringValue()
				}
			}
			for _, s := range of.GetScopeSpans()[0].GetSpans() {
				names = append(names, s.GetName())
			}
		}
	}))
	defer server.Close()
	env := forTraces(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": server.URL, "OTEL_SERVICE_NAME": "fairlead-of-acme"})
	if got := run(t, env, "-c", env["CONFIG"], "check"); got.code != exitFine {
		t.Fatalf("exit code %d\n%s", got.code, got.err)
	}
	if strings.Join(names, " ") != "check" || service != "fairlead-of-acme" {
		t.Errorf("spans %q of %q arrived", names, service)
	}
}

func TestTracesThatCannotBeSentAreRefusedBeforeAnythingIsDone(t *testing.T) {
	env := forTraces(t, map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
	got := run(t, env, "-c", env["CONFIG"], "check")
	if got.code != exitUsage || !strings.Contains(got.err, `OTEL_EXPORTER_OTLP_PROTOCOL asks for "grpc", and fairlead sends traces by http/protobuf`) {
		t.Errorf("exit code %d\n%s", got.code, got.err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(env["CONFIG"]), "fairlead.db")); err == nil {
		t.Error("the store was opened")
	}
}

// forTraces is the environment, which OpenTelemetry reads by itself as well, and at CONFIG a
// configuration.
func forTraces(t *testing.T, env map[string]string) map[string]string {
	t.Helper()
	for name, value := range env {
		t.Setenv(name, value)
	}
	env["JIRA_TOKEN"], env["CONFIG"] = "tok-1", filepath.Join(t.TempDir(), "fairlead.yaml")
	text := "sources: [{jira: \"http://127.0.0.1:9\", deployment: cloud, user: a@acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}]\n"
	if err := os.WriteFile(env["CONFIG"], []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return env
}

package config

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const hunter = "hunter2-very-secret"

// holder keeps a secret where fmt asks no method.
type holder struct {
	Public Secret `json:"public" yaml:"public"`
	hidden Secret
	list   []Secret
	byName map[string]Secret
	any    any
}

func TestNothingPrintsASecret(t *testing.T) {
	s := NewSecret(hunter)
	h := holder{Public: s, hidden: s, list: []Secret{s}, byName: map[string]Secret{"a": s}, any: s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%t", "%p", "%T", "%c", "%U", "%e", "%10.3s", "%w"} {
		for _, v := range []any{s, &s, h, &h, []Secret{s}, map[string]any{"a": h}, struct{ s *Secret }{&s}, fmt.Errorf("x: %v", s)} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	fmt.Fprintln(&out, s, h)
	encoded, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	if encoded, err = yaml.Marshal(h); err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	if err := gob.NewEncoder(&out).Encode(struct{ S Secret }{s}); err == nil {
		t.Error("gob takes a secret")
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "a", s, "b", h)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "a", s, "b", h)
	logAll(&out, s, h)
	for _, form := range []string{hunter, fmt.Sprintf("%x", hunter), fmt.Sprintf("%X", hunter), strings.Trim(fmt.Sprintf("%d", []byte(hunter)), "[]"), fmt.Sprintf("%U", []rune(hunter)[:3])} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the secret is shown as %q", form)
		}
	}
	if s.Reveal() != hunter || s.IsZero() || !(Secret{}).IsZero() {
		t.Error("the secret does not come back")
	}
}

func logAll(out *bytes.Buffer, s Secret, h holder) {
	for _, encoder := range []zapcore.Encoder{zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.NewConsoleEncoder(zap.NewDevelopmentEncoderConfig())} {
		log := zap.New(zapcore.NewCore(encoder, zapcore.AddSync(out), zap.DebugLevel))
		log.Info("x", zap.Any("a", s), zap.Any("b", h), zap.Object("c", s), zap.Inline(s), zap.Reflect("d", &s), zap.Any("e", []Secret{s}))
		log.Sugar().Infow("x", "a", s, "b", &h)
		log.Sugar().Infof("%v %+v", s, h)
	}
}

func TestATokenInThePlaceOfItsFileIsNotShown(t *testing.T) {
	const token = "ATATT3xFfGF0hunter2"
	_, err := LoadFS(fstest.MapFS{"fairlead.yaml": {Data: []byte(
		"sources:\n  - {jira: https://acme.atlassian.net, user: a@acme.example, projects: [PAY], token_file: " + token + "}\norg: " + token + "\n",
	)}}, "fairlead.yaml", func(string) (string, bool) { return "", false })
	if err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("err = %v, want the token hidden", err)
	}
}

func TestAConfigShowsNoSecret(t *testing.T) {
	cfg := larger(t)
	encoded, err := json.Marshal(cfg.Sources)
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%v %+v %#v %s", cfg, *cfg, cfg.Sources, encoded)
	if strings.Contains(shown, "s3cr3t") || !strings.Contains(shown, redacted) {
		t.Errorf("got %s", shown)
	}
}

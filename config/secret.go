package config

import (
	"fmt"

	"go.uber.org/zap/zapcore"
)

// redacted is all that anybody sees of a secret.
const redacted = "[secret]"

// Secret holds a token so that it cannot be printed by accident: not by fmt with
// any verb, not as JSON, YAML or text, not by the log, and not from inside a
// private field of another type, where fmt asks no methods and shows what it
// finds: here a pointer.
type Secret struct{ text *string }

// NewSecret wraps a secret.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal gives the secret itself, to be handed to the client that needs it and
// nowhere else.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports that there is no secret.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// Format implements fmt.Formatter for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalText implements encoding.TextMarshaler.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON implements json.Marshaler.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalYAML says the same in YAML.
func (Secret) MarshalYAML() (any, error) { return redacted, nil }

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (Secret) MarshalLogObject(e zapcore.ObjectEncoder) error {
	e.AddString("value", redacted)
	return nil
}

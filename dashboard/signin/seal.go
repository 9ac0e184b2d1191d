package signin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
)

// longestSealed is what browsers keep of a cookie; nothing longer is opened.
const longestSealed = 4096

// sealer closes small things so that nobody else can read or change them:
// AES-256-GCM under a key of its own for each purpose, so that what was sealed
// for one cookie opens in no other.
type sealer struct{ aead cipher.AEAD }

func newSealer(key []byte, purpose string) sealer {
	block, err := aes.NewCipher(derived(key, purpose))
	if err != nil {
		panic(err) // the key has the length that is wanted
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return sealer{aead}
}

// derived is a key of 32 bytes for the purpose.
func derived(key []byte, purpose string) []byte {
	out, err := hkdf.Key(sha256.New, key, nil, "fairlead "+purpose, 32)
	if err != nil {
		panic(err) // only for more bytes than SHA-256 can give
	}
	return out
}

func (s sealer) seal(v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, nil)), nil
}

// open fills v, a pointer, with what was sealed. It reports false for whatever
// this sealer has not made.
func (s sealer) open(sealed string, v any) bool {
	if len(sealed) > longestSealed {
		return false
	}
	closed, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil {
		return false
	}
	plain, err := s.aead.Open(nil, nil, closed, nil)
	return err == nil && json.Unmarshal(plain, v) == nil
}

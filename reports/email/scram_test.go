package email

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/emersion/go-smtp"
)

const scram = "SCRAM-SHA-256"

// scramServer is the server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677).
type scramServer struct {
	step               int
	clientFirst, first string
}

var salt = []byte("a salt for tests")

const rounds = 4096

func (s *scramServer) Next(said []byte) (challenge []byte, done bool, err error) {
	if len(said) == 0 && s.step == 0 {
		return nil, false, nil // go on
	}
	s.step++
	switch s.step {
	case 1:
		_, bare, _ := strings.Cut(string(said), ",,")
		_, nonce, is := strings.Cut(bare, ",r=")
		if !is || !strings.HasPrefix(bare, "n="+testUser+",") {
			return nil, false, smtp.ErrAuthFailed
		}
		s.clientFirst = bare
		s.first = fmt.Sprintf("r=%sserver,s=%s,i=%d", nonce, base64.StdEncoding.EncodeToString(salt), rounds)
		return []byte(s.first), false, nil
	case 2:
		return s.proof(string(said))
	}
	return nil, true, nil
}

func (s *scramServer) proof(final string) (challenge []byte, done bool, err error) {
	without, proof, _ := strings.Cut(final, ",p=")
	salted, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		return nil, false, err
	}
	message := s.clientFirst + "," + s.first + "," + without
	stored := sha256.Sum256(mac(salted, "Client Key"))
	signature := mac(stored[:], message)
	claimed, err := base64.StdEncoding.DecodeString(proof)
	if err != nil || len(claimed) != len(signature) {
		return nil, false, smtp.ErrAuthFailed
	}
	for i := range claimed {
		claimed[i] ^= signature[i]
	}
	if got := sha256.Sum256(claimed); !bytes.Equal(got[:], stored[:]) {
		return nil, false, smtp.ErrAuthFailed
	}
	return []byte("v=" + base64.StdEncoding.EncodeToString(mac(mac(salted, "Server Key"), message))), false, nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

package daemon

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

// TestRedisOverTLS signs in to a Redis that wants a certificate of whoever comes.
func TestRedisOverTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, cert, key)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	redistest.Start(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert, "--tls-auth-clients", "yes",
		"--requirepass", "s3cr3t")
	for _, c := range []struct{ name, section, want string }{
		{"all that it takes", "ca_file: cert.pem, cert_file: cert.pem, key_file: key.pem, server_name: redis.acme.example", ""},
		{"a certificate that nobody knows", "cert_file: cert.pem, key_file: key.pem, server_name: redis.acme.example", "none that fairlead trusts"},
		{"another name in the certificate", "ca_file: cert.pem, cert_file: cert.pem, key_file: key.pem", "none that fairlead trusts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "sources: [{linear: acme, token: \"${T}\"}]\nstore: rediss://127.0.0.1:" + port + "\nredis: {password: \"${P}\", " + c.section + "}\n"
			if err := os.WriteFile(filepath.Join(dir, "fairlead.yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), func(name string) (string, bool) {
				return map[string]string{"T": "t", "P": "s3cr3t"}[name], true
			})
			if err != nil {
				t.Fatal(err)
			}
			s, err := openStore(t.Context(), cfg.Store)
			switch {
			case err == nil && c.want == "":
				err = s.Close()
			case err == nil:
				t.Error("it was opened")
				err = s.Close()
			case c.want != "" && strings.Contains(err.Error(), c.want) && !strings.Contains(err.Error(), "s3cr3t"):
				err = nil
			}
			if err != nil {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// writeCertificate writes a certificate for redis.acme.example that is its own
// authority.
func writeCertificate(t *testing.T, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	shape := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "redis.acme.example"}, DNSNames: []string{"redis.acme.example"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	signed, err := x509.CreateCertificate(rand.Reader, shape, shape, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: signed}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

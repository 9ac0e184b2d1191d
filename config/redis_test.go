package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const redisSource = "sources: [{linear: acme, token: \"${T}\"}]\n"

func loadRedis(text string) (*Config, error) {
	fsys := fstest.MapFS{
		"fairlead.yaml": {Data: []byte(redisSource + text)}, "pass": {Data: []byte("s3cr3t\n")}, "none.pem": {Data: []byte("no certificate")},
	}
	return LoadFS(fsys, "fairlead.yaml", environ(map[string]string{"T": "t", "P": "s3cr3t"}))
}

func TestAddressesOfRedis(t *testing.T) {
	for _, c := range []struct {
		written  string
		hosts    []string
		master   string
		cluster  bool
		tls      bool
		database int
	}{
		{"redis://redis.acme.example:6380/3", []string{"redis.acme.example:6380"}, "", false, false, 3},
		{"redis://redis_1", []string{"redis_1:6379"}, "", false, false, 0},
		{"rediss://[::1]:6379/", []string{"[::1]:6379"}, "", false, true, 0},
		{"redis+sentinel://s1,s2:26380/mymaster/2", []string{"s1:26379", "s2:26380"}, "mymaster", false, false, 2},
		{"rediss+sentinel://s1/mymaster", []string{"s1:26379"}, "mymaster", false, true, 0},
		{"redis+cluster://r1:7000,r2:7000", []string{"r1:7000", "r2:7000"}, "", true, false, 0},
		{"rediss+cluster://r1/0", []string{"r1:6379"}, "", true, true, 0},
	} {
		cfg, err := loadRedis("store: " + c.written + "\n")
		if err != nil {
			t.Errorf("%s: %v", c.written, err)
			continue
		}
		r := cfg.Store.Redis
		if r == nil || !slices.Equal(r.Hosts, c.hosts) || r.Master != c.master || r.Cluster != c.cluster || r.TLS != c.tls || r.Database != c.database || cfg.Store.File != "" {
			t.Errorf("%s is read as %+v", c.written, r)
		}
		if cfg.Store.CalendarFolder() != "fairlead.calendars" {
			t.Errorf("%s: calendars are kept in %s", c.written, cfg.Store.CalendarFolder())
		}
	}
}

func TestWhereCopiesOfCalendarsAreKept(t *testing.T) {
	for text, want := range map[string]string{
		"store: redis://r\n": "fairlead.calendars",
		"store: redis://r\ncalendar_folder: /var/lib/fairlead/calendars\n": "/var/lib/fairlead/calendars",
		"store: sqlite:data/f.db\n":                                        "data/f.db.calendars",
		"store: sqlite:data/f.db\ncalendar_folder: kept\n":                 "kept",
	} {
		cfg, err := loadRedis(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := cfg.Store.CalendarFolder(); got != want {
			t.Errorf("with %q they are kept in %s, want %s", text, got, want)
		}
	}
}

func TestMistakesAboutRedis(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a password in the address", "store: redis://:hunter2@redis:6379", "the address holds a user or a password"},
		{"no slashes", "store: redis:localhost:6379", "this is no address of a Redis"},
		{"no host", "store: redis://", "this is no address of a Redis"},
		{"an option in the address", "store: redis://r?db=1", "this is no address of a Redis"},
		{"a port that is none", "store: redis://r:99999", "one of the hosts of this Redis is none"},
		{"several hosts", "store: redis://a,b", "write redis+sentinel:// or redis+cluster://"},
		{"no name of the master", "store: redis+sentinel://a,b", "does not name the master"},
		{"a database that is none", "store: redis://a/b", "no number of a database"},
		{"a database in a Cluster", "store: redis+cluster://a/1", "has only database 0"},
		{"another kind of store", "store: postgres://a", "there are sqlite and redis"},
		{"a misspelt kind", "store: sqllite:a", "did you mean \"sqlite\"?"},
		{"the password itself", "store: redis://a\nredis: {password: hunter2}", "put it into an environment variable"},
		{"a variable that is not set", "store: redis://a\nredis: {password: \"${OTHER}\"}", "OTHER is not set"},
		{"a password given twice", "store: redis://a\nredis: {password: \"${P}\", password_file: pass}", "given twice"},
		{"a user without a password", "store: redis://a\nredis: {user: fairlead}", "there is a user but no password"},
		{"braces in the prefix", "store: redis://a\nredis: {prefix: \"{a}\"}", "braces in the prefix"},
		{"no certificate in the file", "store: rediss://a\nredis: {ca_file: none.pem}", "there is no certificate in this file"},
		{"a certificate without its key", "store: rediss://a\nredis: {cert_file: none.pem}", "belong together"},
		{"a certificate that is none", "store: rediss://a\nredis: {cert_file: none.pem, key_file: none.pem}", "do not fit together"},
		{"a file that is not there", "store: rediss://a\nredis: {ca_file: lost.pem}", "lost.pem"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loadRedis(c.text + "\n")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("err = %v, want %q in it", err, c.want)
			}
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("a secret is shown: %v", err)
			}
		})
	}
}

func TestHowToSignInToRedis(t *testing.T) {
	cfg, err := loadRedis("store: redis+sentinel://a/m\nredis: {user: u, password: \"${P}\", sentinel_user: w, sentinel_password_file: pass, prefix: p, server_name: n}\n")
	if err != nil {
		t.Fatal(err)
	}
	r := cfg.Store.Redis
	if r.User != "u" || r.Password.Reveal() != "s3cr3t" || r.SentinelUser != "w" || r.SentinelPassword.Reveal() != "s3cr3t" || r.Prefix != "p" || r.ServerName != "n" {
		t.Errorf("read as %+v", r)
	}
	other, err := cfg.StoreAt("redis://b/4")
	if err != nil || other.Redis.User != "u" || other.Redis.Database != 4 {
		t.Errorf("another Redis is read as %+v, %v", other.Redis, err)
	}
}

func TestStoresNamedOnACommandLine(t *testing.T) {
	for written, want := range map[string]string{
		"sqlite:./a.db": "", "redis://a": "", "fairlead.db": "does not say which kind", "mysql:a": "is no kind of store",
		"redis://u:hunter2@a": "the address holds a user", "sqlite:": "no kind of store",
	} {
		_, err := new(Config).StoreAt(written)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%s: %v, want %q", written, err, want)
		}
	}
}

// TestTheConfigurationInTheRedisDocsLoads reads the blocks of docs/redis.md.
func TestTheConfigurationInTheRedisDocsLoads(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "redis.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	for _, b := range blocks {
		fsys := fstest.MapFS{
			"fairlead.yaml": {Data: []byte(redisSource + b[1])}, "secrets/redis": {Data: []byte("s3cr3t\n")}, "secrets/sentinel": {Data: []byte("s3cr3t\n")},
		}
		if _, err := LoadFS(fsys, "fairlead.yaml", environ(map[string]string{"T": "t", "REDIS_PASSWORD": "s3cr3t"})); err != nil {
			t.Errorf("%v\nin\n%s", err, b[1])
		}
	}
	if len(blocks) < 3 {
		t.Errorf("only %d blocks of YAML were found", len(blocks))
	}
}

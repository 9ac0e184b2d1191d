package config

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Redis is a Redis that keeps everything, and how to sign in there.
type Redis struct {
	Hosts    []string // host:port; the Sentinels', or some of the Cluster's
	Master   string   // the name that the Sentinels know it by; empty without Sentinel
	Cluster  bool
	TLS      bool
	Database int

	RedisAccess
}

// RedisAccess is what the section redis says, for every Redis.
type RedisAccess struct {
	User             string
	Password         Secret
	SentinelUser     string
	SentinelPassword Secret
	Prefix           string // how fairlead's keys begin; empty: fairlead
	CA               []byte // PEM; empty: the system's
	Certificate      []byte // PEM, of this client; empty: none
	Key              Secret // PEM, of the certificate
	ServerName       string // in the server's certificate; empty: the host
	Where            yamlfile.Place
}

// redisForms are the ways in which the address of a Redis can begin.
var redisForms = []string{"redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"}

const redisExample = "write it like redis://redis.acme.example:6379, redis+sentinel://s1.acme.example:26379,s2.acme.example:26379/NAME-OF-THE-MASTER or redis+cluster://r1.acme.example:6379,r2.acme.example:6379; rediss instead of redis asks for TLS"

// redisAddress reads the address of a Redis, and says what is wrong with it. It is
// never repeated: it may hold a password.
func redisAddress(form, rest string) (r Redis, why, hint string) {
	rest, slashes := strings.CutPrefix(rest, "//")
	hosts, path, _ := strings.Cut(rest, "/")
	kind := strings.TrimPrefix(strings.TrimPrefix(form, "rediss"), "redis")
	r = Redis{TLS: strings.HasPrefix(form, "rediss"), Cluster: kind == "+cluster"}
	switch {
	case strings.Contains(rest, "@"):
		return r, "the address holds a user or a password", "take them out: they go into the section redis, as user and password: ${REDIS_PASSWORD} or password_file"
	case !slashes || hosts == "" || strings.ContainsAny(rest, "?# ${}"):
		return r, "this is no address of a Redis", redisExample
	}
	usual := "6379"
	if kind == "+sentinel" {
		usual = "26379"
		if r.Master, path, _ = strings.Cut(path, "/"); r.Master == "" {
			return r, "the address does not name the master that the Sentinels watch", "add its name behind the hosts: redis+sentinel://s1.acme.example:26379/mymaster"
		}
	}
	for host := range strings.SplitSeq(hosts, ",") {
		at, ok := redisHost(host, usual)
		if !ok {
			return r, "one of the hosts of this Redis is none", redisExample
		}
		r.Hosts = append(r.Hosts, at)
	}
	if kind == "" && len(r.Hosts) > 1 {
		return r, "these are several hosts, and one Redis has one", "write redis+sentinel:// or redis+cluster://, or name one host"
	}
	if path = strings.TrimSuffix(path, "/"); path != "" {
		n, err := strconv.Atoi(path)
		switch {
		case err != nil || n < 0:
			return r, "what follows the host is no number of a database", redisExample
		case r.Cluster && n > 0:
			return r, "a Redis Cluster has only database 0", "leave the number out, and keep stores apart with prefix in the section redis"
		}
		r.Database = n
	}
	return r, "", ""
}

// redisHost is host and port, the usual one where none is named.
func redisHost(written, usual string) (string, bool) {
	host, port, err := net.SplitHostPort(written)
	if err != nil {
		host, port = strings.Trim(written, "[]"), usual
	}
	n, wrong := strconv.Atoi(port)
	return net.JoinHostPort(host, port), wrong == nil && n > 0 && n < 65536 && (redisHostName().MatchString(host) || net.ParseIP(host) != nil)
}

// redisHostName also takes the underscores of container networks.
var redisHostName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$`) })

// storeAt reads where a store is.
func (l *loader) storeAt(f *yamlfile.File, written string, at ...any) (Store, bool) {
	form, rest, _ := strings.Cut(written, ":")
	if !slices.Contains(redisForms, form) {
		file, ok := l.target(f, sqliteTarget, written, at...)
		return Store{File: file}, ok
	}
	r, why, hint := redisAddress(form, rest)
	if why != "" {
		l.mistake(f, hint, why, at...)
		return Store{}, false
	}
	return Store{Redis: &r}, true
}

// StoreAt is the store that the words name, in the form of the configuration's
// store; a file is relative to the process's folder. The section redis says how to
// sign in.
func (c *Config) StoreAt(written string) (Store, error) {
	form, rest, found := strings.Cut(written, ":")
	switch {
	case form == sqliteTarget.kind && rest != "":
		return Store{File: rest}, nil
	case !slices.Contains(redisForms, form):
		if !found {
			return Store{}, fmt.Errorf("%q does not say which kind of store it is\n\twrite it like %s or redis://redis.acme.example:6379", written, sqliteTarget.example)
		}
		return Store{}, fmt.Errorf("%q is no kind of store\n\twrite it like %s or redis://redis.acme.example:6379", form, sqliteTarget.example)
	}
	r, why, hint := redisAddress(form, rest)
	if why != "" {
		return Store{}, fmt.Errorf("%s\n\t%s", why, hint)
	}
	r.RedisAccess = c.Redis
	return Store{Redis: &r, calendars: c.Store.CalendarFolder()}, nil
}

func (l *loader) takeRedis(f *yamlfile.File) {
	var e redisEntry
	if !f.Has("redis") || !l.once("redis", f, "redis") || !f.DecodeAt(&e, "redis") {
		return
	}
	before := len(l.mistakes)
	a := RedisAccess{User: e.User, SentinelUser: e.SentinelUser, Prefix: e.Prefix, ServerName: e.ServerName, Where: f.Place("redis")}
	r := sourceReader{loader: l, file: f, path: []any{"redis"}}
	a.Password = r.oneSecret("password", string(e.Password), e.PasswordFile)
	a.SentinelPassword = r.oneSecret("sentinel_password", string(e.SentinelPassword), e.SentinelPasswordFile)
	if e.User != "" && a.Password.IsZero() && len(l.mistakes) == before {
		l.mistake(f, "add password: ${REDIS_PASSWORD} and set that environment variable, or name a file with password_file", "there is a user but no password", "redis", "user")
	}
	if strings.ContainsAny(e.Prefix, "{}") {
		l.mistake(f, "choose letters, digits and dashes", "braces in the prefix would scatter keys that belong together", "redis", "prefix")
	}
	l.redisFiles(f, e, &a)
	if len(l.mistakes) == before {
		l.cfg.Redis = a
	}
}

// redisFiles reads the certificates.
func (l *loader) redisFiles(f *yamlfile.File, e redisEntry, a *RedisAccess) {
	read := func(name, key string) []byte {
		if name == "" {
			return nil
		}
		text, err := l.read(beside(f.Name(), name))
		if err != nil {
			l.mistake(f, "a relative path begins at the folder of "+f.Name(), reason(err), "redis", key)
		}
		return text
	}
	before := len(l.mistakes)
	a.CA, a.Certificate = read(e.CAFile, "ca_file"), read(e.CertFile, "cert_file")
	key := read(e.KeyFile, "key_file")
	if len(key) > 0 {
		a.Key = NewSecret(string(key))
	}
	switch {
	case len(l.mistakes) > before:
	case (e.CertFile == "") != (e.KeyFile == ""):
		l.mistake(f, "name both, or neither", "cert_file and key_file belong together", "redis")
	case e.CAFile != "" && !x509.NewCertPool().AppendCertsFromPEM(a.CA):
		l.mistake(f, "it has to begin with -----BEGIN CERTIFICATE-----", "there is no certificate in this file", "redis", "ca_file")
	case e.CertFile != "":
		if _, err := tls.X509KeyPair(a.Certificate, key); err != nil {
			l.mistake(f, "name the certificate and the key that belongs to it, both as PEM", "certificate and key do not fit together", "redis", "cert_file")
		}
	}
}

// finishStore says where things are kept when nothing else does.
func (l *loader) finishStore() {
	at := &l.cfg.Store
	if at.Redis == nil && at.File == "" {
		at.File = beside(l.main, "fairlead.db")
	}
	if at.calendars = l.calendarFolder; at.calendars == "" && at.Redis != nil {
		at.calendars = beside(l.main, "fairlead.calendars")
	}
	if at.Redis != nil {
		at.Redis.RedisAccess = l.cfg.Redis
	}
}

// CalendarFolder is where fetched calendars are kept on this machine.
func (s Store) CalendarFolder() string { return cmp.Or(s.calendars, s.File+".calendars") }

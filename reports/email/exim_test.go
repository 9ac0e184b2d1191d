package email

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

// eximConfig makes exim a server that takes mail from whoever proves who they
// are on a protected connection, and keeps it in a Maildir.
const eximConfig = `
exim_user = Debian-exim
exim_group = Debian-exim
deliver_drop_privilege = true
keep_environment =
primary_hostname = mail.acme.example
qualify_domain = acme.example
spool_directory = DIR/spool
log_file_path = DIR/log/%slog
pid_file_path = DIR/exim.pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = PORT
host_lookup =
rfc1413_hosts =
tls_advertise_hosts = *
tls_certificate = DIR/certificate.pem
tls_privatekey = DIR/key.pem
auth_advertise_hosts = ${if def:tls_in_cipher {*}{}}
smtputf8_advertise_hosts =
acl_smtp_rcpt = recipients
acl_smtp_data = contents

begin acl
recipients:
  deny    message = encryption required
          !encrypted = *
  deny    message = authentication required
          !authenticated = *
  deny    message = 5.1.1 no such mailbox: $local_part
          local_parts = nobody
  defer   message = 4.2.0 greylisted, please come back
          local_parts = later
  accept
contents:
  accept  verify = header_syntax

begin routers
all:
  driver = accept
  transport = maildir

begin transports
maildir:
  driver = appendfile
  directory = DIR/Maildir
  maildir_format
  user = Debian-exim
  group = Debian-exim

begin authenticators
AUTH
`

// The ways to authenticate that exim can be told of.
var eximWays = map[string]string{
	"PLAIN":    "w:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n  server_condition = ${if and{{eq{$auth2}{USER}}{eq{$auth3}{WORD}}}}\n  server_set_id = $auth2",
	"LOGIN":    "w:\n  driver = plaintext\n  public_name = LOGIN\n  server_prompts = <| Username: | Password:\n  server_condition = ${if and{{eq{$auth1}{USER}}{eq{$auth2}{WORD}}}}\n  server_set_id = $auth1",
	"CRAM-MD5": "w:\n  driver = cram_md5\n  public_name = CRAM-MD5\n  server_secret = ${if eq{$auth1}{USER}{WORD}fail}\n  server_set_id = $auth1",
}

// exim is a real mail server, running until the test ends.
type exim struct {
	addr, dir string
	roots     *x509.CertPool
}

func newExim(t *testing.T, way string) *exim {
	t.Helper()
	path := lookExim(t)
	dir := sharedDir(t)
	e := &exim{dir: dir, addr: freeAddr(t)}
	e.writeKeys(t)
	_, port, _ := net.SplitHostPort(e.addr)
	conf := strings.NewReplacer("AUTH\n", eximWays[way]+"\n").Replace(eximConfig)
	conf = strings.NewReplacer("DIR", dir, "PORT", port, "{USER}", "{"+testUser+"}", "{WORD}", "{"+password+"}").Replace(conf)
	file := filepath.Join(dir, "exim.conf")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	own(t, dir)
	if err := os.Chown(file, 0, 0); err != nil { // exim reads no configuration of somebody else
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-C", file, "-bdf", "-odf")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log", "mainlog"))
			t.Logf("exim: %s\n%s", &out, log)
		}
	})
	eventually(t, "exim answers", func() bool {
		c, err := net.DialTimeout("tcp", e.addr, time.Second)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	return e
}

func lookExim(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("exim4")
	switch {
	case err != nil && os.Getenv("CI") == "true":
		t.Fatal("exim4 is not installed")
	case err != nil:
		t.Skip("exim4 is not installed")
	case os.Geteuid() != 0 && os.Getenv("CI") == "true":
		t.Fatal("exim4 needs root to start")
	case os.Geteuid() != 0:
		t.Skip("exim4 needs root to start")
	}
	return path
}

// sharedDir is a temporary folder that another account can look into.
func sharedDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		if info, err := os.Stat(d); err == nil && info.Mode().Perm()&0o011 != 0o011 {
			if err := os.Chmod(d, info.Mode().Perm()|0o011); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// own gives everything below dir to exim's account.
func own(t *testing.T, dir string) {
	t.Helper()
	account, err := user.Lookup("Debian-exim")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(account.Uid)
	gid, _ := strconv.Atoi(account.Gid)
	err = filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, uid, gid)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l := listen(t)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func (e *exim) writeKeys(t *testing.T) {
	t.Helper()
	pair, roots := certificate(t)
	e.roots = roots
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"certificate.pem": {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, "key.pem": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(e.dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// eventually waits for something that another process does.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 750 {
		if is() {
			return
		}
		<-tick.C
	}
	t.Fatalf("it took more than 15 s until %s", what)
}

func (e *exim) options() Options {
	o := options(&postOffice{addr: e.addr})
	o.Roots = e.roots
	return o
}

// mails are those in the mailbox, without the lines that exim put above them.
func (e *exim) mails(t *testing.T) []parsed {
	t.Helper()
	var out []parsed
	paths, err := filepath.Glob(filepath.Join(e.dir, "Maildir", "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parse(t, raw))
	}
	return out
}

func TestARealServerTakesTheMail(t *testing.T) {
	for way := range eximWays {
		t.Run(way, func(t *testing.T) {
			e := newExim(t, way)
			d := reporttest.Parcel(reports.Build(reporttest.ForTheEM()))
			c := channel(t, e.options())
			if _, err := c.Deliver(t.Context(), d, keep); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the mail is in the mailbox", func() bool { return len(e.mails(t)) == 1 })
			sameMail(t, e.mails(t)[0], parse(t, compose(t, c, d)))

			o := e.options()
			o.Password = "another"
			if err := send(t, o); !reports.IsRefusal(err) || !strings.Contains(err.Error(), "535") {
				t.Errorf("with another password: err = %v", err)
			}
		})
	}
}

// sameMail compares what arrived with what was made; exim may add headers.
func sameMail(t *testing.T, got, want parsed) {
	t.Helper()
	for name := range want.head {
		if got.head.Get(name) != want.head.Get(name) {
			t.Errorf("%s = %q, want %q", name, got.head.Get(name), want.head.Get(name))
		}
	}
	if unix(got.text) != unix(want.text) || unix(got.html) != unix(want.html) {
		t.Error("the texts changed on the way")
	}
	if fmt.Sprint(got.kinds) != fmt.Sprint(want.kinds) || len(got.pictures) != len(want.pictures) {
		t.Errorf("the parts are %v with %d pictures, want %v with %d", got.kinds, len(got.pictures), want.kinds, len(want.pictures))
	}
	for id, data := range want.pictures {
		if string(got.pictures[id]) != string(data) {
			t.Errorf("picture %s changed on the way", id)
		}
	}
	if received := got.head.Get("Received"); !strings.Contains(received, "esmtpsa") {
		t.Errorf("received %q, want it protected and authenticated", received)
	}
}

func TestARealServerTakesHostileWeeksToo(t *testing.T) {
	e := newExim(t, "PLAIN")
	names := append(slices.Clone(hostileNames), "Dana")
	for i, in := range []reports.Inputs{reporttest.Hostile(), reporttest.Crowded(2000), reporttest.NormalWeek()} {
		o := e.options()
		o.ToName = names[len(names)-1-i]
		d := reporttest.Parcel(reports.Build(in))
		d.ID += fmt.Sprintf("-%d", i)
		if _, err := channel(t, o).Deliver(t.Context(), d, keep); err != nil {
			t.Errorf("week %d: %v", i, err)
		}
	}
	eventually(t, "all three are in the mailbox", func() bool { return len(e.mails(t)) == 3 })
	for _, m := range e.mails(t) {
		if to, err := m.head.AddressList("To"); err != nil || len(to) != 1 || m.head.Get("Bcc") != "" {
			t.Errorf("it went to %v, %v", to, err)
		}
	}
}

func TestARealServerRefuses(t *testing.T) {
	e := newExim(t, "PLAIN")
	for to, want := range map[string]string{
		"nobody@acme.example": "no such mailbox: nobody", "later@acme.example": "greylisted",
	} {
		o := e.options()
		o.To = to
		err := send(t, o)
		if err == nil || !strings.Contains(err.Error(), want) || reports.IsRefusal(err) != (to == "nobody@acme.example") {
			t.Errorf("%s: err = %v, want %q", to, err, want)
		}
	}
	o := e.options()
	o.User, o.Password = "", ""
	if err := send(t, o); !reports.IsRefusal(err) || !strings.Contains(err.Error(), "authentication required") {
		t.Errorf("without a user: err = %v", err)
	}
	o.Security = None
	if err := send(t, o); !reports.IsRefusal(err) || !strings.Contains(err.Error(), "encryption required") {
		t.Errorf("without protection: err = %v", err)
	}
	if got := e.mails(t); len(got) != 0 {
		t.Errorf("%d mails arrived", len(got))
	}
	if _, err := tls.Dial("tcp", e.addr, &tls.Config{RootCAs: e.roots, MinVersion: tls.VersionTLS12}); err == nil {
		t.Error("the server speaks TLS from the first byte on: the tests above prove less than they say")
	}
}

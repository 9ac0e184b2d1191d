package email

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func options(p *postOffice) Options {
	return Options{
		Server: p.addr, Roots: p.roots, User: testUser, Password: password, Timeout: 10 * time.Second,
		From: "Fairlead <fairlead@acme.example>", To: "dana@acme.example", ToName: "Dana Lee",
		Unsubscribe: []string{"mailto:fairlead@acme.example?subject=unsubscribe", "https://fairlead.acme.example/mute/abc"},
	}
}

func channel(t *testing.T, o Options) *Channel {
	t.Helper()
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestChannelKeepsThePromises(t *testing.T) {
	reporttest.Run(t, func(t *testing.T) reporttest.Harness {
		p := newPostOffice(t, kind{})
		c := channel(t, options(p))
		says := func(change func(p *postOffice)) func(*testing.T) { return func(*testing.T) { p.set(change) } }
		echo := "no: " + password + " and " + base64.StdEncoding.EncodeToString([]byte("\x00"+testUser+"\x00"+password))
		return reporttest.Harness{
			Channel: c, Final: true,
			Delivered: func(t *testing.T) map[string]string { return p.read(t) },
			Sent: func(*testing.T) map[string][]byte {
				all := p.all()
				return map[string][]byte{"mail.eml": all[len(all)-1].bytes}
			},
			Lose:    func(*testing.T) { p.set(func(p *postOffice) { p.drop = true }) },
			Secrets: []string{password, base64.StdEncoding.EncodeToString([]byte("\x00" + testUser + "\x00" + password)), base64.StdEncoding.EncodeToString([]byte(password))},
			Troubles: map[string]func(*testing.T){
				"AUTH is refused, and the password repeated":    says(func(p *postOffice) { p.auth = reply(535, echo) }),
				"the sender is refused":                         says(func(p *postOffice) { p.mail = reply(550, echo) }),
				"the mailbox refuses":                           says(func(p *postOffice) { p.rcpt = reply(550, echo) }),
				"the mail is refused":                           says(func(p *postOffice) { p.data = reply(554, echo) }),
				"the server wants to be asked again":            says(func(p *postOffice) { p.rcpt = reply(451, echo) }),
				"the server answers with codes of a terminal":   says(func(p *postOffice) { p.rcpt = reply(550, "\x1b[31mno\x1b]8;;x") }),
				"no server is there":                            func(*testing.T) { c.port = "1" },
				"the certificate is signed by somebody unknown": func(*testing.T) { c.roots = nil },
			},
		}
	})
}

func reply(code int, words string) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: words}
}

// read tells what stands in the mailbox: mails with one Message-ID show once.
func (p *postOffice) read(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, a := range p.all() {
		m := parse(t, a.bytes)
		out[a.to+", Message-ID "+m.head.Get("Message-Id")] = strings.Join(strings.Fields(m.text), " ")
	}
	return out
}

// parsed is a mail as a mail program takes it apart.
type parsed struct {
	head     mail.Header
	text     string
	html     string
	pictures map[string][]byte // by content id
	kinds    []string          // of the parts, in order
}

func parse(t testing.TB, raw []byte) parsed {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	p := parsed{head: m.Header, pictures: map[string][]byte{}}
	p.part(t, textproto.MIMEHeader(m.Header), m.Body)
	return p
}

func (p *parsed) part(t testing.TB, head textproto.MIMEHeader, body io.Reader) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(head.Get("Content-Type"))
	if err != nil {
		t.Fatalf("content type %q: %v", head.Get("Content-Type"), err)
	}
	p.kinds = append(p.kinds, kind)
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			part, err := r.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			p.part(t, part.Header, part)
		}
	}
	switch strings.ToLower(head.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	default:
		t.Errorf("a part is encoded as %q", head.Get("Content-Transfer-Encoding"))
	}
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	switch kind {
	case "text/plain":
		p.text = string(data)
	case "text/html":
		p.html = string(data)
	case "image/png":
		p.pictures[head.Get("Content-Id")] = data
	default:
		t.Errorf("a part is a %q", kind)
	}
}

func compose(t testing.TB, c *Channel, d reports.Delivery) []byte {
	t.Helper()
	l, err := c.compose(d)
	if err != nil {
		t.Fatal(err)
	}
	return l.bytes
}

// unsent is a channel whose mail goes nowhere.
func unsent(t testing.TB, change func(o *Options)) *Channel {
	t.Helper()
	o := options(&postOffice{addr: "mail.acme.example:587"})
	if change != nil {
		change(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheMailLooksAsItShould(t *testing.T) {
	c := unsent(t, nil)
	for _, week := range []reporttest.Case{{Name: "normal-week", Inputs: reporttest.NormalWeek()}, {Name: "hostile", Inputs: reporttest.Hostile()}} {
		raw := compose(t, c, reporttest.Parcel(reports.Build(week.Inputs)))
		golden(t, week.Name+".eml", raw)
		if again := compose(t, c, reporttest.Parcel(reports.Build(week.Inputs))); !bytes.Equal(again, raw) {
			t.Errorf("%s: the same delivery made another mail", week.Name)
		}
	}
}

// drawn is a picture in a mail, whose bytes are the matter of whoever draws it.
var drawn = regexp.MustCompile(`(Content-Type: image/png; name="[^"]*"\n\n)[A-Za-z0-9+/=\n]+\n--`)

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	got = bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n"))
	got = drawn.ReplaceAll(got, []byte("$1(a picture)\n\n--"))
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run the test with -update and look at the diff); got:\n%.3000s", path, got)
	}
}

func TestHeadersSayWhatKindOfMailThisIs(t *testing.T) {
	d := reporttest.Parcel(reports.Build(reporttest.NormalWeek()))
	d.Report.Title = "Zahlungen, Woche 46 (9.–15. November)"
	m := parse(t, compose(t, unsent(t, nil), d))
	if got := m.head.Get("Subject"); !strings.HasPrefix(got, "=?UTF-8?q?Zahlungen,_Woche_46") && !strings.HasPrefix(got, "Zahlungen, Woche 46") {
		t.Errorf("subject = %q", got)
	}
	for name, want := range map[string]string{
		"From": `"Fairlead" <fairlead@acme.example>`, "To": `"Dana Lee" <dana@acme.example>`,
		"Message-Id": "<" + d.ID + "@acme.example>", "Date": "Mon, 16 Nov 2026 08:00:00 +0000",
		"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Precedence": "bulk", "Mime-Version": "1.0",
		"List-Unsubscribe":      "<mailto:fairlead@acme.example?subject=unsubscribe>, <https://fairlead.acme.example/mute/abc>",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Bcc": "", "Cc": "", "User-Agent": "", "X-Mailer": "",
	} {
		if got := m.head.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestOneClickNeedsAnAddressForAPost(t *testing.T) {
	for _, c := range []struct {
		name        string
		unsubscribe []string
		list, post  string
	}{
		{"none", nil, "", ""},
		{"by mail alone", []string{"mailto:a@acme.example"}, "<mailto:a@acme.example>", ""},
		{"by a page", []string{"https://acme.example/mute"}, "<https://acme.example/mute>", "List-Unsubscribe=One-Click"},
	} {
		t.Run(c.name, func(t *testing.T) {
			channel := unsent(t, func(o *Options) { o.Unsubscribe = c.unsubscribe })
			m := parse(t, compose(t, channel, reporttest.Parcel(reports.Build(reporttest.QuietWeek()))))
			if list, post := m.head.Get("List-Unsubscribe"), m.head.Get("List-Unsubscribe-Post"); list != c.list || post != c.post {
				t.Errorf("got %q and %q, want %q and %q", list, post, c.list, c.post)
			}
		})
	}
}

func TestPicturesStandInTheMail(t *testing.T) {
	c := unsent(t, nil)
	d := reporttest.Parcel(reports.Build(reporttest.NormalWeek()))
	l := letter{mail: reports.Mail{
		Subject: "A week", Text: []byte("text"), HTML: []byte(`<img src="cid:trend" alt="A trend">`),
		Pictures: []reports.Picture{{ID: "trend", Alt: "A trend", PNG: picture(t)}},
	}, id: d.ID + "@acme.example"}
	msg, err := c.message(l, d.At)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	raw := settled(b.Bytes(), d.ID)
	golden(t, "picture.eml", raw)
	m := parse(t, raw)
	if got, want := strings.Join(m.kinds, " "), "multipart/related multipart/alternative text/plain text/html image/png"; got != want {
		t.Errorf("the parts are %s, want %s", got, want)
	}
	if !bytes.Equal(m.pictures["<trend>"], picture(t)) {
		t.Errorf("the pictures are %v", m.pictures)
	}
	l.mail.Pictures[0].ID = "a>\r\nBcc: eve@evil.example"
	if _, err := c.message(l, d.At); err == nil {
		t.Error("a content id that breaks out of its header was taken")
	}
}

func picture(t *testing.T) []byte {
	t.Helper()
	i := image.NewGray(image.Rect(0, 0, 60, 20))
	i.Pix[183] = 255 // the fourth pixel of the fourth line
	var b bytes.Buffer
	if err := png.Encode(&b, i); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hostileNames try to end a header or to begin another.
var hostileNames = []string{
	"Dana\r\nBcc: eve@evil.example", "Dana\nBcc: eve@evil.example", "Dana\rBcc: eve", "Dana\x00Lee", `Dana" <eve@evil.example>, "`,
	"Dana <eve@evil.example>", "=?utf-8?q?Dana=0D=0ABcc:_eve@evil.example?=", "Jürgen Müßig 漢字 \u202eelaD", strings.Repeat("Dana ", 400),
	strings.Repeat("漢", 3000), "\u2028Bcc: eve", "\x1b[31mDana", "Dana, eve@evil.example;", strings.Repeat("x", 5000), "\xff\xfe",
}

func TestNamesCannotBreakOutOfTheirHeaders(t *testing.T) {
	plain := parse(t, compose(t, unsent(t, nil), reporttest.Parcel(reports.Build(reporttest.QuietWeek()))))
	for _, name := range append(hostileNames, reporttest.HostileTitles()...) {
		in := reporttest.QuietWeek()
		in.Team.Name = name
		c := unsent(t, func(o *Options) {
			o.ToName = name
			o.From = (&mail.Address{Name: name, Address: "fairlead@acme.example"}).String()
		})
		r := reports.Build(in)
		r.Title = name + r.Title // as if it had not been cleaned
		raw := compose(t, c, reporttest.Parcel(r))
		wellFormed(t, raw)
		m := parse(t, raw)
		if len(m.head) != len(plain.head) {
			t.Errorf("name %.60q makes the headers %v", name, m.head)
		}
		to, err := m.head.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != "dana@acme.example" {
			t.Errorf("name %.60q makes it go to %v, %v", name, to, err)
		}
		from, err := m.head.AddressList("From")
		if err != nil || len(from) != 1 || from[0].Address != "fairlead@acme.example" {
			t.Errorf("name %.60q makes it come from %v, %v", name, from, err)
		}
	}
}

// wellFormed checks what RFC 5322 asks of lines.
func wellFormed(t testing.TB, raw []byte) {
	t.Helper()
	for n, line := range strings.Split(string(raw), "\r\n") {
		if len(line) > 998 {
			t.Errorf("line %d has %d bytes", n+1, len(line))
		}
		for _, b := range []byte(line) {
			if b == '\r' || b == '\n' || b == 0 || b >= 0x80 || b < ' ' && b != '\t' {
				t.Fatalf("line %d holds the byte %#x: %.100q", n+1, b, line)
			}
		}
	}
}

func TestEveryWeekParsesBack(t *testing.T) {
	c := unsent(t, nil)
	for _, week := range reporttest.Cases() {
		t.Run(week.Name, func(t *testing.T) {
			r := reports.Build(week.Inputs)
			want, err := reports.NewMail(r)
			if err != nil {
				t.Fatal(err)
			}
			raw := compose(t, c, reporttest.Parcel(r))
			wellFormed(t, raw)
			m := parse(t, raw)
			if unix(m.text) != unix(string(want.Text)) || unix(m.html) != unix(string(want.HTML)) {
				t.Error("the texts of the mail are not those of the report")
			}
			if len(m.pictures) != len(want.Pictures) {
				t.Errorf("%d pictures, want %d", len(m.pictures), len(want.Pictures))
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(m.head.Get("Subject"))
			if err != nil || subject != reports.Shortened(want.Subject, subjectLength) {
				t.Errorf("subject = %q, %v, want %q", subject, err, want.Subject)
			}
		})
	}
}

func unix(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(o *Options)
		want   string
	}{
		{"no server", func(o *Options) { o.Server = "" }, "host:port"},
		{"no port", func(o *Options) { o.Server = "mail.acme.example" }, "host:port"},
		{"a port out of range", func(o *Options) { o.Server = "mail.acme.example:70000" }, "host:port"},
		{"a security that is none", func(o *Options) { o.Security = "ssl" }, `"ssl"`},
		{"a password in the open", func(o *Options) { o.Security = None }, "readable for everybody"},
		{"a user without a password", func(o *Options) { o.Password = "" }, "has no password"},
		{"a password without a user", func(o *Options) { o.User = "" }, "without a user"},
		{"no sender", func(o *Options) { o.From = "Fairlead" }, `sender "Fairlead"`},
		{"nobody to send to", func(o *Options) { o.To = "" }, "no address"},
		{"two to send to", func(o *Options) { o.To = "a@acme.example,b@acme.example" }, "no address"},
		{"a name with the address", func(o *Options) { o.To = "Dana <a@acme.example>" }, "no address"},
		{"an address that ends its line", func(o *Options) { o.To = "a@acme.example\r\nRCPT TO:<eve@evil.example>" }, "no address"},
		{"an address that ends itself", func(o *Options) { o.To = "a@acme.example>\x00<eve@evil.example" }, "no address"},
		{"an address in quotes", func(o *Options) { o.To = "\"a\r\n\"@acme.example" }, "no address"},
		{"a sender that ends its line", func(o *Options) { o.From = "\"a\\\nb\"@acme.example" }, "address"},
		{"another way to unsubscribe", func(o *Options) { o.Unsubscribe = []string{"http://acme.example"} }, "mailto: nor https:"},
		{"a way to unsubscribe that ends its line", func(o *Options) { o.Unsubscribe = []string{"mailto:a@b.c\r\nBcc: eve@evil.example"} }, "mailto: nor https:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(&postOffice{addr: "mail.acme.example:587"})
			c.change(&o)
			_, err := New(o)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), password) {
				t.Fatalf("err = %v, want one with %q and without the password", err, c.want)
			}
			if strings.ContainsAny(err.Error(), "\r\x00") {
				t.Errorf("err = %q", err)
			}
		})
	}
	everything := Options{Server: "x", Security: "y", From: "z", To: "w", Unsubscribe: []string{"v"}}
	if _, err := New(everything); err == nil || strings.Count(err.Error(), "\n\t") != 5 {
		t.Errorf("err = %v, want all five mistakes", err)
	}
}

func TestAnIDMustBeFitForAHeader(t *testing.T) {
	for _, id := range []string{"", "a b", "a\r\nBcc: eve", "a@b", "é"} {
		if _, err := unsent(t, nil).compose(reports.Delivery{ID: id, Report: reports.Build(reporttest.QuietWeek())}); err == nil {
			t.Errorf("id %q was taken", id)
		}
	}
}

func FuzzMailParsesBack(f *testing.F) {
	for i, title := range append(hostileNames, reporttest.HostileTitles()...) {
		f.Add(title, hostileNames[i%len(hostileNames)])
	}
	f.Fuzz(func(t *testing.T, title, name string) {
		in := reporttest.NormalWeek()
		in.Findings[0].Subject.Title, in.Findings[0].Reason, in.Team.Name = title, title, title
		o := options(&postOffice{addr: "mail.acme.example:587"})
		o.ToName = name
		c, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		r := reports.Build(in)
		r.Title = title
		raw := compose(t, c, reporttest.Parcel(r))
		wellFormed(t, raw)
		m := parse(t, raw)
		if to, err := m.head.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != o.To {
			t.Errorf("it goes to %v, %v", to, err)
		}
		if want := 16; len(m.head) > want {
			t.Errorf("%d headers: %v", len(m.head), fmt.Sprint(m.head))
		}
	})
}

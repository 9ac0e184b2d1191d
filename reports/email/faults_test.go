package email

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

func send(t *testing.T, o Options) error {
	t.Helper()
	_, err := channel(t, o).Deliver(t.Context(), reporttest.Parcel(reports.Build(reporttest.NormalWeek())), keep)
	return err
}

func keep(reports.Receipt) error { return nil }

func TestEveryWayToAuthenticateIsKnown(t *testing.T) {
	for _, c := range []struct {
		name string
		kind kind
		ways []string
		o    Security
	}{
		{"PLAIN after STARTTLS", kind{}, []string{sasl.Plain}, StartTLS},
		{"LOGIN after STARTTLS", kind{}, []string{sasl.Login}, StartTLS},
		{"SCRAM-SHA-256 before PLAIN", kind{}, []string{sasl.Plain, scram}, ""},
		{"PLAIN over TLS", kind{tls: true}, []string{sasl.Plain}, TLS},
		{"LOGIN over TLS", kind{tls: true}, []string{sasl.Login}, TLS},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPostOffice(t, c.kind)
			p.set(func(p *postOffice) { p.ways = c.ways })
			o := options(p)
			o.Security = c.o
			if err := send(t, o); err != nil {
				t.Fatal(err)
			}
			if all := p.all(); len(all) != 1 || all[0].to != o.To || all[0].from != "fairlead@acme.example" || all[0].utf8 {
				t.Errorf("arrived: %+v", all)
			}
			o.Password = "another"
			if err := send(t, o); !reports.IsRefusal(err) || !strings.Contains(err.Error(), `check user "fairlead" and its password`) {
				t.Errorf("with another password: err = %v", err)
			}
		})
	}
}

func TestAPasswordNeverTravelsReadable(t *testing.T) {
	p := newPostOffice(t, kind{noTLS: true, insecure: true})
	err := send(t, options(p))
	if !reports.IsRefusal(err) || !strings.Contains(err.Error(), "does not offer STARTTLS, and nothing was sent") {
		t.Errorf("err = %v", err)
	}
	if len(p.all()) != 0 {
		t.Error("a mail was sent all the same")
	}
	o := options(p)
	o.Security, o.User, o.Password = None, "", ""
	if err := send(t, o); err != nil {
		t.Errorf("without protection, as was asked for: %v", err)
	}
}

func TestAnswersAreJudged(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(p *postOffice)
		refused bool
		wait    time.Duration
		want    string
	}{
		{"greylisted", func(p *postOffice) { p.rcpt = reply(451, "4.7.1 greylisted, come back in five minutes") }, false, greylisted, "greylisted"},
		{"a mailbox that is busy", func(p *postOffice) { p.rcpt = reply(450, "busy") }, false, greylisted, "busy"},
		{"a server that closes", func(p *postOffice) { p.mail = reply(421, "closing") }, false, busy, "421 to MAIL FROM"},
		{"the mail may be taken later", func(p *postOffice) { p.data = reply(452, "no room just now") }, false, greylisted, "no room just now"},
		{"AUTH out of order for now", func(p *postOffice) { p.auth = reply(454, "later") }, false, 0, "454 to AUTH"},
		{"no such mailbox", func(p *postOffice) { p.rcpt = reply(550, "no such mailbox") }, true, 0, "check the address dana@acme.example"},
		{"a full mailbox", func(p *postOffice) { p.rcpt = reply(552, "full") }, true, 0, "make room"},
		{"a sender it does not take", func(p *postOffice) { p.mail = reply(553, "not you") }, true, 0, "send as fairlead@acme.example"},
		{"no account", func(p *postOffice) { p.mail = reply(530, "who are you") }, true, 0, "give user and password"},
		{"a mail it does not take", func(p *postOffice) { p.data = reply(554, "looks like spam") }, true, 0, "SPF and DKIM"},
		{"words without end", func(p *postOffice) { p.rcpt = reply(550, strings.Repeat("no", 5000)) }, true, 0, "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPostOffice(t, kind{})
			p.set(c.change)
			err := send(t, options(p))
			if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 900 {
				t.Fatalf("err = %v, want one with %q", err, c.want)
			}
			if got := reports.IsRefusal(err); got != c.refused {
				t.Errorf("refused: %v, want %v: %v", got, c.refused, err)
			}
			var delay *reports.Delay
			if errors.As(err, &delay) != (c.wait > 0) || delay != nil && delay.After != c.wait {
				t.Errorf("delay %+v, want %v", delay, c.wait)
			}
			if len(p.all()) != 0 {
				t.Error("a mail arrived")
			}
		})
	}
}

func TestAMailWhoseEndIsLostIsSentAgainAsItWas(t *testing.T) {
	p := newPostOffice(t, kind{})
	p.set(func(p *postOffice) { p.drop = true })
	c := channel(t, options(p))
	d := reporttest.Parcel(reports.Build(reporttest.NormalWeek()))
	_, err := c.Deliver(t.Context(), d, keep)
	if err == nil || reports.IsRefusal(err) || !strings.Contains(err.Error(), "sent again with the same Message-ID") {
		t.Fatalf("err = %v", err)
	}
	d.Unsure = true
	if _, err := c.Deliver(t.Context(), d, keep); err != nil {
		t.Fatal(err)
	}
	all := p.all()
	if len(all) != 2 || string(all[0].bytes) != string(all[1].bytes) {
		t.Errorf("%d mails, want the same one twice", len(all))
	}
}

func TestLettersBeyondAToZNeedAServerThatTakesThem(t *testing.T) {
	o := func(p *postOffice) Options {
		o := options(p)
		o.To = "jürgen@acme.example"
		return o
	}
	p := newPostOffice(t, kind{})
	if err := send(t, o(p)); err != nil {
		t.Fatal(err)
	}
	if all := p.all(); len(all) != 1 || all[0].to != "jürgen@acme.example" || !all[0].utf8 {
		t.Errorf("arrived: %+v", all)
	}
	p = newPostOffice(t, kind{noUTF8: true})
	if err := send(t, o(p)); !reports.IsRefusal(err) || !strings.Contains(err.Error(), "SMTPUTF8") {
		t.Errorf("err = %v, want a refusal that names SMTPUTF8", err)
	}
	if len(p.all()) != 0 {
		t.Error("a mail arrived")
	}
}

// speak serves one connection after the other by hand.
func speak(t *testing.T, talk func(c net.Conn)) string {
	t.Helper()
	l := listen(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			talk(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

func TestServersThatAreNone(t *testing.T) {
	forEver := strings.Repeat("220-and more and more and more\r\n", 1000)
	for _, c := range []struct {
		name string
		talk func(c net.Conn)
		want string
	}{
		{"a greeting without end", func(c net.Conn) {
			for _, err := io.WriteString(c, forEver); err == nil; _, err = io.WriteString(c, forEver) {
				continue
			}
		}, "more than a mail server has to say"},
		{"one line without end", func(c net.Conn) {
			for _, err := io.WriteString(c, "220 "+strings.Repeat("x", 1<<16)); err == nil; _, err = io.WriteString(c, strings.Repeat("x", 1<<16)) {
				continue
			}
		}, "more than a mail server has to say"},
		{"a web server", func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") }, "no answer that could be understood"},
		{"one that hangs up", func(net.Conn) {}, "closed before an answer came"},
		{"one that takes no mail from here", func(c net.Conn) { _, _ = io.WriteString(c, "554 go away\r\n") }, "let this machine send"},
		{"one that stops in the middle of STARTTLS", func(c net.Conn) {
			_, _ = io.WriteString(c, "220 hi\r\n")
			_, _ = c.Read(make([]byte, 512))
			_, _ = io.WriteString(c, "250-hi\r\n250 STARTTLS\r\n")
			_, _ = c.Read(make([]byte, 512))
			_, _ = io.WriteString(c, "220 go\r\n")
		}, "closed before an answer came"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(&postOffice{addr: speak(t, c.talk)})
			if err := send(t, o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestAServerThatSaysNothingHoldsNothingUp(t *testing.T) {
	silent := func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) }
	o := options(&postOffice{addr: speak(t, silent)})
	o.Timeout = 50 * time.Millisecond
	if err := send(t, o); err == nil || !strings.Contains(err.Error(), "no answer came in time") {
		t.Errorf("err = %v", err)
	}
}

func TestTheEndOfAContextEndsAConversation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := options(&postOffice{addr: speak(t, func(c net.Conn) {
		cancel()
		_, _ = c.Read(make([]byte, 1))
	})})
	_, err := channel(t, o).Deliver(ctx, reporttest.Parcel(reports.Build(reporttest.NormalWeek())), keep)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want that of the context", err)
	}
}

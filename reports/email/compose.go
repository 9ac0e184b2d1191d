package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/fairlead-dev/fairlead/reports"
)

// letter is a mail ready to be sent.
type letter struct {
	mail  reports.Mail
	id    string // Message-ID without angle brackets
	bytes []byte
}

// subjectLength is in characters. Mail programs show about sixty.
const subjectLength = 150

func (c *Channel) compose(d reports.Delivery) (letter, error) {
	if d.ID == "" || strings.Trim(d.ID, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return letter{}, fmt.Errorf("delivery id %q is not made of letters, digits and hyphens", reports.Heard(d.ID))
	}
	m, err := reports.NewMail(d.Report)
	if err != nil {
		return letter{}, fmt.Errorf("mail of %s, %s: %w", d.Report.Team.ID, d.Report.Week.ID, err)
	}
	_, domain, _ := cutLast(c.from.Address, "@")
	l := letter{mail: m, id: d.ID + "@" + domain}
	msg, err := c.message(l, d.At)
	if err != nil {
		return letter{}, err
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return letter{}, fmt.Errorf("write mail %s: %w", l.id, err)
	}
	l.bytes = settled(b.Bytes(), d.ID)
	return l, nil
}

// message lays the mail out: the two texts as alternatives, with the pictures
// that the HTML shows beside them.
func (c *Channel) message(l letter, at time.Time) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithEncoding(mail.EncodingQP), mail.WithCharset(mail.CharsetUTF8))
	m.FromMailAddress(&c.from)
	m.ToMailAddress(&c.to)
	m.Subject(reports.Shortened(reports.Heard(l.mail.Subject), subjectLength))
	m.SetMessageIDWithValue(l.id)
	m.SetDateWithValue(at.UTC())
	m.SetBulk()                                                     // Precedence, X-Auto-Response-Suppress
	m.SetGenHeader(mail.Header("Auto-Submitted"), "auto-generated") // RFC 3834
	c.setUnsubscribe(m)
	m.SetBodyString(mail.TypeTextPlain, string(l.mail.Text))
	m.AddAlternativeString(mail.TypeTextHTML, string(l.mail.HTML))
	for _, p := range l.mail.Pictures {
		if !contentID.MatchString(p.ID) {
			return nil, fmt.Errorf("content id %q is not made of letters, digits and hyphens", reports.Heard(p.ID))
		}
		err := m.EmbedReader(p.ID+".png", bytes.NewReader(p.PNG), mail.WithFileContentID("<"+p.ID+">"), mail.WithFileContentType("image/png"))
		if err != nil {
			return nil, fmt.Errorf("picture %s: %w", p.ID, err)
		}
	}
	return m, nil
}

var contentID = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// setUnsubscribe writes List-Unsubscribe (RFC 2369) and, where one of the
// addresses is for a POST, that one click is enough (RFC 8058). The methods of
// the library write the two in an order of chance.
func (c *Channel) setUnsubscribe(m *mail.Msg) {
	var uris []string
	oneClick := false
	for _, u := range c.unsubscribe {
		uris = append(uris, "<"+u+">")
		oneClick = oneClick || strings.HasPrefix(u, "https:")
	}
	if len(uris) > 0 {
		m.SetGenHeader(mail.HeaderListUnsubscribe, strings.Join(uris, ", "))
	}
	if oneClick {
		m.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
}

// boundaries finds what separates the parts of a mail; the library makes them up
// at random and cannot be given one for each level.
var boundaries = regexp.MustCompile(`(?m)^ boundary=([0-9a-f]{60})\r?$`)

// settled gives the mail boundaries that follow from the delivery's id, so that
// the same delivery makes the same bytes.
func settled(raw []byte, id string) []byte {
	for n, found := range boundaries.FindAllSubmatch(raw, -1) {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", id, n))
		raw = bytes.ReplaceAll(raw, found[1], []byte(hex.EncodeToString(sum[:30])))
	}
	return raw
}

// errUTF8 says that an address needs SMTPUTF8 (RFC 6531), which not every server has.
var errUTF8 = errors.New("an address with letters beyond a–z needs SMTPUTF8, which this mail server does not offer")

func (c *Channel) needsUTF8() bool {
	return strings.ContainsFunc(c.from.Address+c.to.Address, func(r rune) bool { return r > '~' })
}

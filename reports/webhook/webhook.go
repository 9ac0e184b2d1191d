// Package webhook is the report channel for whatever is not a channel of its
// own: it sends the report's JSON to an address and signs it, so that the other
// side knows where it comes from and that nobody repeats an old one. What a
// receiver makes of it, and whether it shows a report to anybody else, is the
// receiver's matter: the body holds what the reader of this channel may see.
package webhook

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
)

// Options say where reports go and how they are signed.
type Options struct {
	// URL is posted to. What stands behind its host is taken for a secret.
	URL string
	// Secret is the key of the signature.
	Secret string
	// Name tells this webhook from others on the same host; may be empty.
	Name string
	// Insecure allows http to other machines than this one.
	Insecure bool
	// Base sends the requests; nil: http.DefaultTransport.
	Base http.RoundTripper
	// Timeout bounds one attempt; 0: 30 seconds.
	Timeout time.Duration
	// Now tells the moment that goes into the signature; nil: the moment of the
	// first attempt, which receivers that refuse old requests take only at first.
	Now func() time.Time
}

// Channel posts reports. Its secrets stand behind functions, where no way of
// printing it finds them.
type Channel struct {
	name   string
	client *http.Client
	now    func() time.Time
	url    func() string
	key    func() []byte
}

var _ reports.Channel = (*Channel)(nil)

// New makes a channel, or says what is wrong with the options without
// repeating anything secret.
func New(o Options) (*Channel, error) {
	u, err := address(o)
	if err != nil {
		return nil, err
	}
	if o.Secret == "" {
		return nil, errors.New("webhook to " + u.Host + ": no secret to sign with\n\tname one, at least 32 random characters; the receiver checks the signature with it")
	}
	return &Channel{
		name: name(o.Name, u),
		client: &http.Client{
			Transport:     o.Base,
			Timeout:       cmp.Or(o.Timeout, 30*time.Second),
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		now: o.Now,
		url: func() string { return u.String() },
		key: func() []byte { return []byte(o.Secret) },
	}, nil
}

// address reads the URL. The errors of net/url repeat it, and so are not told.
func address(o Options) (*url.URL, error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("webhook: its address is none\n\twrite it like https://hooks.acme.example/fairlead")
	case u.User != nil:
		return nil, errors.New("webhook to " + u.Host + ": a user or password stands in its address\n\tleave it out; the receiver knows fairlead by the signature")
	case u.Scheme == "http" && !o.Insecure && !loopback(u.Hostname()):
		return nil, errors.New("webhook to " + u.Host + ": reports would travel readable for everybody on the way\n\twrite the address with https, or allow http with insecure: true")
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// name is what the configuration calls it or, without that, the host and a mark
// that differs for every address there and does not tell it.
func name(given string, u *url.URL) string {
	if given != "" {
		return "webhook:" + reports.Heard(given)
	}
	if u.Path == "" && u.RawQuery == "" {
		return "webhook:" + u.Host
	}
	return fmt.Sprintf("webhook:%s (%s)", u.Host, digest([]byte(u.String()))[:8])
}

// Name is the webhook's name or its host, never its whole address.
func (c *Channel) Name() string { return c.name }

// Preview is the request as it would be sent, its signature and what stands
// behind the host left out.
func (c *Channel) Preview(d reports.Delivery) (reports.Preview, error) {
	p, err := newPost(d)
	if err != nil {
		return reports.Preview{}, err
	}
	var head strings.Builder
	head.WriteString("POST to " + c.name + "\n")
	for _, h := range p.headers(c.moment(d)) {
		head.WriteString(h[0] + ": " + h[1] + "\n")
	}
	return reports.Preview{To: []string{c.name}, Parts: []reports.Part{
		{Name: "headers.txt", Type: "text/plain; charset=utf-8", Content: []byte(head.String())},
		{Name: "report.json", Type: "application/json", Content: p.body},
	}}, nil
}

func (c *Channel) moment(d reports.Delivery) time.Time {
	if c.now != nil {
		return c.now()
	}
	return d.At
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

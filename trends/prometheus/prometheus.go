// Package prometheus asks a Prometheus server, or whatever answers its HTTP API,
// for one number at the end of a week. It draws no picture, keeps nothing, and
// writes nothing there.
package prometheus

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/api"
	promv1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/trends"
)

// Options say where and how to ask.
type Options struct {
	URL      string // without a slash at the end
	Token    string // bearer; empty: none
	User     string // of basic authentication; empty: none
	Password string
	// Patience is how long one question may take; zero: ten seconds.
	Patience time.Duration
	// Base carries the requests; nil: the network as it is, with TLS checked.
	Base http.RoundTripper
}

// Client asks. It is safe for concurrent use.
type Client struct {
	api      promv1.API
	patience time.Duration
}

// mostAnswer bounds an answer, in bytes: one number takes less than a hundred.
const mostAnswer = 1 << 20

// New makes a client; it asks nothing yet.
func New(o Options) (*Client, error) {
	at, err := url.Parse(o.URL)
	if err != nil || at.Host == "" {
		return nil, errors.New("this is no address of a Prometheus server")
	}
	if o.Base == nil {
		o.Base = api.DefaultRoundTripper
	}
	carrier := &carrier{base: o.Base, scheme: at.Scheme, host: at.Host, token: o.Token, user: o.User, password: o.Password}
	c, err := api.NewClient(api.Config{Address: o.URL, Client: &http.Client{Transport: carrier, CheckRedirect: carrier.follow}})
	if err != nil {
		return nil, errors.New("this is no address of a Prometheus server")
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	return &Client{api: promv1.NewAPI(c), patience: o.Patience}, nil
}

// Value implements trends.Outsider. The query is asked as of the end of the week;
// see Fill for what may stand in it.
func (c *Client) Value(ctx context.Context, query, team string, week org.Week) (float64, error) {
	filled, err := Fill(query, team, week.End.Sub(week.Start))
	if err != nil {
		return 0, trends.Gap{Why: err.Error()}
	}
	inTime, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	answer, _, _, err := c.api.Query(inTime, filled, week.End)
	if err != nil {
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		return 0, c.gap(err)
	}
	return one(answer)
}

// one is the one number of an answer.
func one(answer model.Value) (float64, error) {
	var v model.SampleValue
	switch a := answer.(type) {
	case *model.Scalar:
		v = a.Value
	case model.Vector:
		switch {
		case len(a) == 0:
			return 0, trends.Gap{Why: "the query gives no value at the end of the week"}
		case len(a) > 1:
			return 0, trends.Gap{Why: fmt.Sprintf("the query gives %d values where one is needed", len(a)), Fix: "put sum(…) around it, or name one more label"}
		case a[0].Histogram != nil:
			return 0, trends.Gap{Why: "the query gives a histogram", Fix: "take one number of it, as with histogram_quantile"}
		}
		v = a[0].Value
	default:
		return 0, trends.Gap{Why: "the query gives a stretch of values where one is needed", Fix: "put last_over_time(…) or another function around it"}
	}
	if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return f, nil
	}
	return 0, trends.Gap{Why: fmt.Sprintf("the query gives %s, which is no number", v), Fix: "something may have been divided by nothing"}
}

// gap says what came in place of an answer. What the server wrote is only
// repeated where it speaks of the query.
func (c *Client) gap(err error) error {
	var said *promv1.Error
	switch {
	case errors.Is(err, errElsewhere):
		return trends.Gap{Why: errElsewhere.Error(), Fix: "write the address that it leads to as url", Deaf: true}
	case errors.Is(err, context.DeadlineExceeded):
		return trends.Gap{Why: fmt.Sprintf("the server did not answer within %s", c.patience), Deaf: true}
	case errors.Is(err, errTooMuch):
		return trends.Gap{Why: "the server answered with more than one number can take", Deaf: true}
	case !errors.As(err, &said):
		return trends.Gap{Why: "the server could not be reached: " + plain(err), Deaf: true}
	}
	switch said.Type {
	case promv1.ErrBadData, promv1.ErrExec:
		return trends.Gap{Why: "the server cannot answer the query: " + short(said.Msg)}
	case promv1.ErrTimeout, promv1.ErrCanceled:
		return trends.Gap{Why: "the query takes too long", Fix: "a recording rule would make it quick"}
	case promv1.ErrBadResponse:
		return trends.Gap{Why: "what answered does not speak as Prometheus does", Fix: "look whether url leads to its HTTP API", Deaf: true}
	}
	return trends.Gap{Why: "the server refused to answer (" + short(said.Msg) + ")", Fix: "look at url, and at the token or the password", Deaf: true}
}

// plain is the innermost reason, which holds no address with its query.
func plain(err error) string {
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	return short(err.Error())
}

// short keeps what a server wrote to one line.
func short(text string) string {
	const longest = 200
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}

var (
	errElsewhere = errors.New("its address leads on to another server, which is not asked")
	errTooMuch   = errors.New("too much")
)

// carrier signs requests to the server and to nobody else, and bounds answers.
type carrier struct {
	base                  http.RoundTripper
	scheme, host          string
	token, user, password string
}

// RoundTrip implements http.RoundTripper.
func (c *carrier) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Del("Authorization")
	if c.home(req.URL) {
		switch {
		case c.token != "":
			req.Header.Set("Authorization", "Bearer "+c.token)
		case c.user != "":
			req.SetBasicAuth(c.user, c.password)
		}
	}
	resp, err := c.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	resp.Body = &bounded{ReadCloser: resp.Body, left: mostAnswer}
	return resp, nil
}

func (c *carrier) home(u *url.URL) bool { return u.Scheme == c.scheme && u.Host == c.host }

// follow follows the server to other pages of its own.
func (c *carrier) follow(req *http.Request, via []*http.Request) error {
	const mostRedirects = 5
	if !c.home(req.URL) || len(via) > mostRedirects {
		return errElsewhere
	}
	return nil
}

// bounded refuses to read on behind a number of bytes.
type bounded struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errTooMuch
	}
	return n, err
}

package connectors

import (
	"context"
	"io"
	"net/http"
	"time"
)

// sendTime bounds a request that nobody can break off any more.
const sendTime = time.Minute

// finishing is base with requests that go on when their caller is stopped: who
// uses a refresh token and does not hear the answer has lost it. Whatever waits
// before a request is sent, and between two tries, hears a stop at once; therefore
// it stands below a Transport and below the carrier of a budget.
func finishing(base http.RoundTripper) http.RoundTripper {
	switch b := base.(type) {
	case nil:
		return finisher{http.DefaultTransport}
	case *Transport:
		over := *b
		over.Base = finishing(b.Base)
		return &over
	case *carrier:
		return &carrier{budget: b.budget, base: finishing(b.base), meter: b.meter}
	}
	return finisher{base}
}

type finisher struct{ base http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (f finisher) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, unsent(req, err)
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(req.Context()), sendTime)
	resp, err := f.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		stop()
		return nil, err
	}
	resp.Body = finished{resp.Body, stop}
	return resp, nil
}

// finished is the body of an answer, which may be read while its request lasts.
type finished struct {
	io.ReadCloser
	stop context.CancelFunc
}

// Close implements io.Closer.
func (f finished) Close() error {
	defer f.stop()
	return f.ReadCloser.Close()
}

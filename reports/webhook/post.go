package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
)

// The headers of a request.
const (
	headerDelivery    = "Fairlead-Delivery"
	headerTimestamp   = "Fairlead-Timestamp"
	headerSignature   = "Fairlead-Signature"
	headerIdempotency = "Idempotency-Key"
)

// post is a request to be.
type post struct {
	id     string
	body   []byte
	digest string
}

func newPost(d reports.Delivery) (post, error) {
	if d.ID == "" {
		return post{}, errors.New("a delivery without an id cannot be told from others")
	}
	var b bytes.Buffer
	if err := reports.JSON(&b, d.Report); err != nil {
		return post{}, fmt.Errorf("report of %s, %s: %w", d.Report.Team.ID, d.Report.Week.ID, err)
	}
	return post{id: d.ID, body: b.Bytes(), digest: digest(b.Bytes())}, nil
}

// headers are those of the request but for the signature. The idempotency key
// is the same for every attempt at one content; a correction has another, under
// the same delivery.
func (p post) headers(at time.Time) [][2]string {
	return [][2]string{
		{"Content-Type", "application/json"},
		{"User-Agent", "fairlead"},
		{headerDelivery, p.id},
		{headerIdempotency, p.id + "-" + p.digest[:16]},
		{headerTimestamp, strconv.FormatInt(at.Unix(), 10)},
	}
}

// sign is the signature: HMAC-SHA256 (RFC 2104) over the timestamp, a full stop
// and the body, so that an old request cannot be given a new time.
func sign(key []byte, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(timestamp + "."))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Deliver posts the report, unless the same was delivered before. A repeated
// request carries the same idempotency key, so that a receiver that minds it
// takes a report once.
func (c *Channel) Deliver(ctx context.Context, d reports.Delivery, record func(reports.Receipt) error) (reports.Receipt, error) {
	p, err := newPost(d)
	if err != nil {
		return d.Earlier, err
	}
	if d.Earlier.Digest == p.digest {
		return d.Earlier, nil
	}
	if err := c.send(ctx, p, c.moment(d)); err != nil {
		return d.Earlier, fmt.Errorf("post to %s: %w", c.name, err)
	}
	done := reports.Receipt{Place: c.name + ", delivery " + p.id, Ref: p.id, Digest: p.digest}
	return done, record(done)
}

func (c *Channel) send(ctx context.Context, p post, at time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url(), bytes.NewReader(p.body))
	if err != nil {
		return errors.New("the address cannot be posted to") // the error repeats it
	}
	for _, h := range p.headers(at) {
		req.Header.Set(h[0], h[1])
	}
	req.Header.Set(headerSignature, sign(c.key(), req.Header.Get(headerTimestamp), p.body))
	resp, err := c.client.Do(req)
	if err != nil {
		return reports.Unanswered(err)
	}
	defer func() { _ = resp.Body.Close() }()
	return c.verdict(resp, at)
}

// verdict reads the answer.
func (c *Channel) verdict(resp *http.Response, at time.Time) error {
	head, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10)) // what breaks off is of no use either
	said := fmt.Errorf("it answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	if text := reports.Heard(string(head), string(c.key()), c.url()); text != "" {
		said = fmt.Errorf("%w: %q", said, text)
	}
	switch code := resp.StatusCode; {
	case code >= 200 && code <= 299:
		return nil
	case code >= 300 && code <= 399:
		return &reports.Refusal{Err: said, Fix: "write the address that it redirects to: fairlead follows no redirects, since they would lead reports elsewhere"}
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		return reports.Later(said, retryAfter(resp, at))
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return &reports.Refusal{Err: said, Fix: "check that both sides have the same secret, and that the receiver's clock is right"}
	case code == http.StatusNotFound, code == http.StatusGone:
		return &reports.Refusal{Err: said, Fix: "check the address of the webhook; what received reports there is no longer there"}
	}
	return &reports.Refusal{Err: said, Fix: "look at the receiver, which does not take this request; then deliver it again with fairlead deliveries retry"}
}

// retryAfter reads the Retry-After header, in seconds or as a date (RFC 9110, 10.2.3).
func retryAfter(resp *http.Response, now time.Time) time.Duration {
	h := resp.Header.Get("Retry-After")
	if s, err := strconv.ParseUint(h, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(h); err == nil {
		return at.Sub(now)
	}
	return 0
}

package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/fairlead-dev/fairlead/calendar"
	"github.com/fairlead-dev/fairlead/connectors"
)

const (
	// calendarPatience is how long one calendar may take.
	calendarPatience = 20 * time.Second
	mostRedirects    = 5
)

// webCalendars fetches calendars from the web.
type webCalendars struct {
	base http.RoundTripper // nil: the network as it is
}

var (
	errNotHTTPS    = errors.New("its address leads on to one that is not reached over https")
	errManyLeadOns = fmt.Errorf("its address leads on more than %d times", mostRedirects)
)

// Read implements calendarReader.
func (w webCalendars) Read(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, calendarPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, errors.New("its address cannot be asked") // the error holds it
	}
	req.Header.Set("Accept", "text/calendar, text/plain;q=0.5, */*;q=0.1")
	req.Header.Set("User-Agent", "fairlead/"+ReadVersion().Version)
	client := http.Client{Transport: w.base, CheckRedirect: followed}
	resp, err := client.Do(req)
	if err != nil {
		return nil, inOwnWords(err)
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answered %s: %s", cmp.Or(http.StatusText(resp.StatusCode), resp.Status), statusFix(resp.StatusCode))
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, calendar.MaxSize+1))
	if err != nil {
		return nil, inOwnWords(err)
	}
	return text, nil
}

func followed(req *http.Request, via []*http.Request) error {
	switch {
	case req.URL.Scheme != "https":
		return errNotHTTPS
	case len(via) > mostRedirects:
		return errManyLeadOns
	}
	return nil
}

// inOwnWords says what went wrong without the address: the errors of net/http
// hold it, and who knows it can read the calendar.
func inOwnWords(err error) error {
	for _, ours := range []error{errNotHTTPS, errManyLeadOns} {
		if errors.Is(err, ours) {
			return ours
		}
	}
	if sending := (*url.Error)(nil); errors.As(err, &sending) {
		err = sending.Err
	}
	said, fix := connectors.Unreachable(err)
	if said == err.Error() { // nobody looked what it says
		said, fix = "the request could not be answered", statusFix(0)
	}
	if fix != "" {
		said += ": " + fix
	}
	return errors.New(said)
}

func statusFix(status int) string {
	switch status {
	case http.StatusNotFound, http.StatusGone:
		return "is it still published? Many programs give a calendar a new address when the old one is reset"
	case http.StatusUnauthorized, http.StatusForbidden:
		return "publish the calendar at an address that needs no sign-in"
	}
	return "look whether the address works in a browser"
}

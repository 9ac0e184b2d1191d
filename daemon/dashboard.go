package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/signin"
	"github.com/fairlead-dev/fairlead/finding"
)

// dashboardHandler is everything the dashboard answers with: pages, the API, and
// sign-in before them. guest is whom everybody is taken for, in the demo alone.
func (f *Fairlead) dashboardHandler(ctx context.Context, listen, address, guest string) (http.Handler, error) {
	data := &pages{f: f, patience: gatherPatience, behind: func(do func(context.Context)) { f.holding.behind.Go(func() { do(ctx) }) }}
	in, err := f.SignIn(ctx, listen, SignInPages{
		URL: address, Public: []string{"/assets/"}, Styles: dashboard.StyleSheets(), Icon: dashboard.Icon(), Guest: guest, Directory: data.Directory,
	})
	if err != nil {
		return nil, err
	}
	o := dashboard.Options{
		Data: data, Changes: data, Workbench: data, Now: f.clock.Now, Log: f.log.With(zap.String("component", "dashboard")), SignOut: "/sign-out",
		Metrics: f.dashboardMetrics(data), Asked: f.countRequest,
	}
	o.FileName = func(path string) string { return shortName(f.cfg(), path) }
	if f.cfg().Dashboard.SignIn.Proxy.Header != "" || guest != "" {
		o.SignOut = "" // the proxy signs people in, and would again
	}
	data.later(data.prepare)
	return dashboard.Behind(in.Handler, dashboard.New(o)), nil
}

// listenForPages serves the dashboard until closed is called, which lets requests
// under way end. What ends it otherwise is sent to ended.
func (f *Fairlead) listenForPages(ctx context.Context, ended chan<- error) (closed func(), address string, err error) {
	at := f.cfg().Dashboard
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", at.Listen)
	if err != nil {
		return nil, "", fmt.Errorf("%s: the dashboard cannot be served at %s: %w\n\tchoose a free address of this machine", at.Where, at.Listen, err)
	}
	h, err := f.dashboardHandler(ctx, at.Listen, urlAt(at.URL, l), "")
	if err != nil {
		return nil, "", errors.Join(err, l.Close())
	}
	server := signin.Server(h)
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			ended <- fmt.Errorf("dashboard at %s: %w", at.Listen, err)
		}
	}()
	return func() { shut(server) }, l.Addr().String(), nil
}

// urlAt is where people open what listens: as configured, or its own address.
func urlAt(configured string, l net.Listener) string {
	if configured != "" {
		return configured
	}
	return "http://" + l.Addr().String()
}

// linkTo is the address of a page for those who read of it elsewhere; empty where no
// dashboard is, or one that only this machine can open for want of a url.
func (f *Fairlead) linkTo(path string) string {
	at := f.cfg().Dashboard
	if at.Listen == "" || at.URL == "" || at.URL == "http://"+at.Listen {
		return ""
	}
	return at.URL + path
}

// findingsPath is what the address of a finding's page begins with.
const findingsPath = "/findings/"

// reportPath is the page of a team's report as one reader gets it.
func reportPath(team, week string, reader finding.Audience) string {
	path := "/teams/" + url.PathEscape(team) + "/reports/" + week
	if reader != finding.ForTeam {
		path += "?for=" + url.QueryEscape(string(reader))
	}
	return path
}

// longestGoodbye is how long requests under way may take to end.
const longestGoodbye = 5 * time.Second

func shut(server *http.Server) {
	ctx, done := context.WithTimeout(context.Background(), longestGoodbye)
	defer done()
	if server.Shutdown(ctx) != nil {
		_ = server.Close()
	}
}

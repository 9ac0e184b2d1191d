package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

// initFlags are the answers that can be given beforehand.
type initFlags struct {
	dir             string
	jira, linear    daemon.Login
	projects, teams []string
}

func newInit(a *app) *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Begin a configuration by asking a few questions",
		Long: `Begin a configuration: sign in to Jira or Linear, choose the projects or teams to
read, and get a commented fairlead.yaml, org.yaml and a file for each team, with
the people who lead these projects or were lately assigned something. Roles are
left for you to write. Nothing is overwritten, and the token is never written:
you are told which variable to set.

Without --jira and --linear it asks; with them it asks nothing, and reads the
tokens from the environment.`,
		Example: `  fairlead init
  fairlead init --jira https://acme.atlassian.net --user fairlead@acme.example --projects PAY,CORE
  fairlead init --linear acme --teams GRO --dir /etc/fairlead`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runInit(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.dir, "dir", ".", "folder to write into")
	flags.StringVar(&f.jira.Jira, "jira", "", "address of a Jira site")
	flags.StringVar(&f.jira.User, "user", "", "whose token it is: an e-mail address on Jira Cloud, nothing for a personal access token")
	flags.StringVar(&f.jira.Deployment, "deployment", "", "what kind of Jira it is: cloud or data-center; told by the address when left out")
	flags.StringVar(&f.jira.TokenEnv, "token-env", "JIRA_TOKEN", "environment variable with Jira's token")
	flags.StringSliceVar(&f.projects, "projects", nil, "keys of the Jira projects to read")
	flags.StringVar(&f.linear.Linear, "linear", "", "a Linear workspace: the word behind linear.app/")
	flags.StringVar(&f.linear.TokenEnv, "linear-token-env", "LINEAR_TOKEN", "environment variable with Linear's token")
	flags.StringSliceVar(&f.teams, "teams", nil, "keys of the Linear teams to read; all when left out")
	return cmd
}

func (a *app) runInit(ctx context.Context, f initFlags) error {
	if err := daemon.FreeFor(f.dir); err != nil {
		return err
	}
	var sites []*daemon.NewSite
	var err error
	switch {
	case f.jira.Jira != "" || f.linear.Linear != "":
		sites, err = a.sitesByFlags(ctx, f)
	case !a.canAsk():
		return usageError{errors.New("there is no terminal to ask on\n\tname a site with --jira or --linear, see 'fairlead init --help'")}
	default:
		sites, err = a.dialogue().sites(ctx)
	}
	if err != nil {
		return err
	}
	written, err := daemon.WriteConfiguration(f.dir, sites)
	if err != nil {
		return err
	}
	farewell(a.out, f.dir, sites, written)
	return nil
}

// sitesByFlags signs in and chooses without asking anything.
func (a *app) sitesByFlags(ctx context.Context, f initFlags) ([]*daemon.NewSite, error) {
	var out []*daemon.NewSite
	for _, one := range []struct {
		login  daemon.Login
		chosen []string
	}{{f.jira, f.projects}, {f.linear, f.teams}} {
		if one.login.Jira == "" && one.login.Linear == "" {
			continue
		}
		site, err := a.siteByFlags(ctx, one.login, one.chosen)
		if err != nil {
			return nil, err
		}
		out = append(out, site)
	}
	return out, nil
}

func (a *app) siteByFlags(ctx context.Context, l daemon.Login, chosen []string) (*daemon.NewSite, error) {
	if !variableName.MatchString(l.TokenEnv) {
		return nil, usageError{fmt.Errorf("%q names no environment variable\n\twrite its name in capitals, like JIRA_TOKEN", l.TokenEnv)}
	}
	token, set := a.env(l.TokenEnv)
	if !set || token == "" {
		return nil, usageError{fmt.Errorf("the environment variable %s is not set\n\tput the token into it: export %s=…", l.TokenEnv, l.TokenEnv)}
	}
	l.Token = config.NewSecret(token)
	site, err := daemon.OpenSite(ctx, l, a.around)
	if err != nil {
		return nil, err
	}
	if err := site.Choose(chosen); err != nil {
		return nil, usageError{err}
	}
	a.learn(ctx, site)
	return site, nil
}

// learn improves the draft where the site tells; where not, that is said and
// the draft stays as it is.
func (a *app) learn(ctx context.Context, site *daemon.NewSite) {
	if err := site.Learn(ctx); err != nil {
		fmt.Fprintf(a.err, "the site's own words could not be read, so no meanings are proposed; fairlead doctor tells them later\n\t%v\n", err)
	}
}

var variableName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]{0,63}$`)

// farewell says what was written and what to do next.
func farewell(w io.Writer, dir string, sites []*daemon.NewSite, written []string) {
	fmt.Fprintln(w, "Written:")
	for _, path := range written {
		fmt.Fprintf(w, "  %s\n", path)
	}
	fmt.Fprintln(w, "\nNext:")
	n := 0
	step := func(format string, args ...any) {
		n++
		fmt.Fprintf(w, "  %d. "+format+"\n", append([]any{n}, args...)...)
	}
	for _, s := range sites {
		step("Set %s, wherever fairlead runs: the token stands in none of these files.", s.Login.TokenEnv)
	}
	step("Read %s, and write roles and each team's EM and PM into it.", filepath.Join(dir, "org.yaml"))
	at := ""
	if dir != "." {
		at = " -c " + filepath.Join(dir, "fairlead.yaml")
	}
	step("fairlead config check%s", at)
	step("fairlead run%s", at)
	step("fairlead doctor%s    what would make reports wrong?", at)
}

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

// canAsk reports whether a person can answer on standard input.
func (a *app) canAsk() bool {
	f, ok := a.in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// dialogue asks the questions of init. Questions go to standard error, so that
// standard output holds only what came of them.
type dialogue struct {
	in     *bufio.Reader
	out    io.Writer
	hidden func(context.Context) (string, error) // reads a line without showing it
	env    func(string) (string, bool)           // looks up an environment variable
	open   func(context.Context, daemon.Login) (*daemon.NewSite, error)
	learn  func(context.Context, *daemon.NewSite)
}

func (a *app) dialogue() *dialogue {
	return &dialogue{
		in: bufio.NewReader(a.in), out: a.err,
		hidden: func(ctx context.Context) (string, error) { return readHidden(ctx, a.in) },
		env:    a.env,
		open: func(ctx context.Context, l daemon.Login) (*daemon.NewSite, error) {
			return daemon.OpenSite(ctx, l, a.around)
		},
		learn: a.learn,
	}
}

// readHidden reads a line from the terminal without echo, and gives the terminal
// back as it was, also when it is interrupted.
func readHidden(ctx context.Context, in io.Reader) (string, error) {
	f, ok := in.(*os.File)
	if !ok {
		return "", errors.New("a token is only read from a terminal")
	}
	fd := int(f.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	line, err := unlessInterrupted(ctx, func() (string, error) {
		line, err := term.ReadPassword(fd)
		return string(line), err
	})
	if ctx.Err() != nil {
		err = errors.Join(err, term.Restore(fd, before))
	}
	return line, err
}

// unlessInterrupted gives what read gives, or the context's error when that
// comes first: a terminal cannot be told to stop waiting. The process ends then.
func unlessInterrupted(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		line, err := read()
		got <- answer{line, err}
	}()
	select {
	case a := <-got:
		return a.line, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// errUnfinished is an input that ended in the middle of a question.
var errUnfinished = errors.New("the answers ended before the questions; nothing was written")

// ask puts a question and gives the answer, or what is proposed for an empty one.
func (d *dialogue) ask(ctx context.Context, question, proposed string) (string, error) {
	if proposed != "" {
		question += " [" + proposed + "]"
	}
	fmt.Fprint(d.out, question+": ")
	line, err := unlessInterrupted(ctx, func() (string, error) { return d.in.ReadString('\n') })
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil && line == "" {
		fmt.Fprintln(d.out)
		return "", errUnfinished
	}
	if line = strings.TrimSpace(line); line == "" {
		return proposed, nil
	}
	return line, nil
}

// askUntil asks until the answer is accepted, and says each time why it is not.
func (d *dialogue) askUntil(ctx context.Context, question, proposed string, accept func(string) error) (string, error) {
	for {
		answer, err := d.ask(ctx, question, proposed)
		if err != nil {
			return "", err
		}
		wrong := accept(answer)
		if wrong == nil {
			return answer, nil
		}
		fmt.Fprintln(d.out, printable(wrong.Error()))
	}
}

// sites asks for one site after the other.
func (d *dialogue) sites(ctx context.Context) ([]*daemon.NewSite, error) {
	fmt.Fprintln(d.out, "A few questions, then a configuration to look over. Nothing is written before the end.")
	fmt.Fprintln(d.out)
	var out []*daemon.NewSite
	for {
		site, err := d.site(ctx)
		if err != nil {
			return nil, err
		}
		out = append(out, site)
		another, err := d.ask(ctx, "\nRead another site as well? yes or no", "no")
		if err != nil || !strings.HasPrefix(strings.ToLower(another), "y") {
			return out, err
		}
	}
}

// site asks for one site until it answers and something in it is chosen.
func (d *dialogue) site(ctx context.Context) (*daemon.NewSite, error) {
	for {
		login, err := d.login(ctx)
		if err != nil {
			return nil, err
		}
		site, err := d.open(ctx, login)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			fmt.Fprintf(d.out, "\nThat did not work:\n\t%s\nOnce more, please.\n\n", printable(err.Error()))
			continue
		}
		if err := d.choose(ctx, site); err != nil {
			return nil, err
		}
		d.learn(ctx, site)
		return site, nil
	}
}

func (d *dialogue) login(ctx context.Context) (l daemon.Login, err error) {
	kind, err := d.ask(ctx, "Where is the work: jira or linear?", "jira")
	if err != nil {
		return l, err
	}
	if strings.HasPrefix(strings.ToLower(kind), "l") {
		l, err = d.workspace(ctx)
	} else {
		l, err = d.jiraSite(ctx)
	}
	if err != nil {
		return l, err
	}
	if l.TokenEnv, err = d.askUntil(ctx, "Environment variable that will hold the token", l.TokenEnv, func(name string) error {
		if !variableName.MatchString(name) {
			return errors.New("A name in capitals, please, like JIRA_TOKEN; the token itself comes next.") //nolint:staticcheck // a sentence for a person
		}
		return nil
	}); err != nil {
		return l, err
	}
	l.Token, err = d.token(ctx, l.TokenEnv)
	return l, err
}

func (d *dialogue) workspace(ctx context.Context) (daemon.Login, error) {
	name, err := d.askUntil(ctx, "Workspace, the word behind linear.app/", "", func(name string) error {
		_, err := daemon.CheckAddress(daemon.Login{Linear: name})
		return err
	})
	return daemon.Login{Linear: name, TokenEnv: "LINEAR_TOKEN"}, err
}

func (d *dialogue) jiraSite(ctx context.Context) (daemon.Login, error) {
	var cloud bool
	address, err := d.askUntil(ctx, "Address of the site, like https://acme.atlassian.net", "", func(address string) (err error) {
		cloud, err = daemon.CheckAddress(daemon.Login{Jira: address})
		return err
	})
	if err != nil {
		return daemon.Login{}, err
	}
	question, accept := "User name (nothing for a personal access token)", func(string) error { return nil }
	if cloud {
		question, accept = "E-mail address of the account that made the token", func(user string) error {
			if !strings.Contains(user, "@") {
				return errors.New("An e-mail address, please: Jira Cloud knows accounts by theirs.") //nolint:staticcheck // a sentence for a person
			}
			return nil
		}
	}
	user, err := d.askUntil(ctx, question, "", accept)
	return daemon.Login{Jira: address, User: user, TokenEnv: "JIRA_TOKEN"}, err
}

// token asks for a token, or takes that of the environment variable when there
// is one and nothing is typed.
func (d *dialogue) token(ctx context.Context, variable string) (config.Secret, error) {
	there, set := d.env(variable)
	if set = set && there != ""; set {
		fmt.Fprintf(d.out, "Token (nothing for the one in %s; what you type is not shown): ", variable)
	} else {
		fmt.Fprint(d.out, "Token (what you type is not shown and written nowhere): ")
	}
	token, err := d.hidden(ctx)
	fmt.Fprintln(d.out)
	if token = strings.TrimSpace(token); token == "" && set {
		token = strings.TrimSpace(there)
	}
	return config.NewSecret(token), err
}

// choose lists what the site has and asks what to read.
func (d *dialogue) choose(ctx context.Context, site *daemon.NewSite) error {
	fmt.Fprintln(d.out)
	for _, sp := range site.Spaces {
		d.show(sp)
	}
	question, proposed := "\nWhich projects? Their keys, with commas", ""
	if site.Login.Linear != "" {
		question, proposed = "\nWhich teams? Their keys, with commas", "all"
	}
	for {
		answer, err := d.ask(ctx, question, proposed)
		if err != nil {
			return err
		}
		keys := strings.FieldsFunc(answer, func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
		if proposed == "all" && strings.EqualFold(answer, proposed) {
			keys = nil
		}
		if err = site.Choose(keys); err == nil {
			return nil
		}
		fmt.Fprintln(d.out, printable(err.Error()))
	}
}

func (d *dialogue) show(sp daemon.Space) {
	line := fmt.Sprintf("  %-10s %s", sp.Key, sp.Name)
	if sp.Lead.Name != "" {
		line += ", led by " + sp.Lead.Name
	}
	if len(sp.Boards) > 0 {
		line += "; boards: " + strings.Join(sp.Boards, ", ")
	}
	fmt.Fprintln(d.out, printable(line))
}

// printable keeps what trackers wrote from moving the cursor.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, text)
}

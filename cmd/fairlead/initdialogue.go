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
	open   func(context.Context, daemon.Login) (*daemon.NewSite, error)
	learn  func(context.Context, *daemon.NewSite)
}

func (a *app) dialogue() *dialogue {
	return &dialogue{
		in: bufio.NewReader(a.in), out: a.err,
		hidden: func(ctx context.Context) (string, error) { return readHidden(ctx, a.in) },
		open: func(ctx context.Context, l daemon.Login) (*daemon.NewSite, error) {
			return daemon.OpenSite(ctx, l, daemon.Options{})
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
		if l.Linear, err = d.ask(ctx, "Workspace, the word behind linear.app/", ""); err != nil {
			return l, err
		}
		l.TokenEnv = "LINEAR_TOKEN"
	} else {
		if l.Jira, err = d.ask(ctx, "Address of the site, like https://acme.atlassian.net", ""); err != nil {
			return l, err
		}
		if l.User, err = d.ask(ctx, "E-mail address of the account (nothing for a personal access token)", ""); err != nil {
			return l, err
		}
		l.TokenEnv = "JIRA_TOKEN"
	}
	if l.TokenEnv, err = d.variable(ctx, l.TokenEnv); err != nil {
		return l, err
	}
	fmt.Fprint(d.out, "Token (what you type is not shown and written nowhere): ")
	token, err := d.hidden(ctx)
	fmt.Fprintln(d.out)
	l.Token = config.NewSecret(strings.TrimSpace(token))
	return l, err
}

// variable asks for the name of the variable that will hold the token.
func (d *dialogue) variable(ctx context.Context, proposed string) (string, error) {
	for {
		name, err := d.ask(ctx, "Environment variable that will hold the token", proposed)
		if err != nil || variableName.MatchString(name) {
			return name, err
		}
		fmt.Fprintln(d.out, "A name in capitals, please, like JIRA_TOKEN; the token itself comes next.")
	}
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

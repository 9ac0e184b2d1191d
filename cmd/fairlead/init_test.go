package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/daemon"
)

func TestInitWithoutATerminal(t *testing.T) {
	for _, c := range []struct {
		name string
		env  map[string]string
		args []string
		err  string
	}{
		{"without flags there is nobody to ask", nil, nil, "no terminal to ask on"},
		{"without a token it says which variable", nil, []string{"--jira", "https://acme.atlassian.net"}, "export JIRA_TOKEN="},
		{"Linear has a variable of its own", nil, []string{"--linear", "acme"}, "export LINEAR_TOKEN="},
		{"the token itself is no variable's name", nil, []string{"--linear", "acme", "--linear-token-env", "lin_api_x"}, "names no environment variable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			got := run(t, c.env, append([]string{"init", "--dir", dir}, c.args...)...)
			if got.code != exitUsage || !strings.Contains(got.err, c.err) {
				t.Errorf("exit code %d, want %d, with %q in\n%s", got.code, exitUsage, c.err, got.err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
				t.Errorf("%d files were left behind, %v", len(left), err)
			}
		})
	}
}

func TestInitAsksNothingWhereAConfigurationIs(t *testing.T) {
	dir := writeFiles(t, map[string]string{"fairlead.yaml": "mine"})
	got := run(t, nil, "init", "--dir", dir)
	if got.code != exitError || !strings.Contains(got.err, "is there already") {
		t.Errorf("exit code %d with\n%s", got.code, got.err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "fairlead.yaml")); err != nil || string(text) != "mine" {
		t.Errorf("the file became %q, %v", text, err)
	}
}

// script is a dialogue with answers written beforehand.
func script(answers string, tokens ...string) (*dialogue, *bytes.Buffer) {
	var out bytes.Buffer
	return &dialogue{
		in: bufio.NewReader(strings.NewReader(answers)), out: &out,
		hidden: func(context.Context) (string, error) {
			if len(tokens) == 0 {
				return "", errUnfinished
			}
			first := tokens[0]
			tokens = tokens[1:]
			return first, nil
		},
		open: func(_ context.Context, l daemon.Login) (*daemon.NewSite, error) {
			if l.Token.Reveal() != "right" {
				return nil, errors.New("the site does not know this token\n\tmake a new one\x1b[2J")
			}
			return &daemon.NewSite{Login: l, Spaces: []daemon.Space{
				{Key: "CORE", Name: "Core\x1b[2J"}, {Key: "PAY", Name: "Payments", Boards: []string{"PAY board (scrum)"}},
			}}, nil
		},
		learn: func(context.Context, *daemon.NewSite) {},
		env: func(name string) (string, bool) {
			v := map[string]string{"SET_TOKEN": "right"}[name]
			return v, v != ""
		},
	}, &out
}

func TestTheDialogue(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers string
		tokens  []string
		want    string // user, variable and keys of each site; or part of the error
		said    string
	}{
		{"one Jira site", "jira\nhttps://acme.atlassian.net\nme@acme.example\n\npay\nno\n", []string{"right"}, "me@acme.example JIRA_TOKEN PAY;", "Payments; boards: PAY board (scrum)"},
		{"the proposals are taken by pressing return", "\nhttps://acme.atlassian.net\nme@acme.example\n\nPAY, CORE\n\n", []string{"right"}, "me@acme.example JIRA_TOKEN CORE PAY;", "[JIRA_TOKEN]"},
		{"all of a Linear workspace", "linear\nacme\nMY_TOKEN\n\nno\n", []string{" right\n"}, " MY_TOKEN CORE PAY;", "[all]"},
		{"two sites", "jira\nhttps://x.example\n\n\nPAY\nyes\nlinear\nacme\n\nCORE\nno\n", []string{"right", "right"}, " JIRA_TOKEN PAY; LINEAR_TOKEN CORE;", ""},
		{"a token that is refused is asked for again", "jira\nhttps://x.example\n\n\njira\nhttps://x.example\n\n\nPAY\nno\n", []string{"wrong", "right"}, " JIRA_TOKEN PAY;", "make a new one"},
		{"a key that is not there", "jira\nhttps://x.example\n\n\nPYA\nPAY\nno\n", []string{"right"}, " JIRA_TOKEN PAY;", `did you mean "PAY"?`},
		{"no key at all", "jira\nhttps://x.example\n\n\n\nPAY\nno\n", []string{"right"}, " JIRA_TOKEN PAY;", "choose from CORE, PAY"},
		{"the token typed as the variable", "jira\nhttps://x.example\n\nATATT3x\nT\nPAY\nno\n", []string{"right"}, " T PAY;", "A name in capitals, please"},
		{"an address that is none is asked for again at once", "jira\nx.example\nhttps://x.example\n\n\nPAY\nno\n", []string{"right"}, " JIRA_TOKEN PAY;", "write https://x.example"},
		{"Cloud wants an e-mail address", "jira\nhttps://acme.atlassian.net\n\nlee\nme@acme.example\n\nPAY\nno\n", []string{"right"}, "me@acme.example JIRA_TOKEN PAY;", "Jira Cloud knows accounts by theirs"},
		{"a workspace that is an address", "linear\nhttps://linear.app/acme/x\nacme\n\nCORE\nno\n", []string{"right"}, " LINEAR_TOKEN CORE;", "write linear: acme"},
		{"the token of the environment is taken by pressing return", "jira\nhttps://x.example\n\nSET_TOKEN\nPAY\nno\n", []string{""}, " SET_TOKEN PAY;", "nothing for the one in SET_TOKEN"},
		{"the answers end early", "jira\nhttps://x.example\n", nil, "the answers ended before the questions", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, out := script(c.answers, c.tokens...)
			sites, err := d.sites(t.Context())
			got := ""
			for _, s := range sites {
				got += s.Login.User + " " + s.Login.TokenEnv
				for _, sp := range s.Chosen {
					got += " " + sp.Key
				}
				got += ";"
			}
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if !strings.Contains(out.String(), c.said) {
				t.Errorf("it never said %q:\n%s", c.said, out)
			}
			for _, never := range []string{"\x1b", "right", "wrong"} {
				if strings.Contains(out.String(), never) {
					t.Errorf("it shows %q:\n%s", never, out)
				}
			}
			for _, line := range strings.FieldsFunc(out.String(), func(r rune) bool { return r == ':' || r == '\n' }) {
				if len(line) > 100 {
					t.Errorf("%d characters at a time: %s", len(line), line)
				}
			}
		})
	}
}

func TestAnInterruptEndsTheDialogue(t *testing.T) {
	d, _ := script("")
	d.in = bufio.NewReader(forever{})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := d.sites(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want the interrupt", err)
	}
}

// forever is a terminal at which nobody types.
type forever struct{}

func (forever) Read([]byte) (int, error) { select {} }

func TestTheFarewellNamesTheVariable(t *testing.T) {
	var out bytes.Buffer
	site := &daemon.NewSite{Login: daemon.Login{TokenEnv: "JIRA_TOKEN"}}
	farewell(&out, "conf", []*daemon.NewSite{site}, []string{"conf/fairlead.yaml"})
	for _, want := range []string{"Set JIRA_TOKEN", "config check -c " + filepath.Join("conf", "fairlead.yaml"), "conf/fairlead.yaml\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it lacks %q:\n%s", want, &out)
		}
	}
}

package linear

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/connectors"
)

type startReply struct {
	Viewer    *ref `json:"viewer"`
	Workspace struct {
		URLKey string `json:"urlKey"`
	} `json:"organization"` //nolint:misspell // Linear's spelling
	Teams connection[team] `json:"teams"`
}

// start learns who we are, checks that the token belongs to the workspace and
// that every configured team is there.
func (p *pass) start(ctx context.Context) error {
	if err := p.greet(ctx); err != nil {
		return err
	}
	if want := p.source.workspace; want != "" && !strings.EqualFold(want, p.workspace) {
		return p.source.refuse(fmt.Sprintf("the token belongs to the workspace %q, not %q", p.workspace, want),
			"give a token made in that workspace, or correct the workspace")
	}
	return p.choose()
}

// greet reads the workspace's name and its teams.
func (p *pass) greet(ctx context.Context) error {
	c := p.source.client
	var at pageInfo
	for {
		var reply startReply
		if err := c.ask(ctx, docStart, map[string]any{"first": mostNodes, "after": at.after()}, &reply); err != nil {
			return err
		}
		if idOf(reply.Viewer) == "" {
			return p.source.refuse("Linear knows nobody behind this token", tokenFix)
		}
		if err := cmp.Or(reply.Teams.lacks(), at.stalls(reply.Teams.PageInfo)); err != nil {
			return c.odd(docStart, err)
		}
		p.workspace = reply.Workspace.URLKey
		if p.source.writeComments {
			p.own = reply.Viewer.ID
		}
		p.all = append(p.all, reply.Teams.Nodes...)
		if !reply.Teams.more() {
			return nil
		}
		at = reply.Teams.PageInfo
	}
}

func (s *Source) refuse(said, fix string) error {
	return &connectors.Error{Source: s.name, Place: "POST " + s.client.url + " (Start)", Said: shorten(s.client.hide(said)), Fix: fix}
}

// choose finds the configured teams among those there are, or takes all.
func (p *pass) choose() error {
	if len(p.source.teams) == 0 {
		p.teams = p.all
		if len(p.teams) == 0 {
			return p.source.refuse("the token may read no team", "give it access to the teams to be read")
		}
		return nil
	}
	var unknown []string
	for _, key := range p.source.teams {
		i := slices.IndexFunc(p.all, func(t team) bool { return strings.EqualFold(t.Key, key) })
		if i < 0 {
			unknown = append(unknown, key)
		} else if !slices.Contains(p.teams, p.all[i]) {
			p.teams = append(p.teams, p.all[i])
		}
	}
	if len(unknown) > 0 {
		return p.unknownTeams(unknown)
	}
	return nil
}

func (p *pass) unknownTeams(unknown []string) error {
	var said, fix []string
	for _, key := range unknown {
		said = append(said, fmt.Sprintf("there is no team %q that the token may read", key))
		fix = append(fix, fmt.Sprintf("for %q, %s", key, suggest(key, p.all)))
	}
	return p.source.refuse(strings.Join(said, "; "), shorten(strings.Join(fix, "; ")))
}

// suggest names the teams whose key or name is near the word, or else all, as
// far as they fit a line.
func suggest(word string, teams []team) string {
	const fits = 8
	var near, all []string
	for _, t := range teams {
		all = append(all, t.Key)
		if strings.EqualFold(t.Name, word) || distance(strings.ToUpper(word), strings.ToUpper(t.Key)) <= 2 {
			near = append(near, fmt.Sprintf("%s (%s)", t.Key, t.Name))
		}
	}
	slices.Sort(all)
	switch {
	case len(near) > 0:
		return "did you mean " + strings.Join(near[:min(len(near), fits)], " or ") + "?"
	case len(all) > fits:
		return fmt.Sprintf("the token may read %s and %d more", strings.Join(all[:fits], ", "), len(all)-fits)
	case len(all) == 0:
		return "the token may read no team at all"
	}
	return "the token may read " + strings.Join(all, ", ")
}

// distance counts the letters to add, drop or change to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

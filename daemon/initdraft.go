package daemon

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// The names of the files of a draft.
const (
	mainName  = "fairlead.yaml"
	orgName   = "org.yaml"
	teamsName = "teams/"
)

// draft is a configuration for the sites, file name to content.
func draft(sites []*NewSite) (map[string]string, error) {
	o := newOrgDraft(sites)
	out := map[string]string{mainName: mainDraft(sites), orgName: o.String()}
	shipped, err := rules.Catalog()
	if err != nil {
		return nil, fmt.Errorf("the built-in catalog: %w", err)
	}
	for _, t := range o.teams {
		out[teamsName+t.id+".yaml"] = teamDraft(t, shipped)
	}
	return out, nil
}

func mainDraft(sites []*NewSite) string {
	var b strings.Builder
	b.WriteString(`# fairlead's configuration, begun by fairlead init. Is it right?  fairlead config check
# What is still missing in it?  fairlead doctor

sources:
`)
	for _, s := range sites {
		b.WriteString(s.entry())
	}
	b.WriteString(`
org: org.yaml            # people and teams: read it first, roles are for you to write
teams: teams/*.yaml      # what each team agreed to keep

reports:
  - to: file:./reports   # one page a team and week
  # - to: file:./reports-for-ems   # with what only the EM may see; choose a place nobody else reads
  #   for: em
`)
	return b.String()
}

// entry is the site's entry under sources.
func (s *NewSite) entry() string {
	var b strings.Builder
	l := s.Login
	if l.Linear != "" {
		fmt.Fprintf(&b, "  - linear: %s\n", quoted(l.Linear))
	} else {
		fmt.Fprintf(&b, "  - jira: %s\n", quoted(l.Jira))
	}
	for _, line := range []struct{ key, value string }{{"user", l.User}, {"deployment", l.Deployment}} {
		if line.value != "" {
			fmt.Fprintf(&b, "    %s: %s\n", line.key, quoted(line.value))
		}
	}
	fmt.Fprintf(&b, "    token: %s   # set this variable; the token itself stands in no file\n", quoted("${"+l.TokenEnv+"}"))
	if len(s.Chosen) > 0 {
		fmt.Fprintf(&b, "    %s: %s   # %s\n", l.spaceNoun(), quotedList(keysOfSpaces(s.Chosen)), namesOfSpaces(s.Chosen))
	}
	b.WriteString("    # comment_text: true   # keep what comments say; without it, only who wrote when\n")
	b.WriteString(s.mapping())
	return b.String()
}

func keysOfSpaces(list []Space) []string {
	out := make([]string, len(list))
	for i, sp := range list {
		out[i] = sp.Key
	}
	return out
}

func namesOfSpaces(list []Space) string {
	out := make([]string, len(list))
	for i, sp := range list {
		out[i] = shown(sp.Name)
	}
	return strings.Join(out, ", ")
}

// meanings are the words a section of a mapping may lead to.
var meanings = map[string]string{
	"types": joinWords(ticket.Kinds()), "statuses": joinWords(ticket.Categories()),
	"priorities": joinWords(ticket.Priorities()), "links": joinWords(ticket.LinkKinds()),
}

func joinWords[W ~string](words []W) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = string(w)
	}
	return strings.Join(out, ", ")
}

// mapping proposes a meaning for each word that fairlead's defaults do not know:
// the one it would assume anyway.
func (s *NewSite) mapping() string {
	lines := mappingLines(unknownWords(s.words))
	if lines == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString("    # Words of this site that fairlead does not know, each with what it would be taken for. Correct them.\n")
	for line := range strings.Lines(lines) {
		section := strings.TrimSuffix(strings.TrimSpace(line), ":")
		if choices, begins := meanings[section]; begins && strings.HasPrefix(line, "  "+section+":") {
			fmt.Fprintf(&b, "      # one of: %s\n", choices)
		}
		b.WriteString("    " + line)
	}
	return b.String()
}

// unknownWords are the words without a meaning, used or not.
func unknownWords(words []connectors.Word) []UnmappedWord {
	var out []UnmappedWord
	for _, w := range words {
		if _, known := sections[w.Sort]; known && !w.Mapped {
			out = append(out, UnmappedWord{Sort: w.Sort, Word: w.Text, TakenAs: w.Means})
		}
	}
	slices.SortFunc(out, func(a, b UnmappedWord) int { return strings.Compare(a.Word, b.Word) })
	return out
}

// orgDraft is a skeleton of people and teams.
type orgDraft struct {
	roster roster
	teams  []teamSkeleton
}

// teamSkeleton is one project or Linear team as a team of its own.
type teamSkeleton struct {
	id, name, zone string
	tracker, key   string
	lead           string // person id
	members        []string
	boards         []string
}

func newOrgDraft(sites []*NewSite) *orgDraft {
	o := &orgDraft{roster: newRoster()}
	ids := taken{}
	for _, s := range sites {
		tracker := string(s.source.Tracker)
		for _, sp := range s.Chosen {
			t := teamSkeleton{id: ids.slug(sp.Name, "team"), name: valid(sp.Name), tracker: tracker, key: sp.Key, boards: sp.Boards}
			if _, err := time.LoadLocation(s.zone); err == nil && s.zone != "Local" {
				t.zone = s.zone
			}
			t.lead = o.roster.add(tracker, sp.Lead)
			for _, a := range sp.Assignees {
				if id := o.roster.add(tracker, a); id != "" && !a.Bot && !slices.Contains(t.members, id) {
					t.members = append(t.members, id)
				}
			}
			o.teams = append(o.teams, t)
		}
	}
	return o
}

func (o *orgDraft) String() string {
	var b strings.Builder
	b.WriteString(`# Who is who, begun by fairlead init from those who lead a project or were lately assigned something.
# No tracker knows what people are to each other: give everybody a role
#   role: engineer, tech-lead, qa, contractor, em, pm, designer, director, vp, executive, or one of your own
# take out who does not belong here, and add who is missing, above all each team's EM and PM.
`)
	b.WriteString("people:\n")
	for _, p := range o.roster.list {
		fmt.Fprintf(&b, "  %s   # role?\n", p.line())
	}
	b.WriteString("\nteams:\n")
	for _, t := range o.teams {
		b.WriteString(t.String())
	}
	return b.String()
}

func (t teamSkeleton) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  - id: %s\n    name: %s\n", quoted(t.id), quoted(t.name))
	b.WriteString("    # em: and pm: are for you to write: ids of people above")
	if t.lead != "" {
		fmt.Fprintf(&b, "; %s leads it in the tracker", t.lead)
	}
	b.WriteString("\n")
	if len(t.members) > 0 {
		fmt.Fprintf(&b, "    members: %s   # were lately assigned something here\n", quotedList(t.members))
	}
	owned := "owns: {jira: {projects: [" + quoted(t.key) + "]}}"
	if t.tracker == "linear" {
		owned = "owns: {linear: {teams: [" + quoted(t.key) + "]}}"
	}
	fmt.Fprintf(&b, "    %s\n", owned)
	if len(t.boards) > 0 {
		fmt.Fprintf(&b, "    # its boards: %s\n", shownLong(strings.Join(t.boards, ", ")))
	}
	if t.zone != "" {
		fmt.Fprintf(&b, "    timezone: %s   # in which its weeks begin\n", quoted(t.zone))
	} else {
		b.WriteString("    # timezone: Europe/Berlin   # in which its weeks begin; without it, UTC\n")
	}
	return b.String()
}

func teamDraft(t teamSkeleton, shipped []rules.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# What %s agreed to keep. This file is its EM's. Everything below holds as shipped, in the words
# shown; to change one, take the # away from its lines, and from agreements:
team: %s
# agreements:
`, shown(t.name), quoted(t.id))
	for _, r := range shipped {
		if !r.On {
			continue
		}
		fmt.Fprintf(&b, "#   - rule: %s\n#     promise: %s\n", r.ID, quoted(r.Promise))
		b.WriteString("#     stage: report   # watch: recorded only; report: in the weekly report; remind: also a nudge\n")
	}
	return b.String()
}

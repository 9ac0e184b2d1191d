package file

import (
	"cmp"
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
)

// latestWeeks is how many weeks of a team the index links; older ones stay in
// the team's folder.
const latestWeeks = 26

// team is what team.json holds, since a folder's name is not always the team's.
type team struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func teamFile(r reports.Report) (content, error) {
	data, err := json.MarshalIndent(team{ID: r.Team.ID, Name: r.Team.Name}, "", "  ")
	one := content{path: folder(r) + "/team.json", mode: 0o644, data: append(data, '\n')}
	if r.Kind == reports.ToLeader {
		one.mode = mode(r.Reader)
	}
	return one, err
}

// writeIndex looks at the folder itself, so that an index is right whoever
// wrote the reports, and whatever was deleted since. Each reader has an index of
// their own, which links nobody else's reports.
func writeIndex(root *os.Root, reader finding.Audience) error {
	shelves, err := listTeams(root, mark(reader))
	if err != nil {
		return err
	}
	index := reports.Index{Title: "Weekly reports", Shelves: shelves}
	var b strings.Builder
	if err := reports.IndexHTML(&b, index); err != nil {
		return err
	}
	return replace(root, content{path: "index" + mark(reader) + ".html", mode: mode(reader), data: []byte(b.String())})
}

func listTeams(root *os.Root, mark string) ([]reports.Shelf, error) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var out []reports.Shelf
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		s, err := listTeam(root, e.Name(), mark)
		if err != nil {
			return nil, err
		}
		if len(s.Weeks) > 0 {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b reports.Shelf) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return out, nil
}

// listTeam lists the weeks of a team that have a report with the reader's mark,
// newest first.
func listTeam(root *os.Root, folder, mark string) (reports.Shelf, error) {
	s := reports.Shelf{Name: nameOf(root, folder)}
	entries, err := fs.ReadDir(root.FS(), folder)
	if err != nil {
		return s, err
	}
	for _, e := range slices.Backward(entries) {
		week, rest, _ := strings.Cut(e.Name(), ".")
		format, marked := strings.CutPrefix("."+rest, mark+".")
		if !isWeek(week) || !marked || format == "" || strings.Contains(format, ".") {
			continue
		}
		link := reports.IndexLink{Week: week, Path: path.Join(folder, e.Name())}
		switch last := len(s.Weeks) - 1; {
		case last >= 0 && s.Weeks[last].Week == week && format == "html":
			s.Weeks[last] = link
		case last < 0 || s.Weeks[last].Week != week:
			s.Weeks = append(s.Weeks, link)
		}
	}
	s.Weeks = s.Weeks[:min(latestWeeks, len(s.Weeks))]
	return s, nil
}

// nameOf is what the team is called; its folder's name where that is not known.
func nameOf(root *os.Root, folder string) string {
	var t team
	data, err := root.ReadFile(path.Join(folder, "team.json"))
	if err != nil || json.Unmarshal(data, &t) != nil {
		return folder
	}
	return cmp.Or(t.Name, t.ID, folder)
}

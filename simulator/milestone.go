package simulator

import "time"

// Milestone is a stage of a Linear project.
type Milestone struct {
	Name    string
	Target  string // 2006-01-02; empty: no date
	Project *Issue

	number  int
	created time.Time
}

// AddMilestone gives a Linear project, named by its key, a milestone; target is
// 2006-01-02 or empty.
func (w *World) AddMilestone(project, name, target string) *Milestone {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.must(project)
	m := &Milestone{Name: name, Target: target, Project: p, number: w.id(), created: w.now}
	p.milestones = append(p.milestones, m)
	p.Updated = w.now
	return m
}

// SetMilestone puts a Linear issue under a milestone of its project; nil takes
// it away.
func (a Actor) SetMilestone(key string, m *Milestone) {
	a.edit(key, func(i *Issue) []Item {
		before := i.Milestone
		i.Milestone = m
		return changed(FieldMilestone, before, m)
	})
}

// Join makes somebody a member of a Linear project, which leaves no history.
func (a Actor) Join(project, handle string) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	p := a.w.must(project)
	p.Members = append(p.Members, a.w.somebody(handle))
	p.Updated = a.w.now
}

// Report writes an update of a Linear project or initiative: how it stands
// (onTrack, atRisk, offTrack) and what there is to say.
func (a Actor) Report(key, health, body string) {
	c := a.Comment(key, body)
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	c.health = health
}

func (m *Milestone) gqlID() string { return uuid("milestone", m.number) }

func (m *Milestone) moments() lifetime { return lifetime{created: m.created, updated: m.created} }

// milestoneFields are those of ProjectMilestone.
func milestoneFields() map[string]gqlField {
	return common[*Milestone](map[string]gqlField{
		"name":        value(func(m *Milestone) any { return m.Name }),
		"description": value(func(*Milestone) any { return nil }),
		"targetDate":  text(func(m *Milestone) string { return m.Target }),
		"sortOrder":   value(func(m *Milestone) any { return float64(m.number) }),
		"progress":    value(func(*Milestone) any { return 0.0 }),
		"project":     one("Project", func(_ *linear, m *Milestone) *Issue { return m.Project }),
		"status": {get: func(l *linear, v any, _ map[string]any) (any, error) {
			return v.(*Milestone).status(l.w.now), nil
		}},
		"issues": many("Issue", func(l *linear, m *Milestone) []*Issue {
			return l.ofType(func(i *Issue) bool { return i.Milestone == m })
		}),
	})
}

func (m *Milestone) status(now time.Time) string {
	if m.Target != "" && m.Target < now.Format(time.DateOnly) {
		return "overdue"
	}
	return "unstarted"
}

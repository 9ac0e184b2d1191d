package dashboard

import (
	"net/http"
	"net/url"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// visit is one request, with what every page needs to know of it.
type visit struct {
	s      *server
	w      http.ResponseWriter
	r      *http.Request
	viewer Viewer
	access Access
	dir    *org.Directory
	now    time.Time

	found  *finding.Finding // the one in the address, once admit has let it through
	waiver *finding.Waiver  // likewise
	trial  *Experiment      // likewise
	asked  asked            // the query of the API, checked
}

func (s *server) visit(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{s: s, w: w, r: r, viewer: ViewerOf(r.Context()), dir: s.Data.Directory(), now: s.Now()}
	v.access = AccessOf(v.dir, v.viewer, v.now)
	return v
}

// log is the log for lines about this request.
func (v *visit) log() *zap.Logger { return LogOf(v.r.Context(), v.s.Log) }

// admit reports why the viewer may not have what the address names; nil when they
// may. What is not for somebody is answered like what is not there wherever its
// name could not be known to them otherwise.
func (v *visit) admit(who Who, scope Scope) error {
	if who == Anyone {
		return nil
	}
	if v.viewer.IsZero() {
		return v.notSignedIn()
	}
	if !v.access.Known() {
		return v.notKnown()
	}
	if !Allows(v.r.Context(), scope) {
		return notOfToken
	}
	switch who {
	case Known:
		return nil
	case OfTeam, InTeam, OfAgreements, ChangesTeam:
		return v.admitTeam(who)
	case OfOrganisation:
		return allowed(v.seesOrganisation(), notYours)
	case OfFinding, ChangesFinding:
		return v.admitFinding(who)
	case ChangesSomething:
		return allowed(v.changesSomething(), notYoursToChange)
	case ChangesWaiver:
		return v.admitWaiver()
	case ChangesExperiment:
		return v.admitExperiment()
	case Configures:
		return allowed(v.access.Configures(), notYours)
	case ReadsMetrics:
		return allowed(v.access.Configures() || hasScope(v.r.Context(), ScopeMetrics), notYours)
	}
	return notYours // a route that forgets to say whom it is for is for nobody
}

func allowed(may bool, otherwise problem) error {
	if may {
		return nil
	}
	return otherwise
}

func (v *visit) admitTeam(who Who) error {
	team := v.r.PathValue("team")
	if _, known := v.dir.Team(team); !known {
		return notThere
	}
	switch who {
	case InTeam:
		return allowed(v.inTeam(team), notYours)
	case ChangesTeam:
		return allowed(v.access.Changes(team), notYoursToChange)
	case OfAgreements:
		return allowed(v.access.SeesTeam(team) || v.access.Configures(), notYours)
	}
	return allowed(v.access.SeesTeam(team), notYours)
}

func (v *visit) admitFinding(who Who) error {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	f, ok := l.Finding(finding.ID(v.r.PathValue("id")))
	if !ok || !v.access.SeesAudience(f.Team, f.Audience) {
		return noFinding
	}
	v.found = f
	if who == ChangesFinding {
		return allowed(v.access.Changes(f.Team), notYoursToChange)
	}
	return nil
}

func (v *visit) admitWaiver() error {
	all, err := v.s.Data.Waivers(v.r.Context())
	if err != nil {
		return err
	}
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].ID == v.r.PathValue("waiver") && v.changesAll(l, &all[i]) {
			v.waiver = &all[i]
			return nil
		}
	}
	return notThere
}

func (v *visit) admitExperiment() error {
	e, err := v.experimentAsked()
	if err != nil {
		return err
	}
	v.trial = e
	return allowed(v.access.Changes(e.Team), notYoursToChange)
}

// changesAll reports whether the viewer may change everything that a waiver covers.
// One that covers nothing now is for whoever gave it, and for those who configure.
func (v *visit) changesAll(l *Ledger, w *finding.Waiver) bool {
	b := l.CoveredBy(w, func(*finding.Finding) bool { return false }, 0)
	if len(b.Teams) == 0 {
		return w.By == v.viewer.Person || v.access.Configures()
	}
	return v.changesTeams(b.Teams)
}

func (v *visit) changesTeams(teams []string) bool {
	for _, team := range teams {
		if !v.access.Changes(team) {
			return false
		}
	}
	return true
}

// inTeam reports whether the viewer sees a team's findings by their names.
func (v *visit) inTeam(team string) bool { return v.access.SeesAudience(team, finding.ForTeam) }

// seesOrganisation reports whether the viewer may see numbers of all teams together.
// Who sees one team with names may not also be told what is left without it; so it
// is for those who lead, and for those who configure and stand in no team.
func (v *visit) seesOrganisation() bool { return v.access.SeesTeam("") }

func (v *visit) changesSomething() bool {
	return v.access.Configures() || len(v.changeable()) > 0
}

// changeable are the teams that the viewer may change.
func (v *visit) changeable() []*org.Team {
	return v.teamsThat(v.access.Changes)
}

// named are the teams whose findings the viewer sees by name.
func (v *visit) named() []*org.Team { return v.teamsThat(v.inTeam) }

// teamsThat lists the teams there are now of which it is so, ordered by name.
func (v *visit) teamsThat(holds func(id string) bool) []*org.Team {
	var out []*org.Team
	teams := v.dir.Teams()
	for i := range teams {
		if teams[i].Existed.Holds(v.now) && holds(teams[i].ID) {
			out = append(out, &teams[i])
		}
	}
	return byName(out)
}

// query reads a parameter of the address, one line of it.
func (v *visit) query(name string) string { return v.r.URL.Query().Get(name) }

// with is the address of this page with a parameter set, or without it where the
// value is empty.
func with(q url.Values, name, value string) url.Values {
	out := url.Values{}
	for k, all := range q {
		if k != name && k != "page" && len(all) > 0 && all[0] != "" {
			out.Set(k, all[0])
		}
	}
	if value != "" {
		out.Set(name, value)
	}
	return out
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

package simulator

import (
	"net/http"
	"slices"
	"strconv"
)

// agilePage is how many boards or sprints come at once, whatever is asked for.
const agilePage = 50

func (j *jira) agileRoutes() {
	j.mux.HandleFunc("GET /rest/agile/1.0/board", j.boards)
	j.mux.HandleFunc("GET /rest/agile/1.0/board/{board}", j.board)
	j.mux.HandleFunc("GET /rest/agile/1.0/board/{board}/sprint", j.boardSprints)
	j.mux.HandleFunc("GET /rest/agile/1.0/sprint/{sprint}", j.sprint)
}

func (j *jira) boards(w http.ResponseWriter, r *http.Request) {
	project, kind := r.URL.Query().Get("projectKeyOrId"), r.URL.Query().Get("type")
	known := project == ""
	var all []obj
	for _, s := range j.w.spaces {
		if !j.o.shows(s.Key) || (project != "" && project != s.Key && project != strconv.Itoa(s.number)) {
			continue
		}
		known = true
		for _, b := range s.boards {
			if o := j.renderBoard(r, b); kind == "" || o["type"] == kind {
				all = append(all, o)
			}
		}
	}
	if !known {
		jiraError(w, http.StatusBadRequest, "No project could be found with key or id '"+project+"'.")
		return
	}
	j.agilePage(w, r, all)
}

// agilePage answers with one page of the values.
func (j *jira) agilePage(w http.ResponseWriter, r *http.Request, all []obj) {
	start, size := number(r, "startAt", 0), min(number(r, "maxResults", agilePage), agilePage)
	page := all[min(start, len(all)):min(start+size, len(all))]
	reply(w, obj{
		"startAt": start, "maxResults": size, "total": len(all),
		"isLast": start+len(page) >= len(all), "values": append([]obj{}, page...),
	})
}

func (j *jira) renderBoard(r *http.Request, b *Board) obj {
	kind := "scrum"
	if b.Kanban {
		kind = "kanban"
	}
	return obj{
		"id": b.number, "self": j.self(r, "agile/1.0/board", strconv.Itoa(b.number)), "name": b.Name, "type": kind,
		"location": obj{
			"projectId": b.Space.number, "projectKey": b.Space.Key, "projectName": b.Space.Name,
			"displayName": b.Space.Name + " (" + b.Space.Key + ")", "projectTypeKey": "software", "name": b.Space.Name,
		},
	}
}

// askedBoard finds the board the path names, or answers 404.
func (j *jira) askedBoard(w http.ResponseWriter, r *http.Request) (*Board, bool) {
	for _, s := range j.w.spaces {
		for _, b := range s.boards {
			if j.o.shows(s.Key) && strconv.Itoa(b.number) == r.PathValue("board") {
				return b, true
			}
		}
	}
	jiraError(w, http.StatusNotFound, "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.")
	return nil, false
}

func (j *jira) board(w http.ResponseWriter, r *http.Request) {
	if b, ok := j.askedBoard(w, r); ok {
		reply(w, j.renderBoard(r, b))
	}
}

func (j *jira) boardSprints(w http.ResponseWriter, r *http.Request) {
	b, ok := j.askedBoard(w, r)
	if !ok {
		return
	}
	if b.Kanban {
		jiraError(w, http.StatusBadRequest, "The board does not support sprints")
		return
	}
	states := list(r.URL.Query().Get("state"))
	var all []obj
	for _, s := range b.Space.sprints {
		if b == b.Space.board() && (len(states) == 0 || slices.Contains(states, s.state())) {
			all = append(all, j.renderSprint(r, s))
		}
	}
	j.agilePage(w, r, all)
}

func (j *jira) renderSprint(r *http.Request, s *Sprint) obj {
	o := obj{
		"id": s.number, "self": j.self(r, "agile/1.0/sprint", s.ID()), "state": s.state(), "name": s.Name, "goal": s.Goal,
		"createdDate": instant(s.created),
	}
	if b := s.Space.board(); b != nil {
		o["originBoardId"] = b.number
	}
	addSprintDates(o, s)
	if !s.started.IsZero() {
		o["activatedDate"] = instant(s.started)
	}
	return o
}

func (j *jira) sprint(w http.ResponseWriter, r *http.Request) {
	for _, s := range j.w.spaces {
		for _, sp := range s.sprints {
			if j.o.shows(s.Key) && sp.ID() == r.PathValue("sprint") {
				reply(w, j.renderSprint(r, sp))
				return
			}
		}
	}
	jiraError(w, http.StatusNotFound, "Sprint does not exist.")
}

package api

import "time"

// Teams is a page of a list, by name.
type Teams struct {
	Teams []Team `json:"teams"`
	Page
}

// Team is a team that there is now.
type Team struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Self string `json:"self"`
	// EMs are who has the seat now.
	EMs []Person `json:"ems"`
	// PMs are who has the seat now.
	PMs []Person `json:"pms"`
	// People is how many have a seat now.
	People int `json:"people"`
	// PartOf is the id of the team that it is a part of.
	PartOf   string `json:"part_of,omitempty"`
	TimeZone string `json:"time_zone"`
	// Agreements is how many are in force.
	Agreements int `json:"agreements"`
	// Numbers are missing where they are not told to the viewer.
	Numbers *TeamNumbers `json:"numbers,omitempty"`
}

// Person is somebody in the directory.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// TeamNumbers are the numbers of a team now.
type TeamNumbers struct {
	// Open is how many findings are open that the whole team may see.
	Open int `json:"open"`
	// Rules are those with something open, the most first; missing in lists.
	Rules []RuleCount `json:"rules,omitempty"`
}

// RuleCount is how much is open of a rule.
type RuleCount struct {
	Rule string `json:"rule"`
	Open int    `json:"open"`
}

// Rules is a page of a list, by id.
type Rules struct {
	Rules []Rule `json:"rules"`
	Page
}

// Rule is something that fairlead looks for.
type Rule struct {
	ID        string `json:"id"`
	Self      string `json:"self"`
	Title     string `json:"title"`
	FaultLine string `json:"fault_line"`
	Severity  string `json:"severity"`
	Audience  string `json:"audience"`
	// Why says why it matters.
	Why     string `json:"why"`
	Promise string `json:"promise"`
	// Replays says whether past weeks can be computed from history: yes, partly or no.
	Replays string `json:"replays"`
	// Open is how many findings are open in the teams whose numbers are told to the viewer; missing in lists, and where nothing may be told.
	Open *int `json:"open,omitempty"`
	// Votes are missing in lists, and where there are fewer than five.
	Votes *Votes `json:"votes,omitempty"`
}

// Votes are counts of what people think of a rule's findings.
type Votes struct {
	Useful    int `json:"useful"`
	NotUseful int `json:"not_useful"`
}

// Agreements is a page of what is agreed, by rule.
type Agreements struct {
	// Managed says where agreements are kept when that is not here.
	Managed    string      `json:"managed,omitempty"`
	Agreements []Agreement `json:"agreements"`
	Page
}

// Agreement is a rule as a team, or the organisation, has agreed it.
type Agreement struct {
	Rule string `json:"rule"`
	Self string `json:"self"`
	// Team is missing for the organisation.
	Team string `json:"team,omitempty"`
	// On is false where nobody looks.
	On      bool   `json:"on"`
	Promise string `json:"promise"`
	Ask     string `json:"ask"`
	Because string `json:"because,omitempty"`
	// Stage is watch, report or remind.
	Stage string `json:"stage" jsonschema:"enum=watch,enum=report,enum=remind"`
	// Tell says who sees findings with names: em, em-pm, team or org.
	Tell string `json:"tell" jsonschema:"enum=em,enum=em-pm,enum=team,enum=org"`
	// From says who agreed: team, organisation, or shipped for nobody yet.
	From string `json:"from"`
	// ReviewOn is the day to talk about it again.
	ReviewOn string `json:"review_on,omitempty" jsonschema:"format=date"`
	// ExceptLabels and ExceptProjects are what it does not look at.
	ExceptLabels   []string  `json:"except_labels"`
	ExceptProjects []string  `json:"except_projects"`
	Settings       []Setting `json:"settings"`
	// Condition is in CEL; missing in lists.
	Condition string `json:"condition,omitempty"`
	// Revisions are how it changed, latest first; missing in lists.
	Revisions []Revision `json:"revisions,omitempty"`
	// Changes says that the viewer may change it.
	Changes bool `json:"changes"`
}

// Setting is a setting as it holds in an agreement.
type Setting struct {
	Name string `json:"name"`
	Help string `json:"help"`
	// Value is as a file would hold it.
	Value string `json:"value"`
	// Default is what ships.
	Default string `json:"default"`
	Unit    string `json:"unit,omitempty"`
	// From says who set it: team, organisation or shipped.
	From string `json:"from"`
	// Pinned says that no team sets it otherwise.
	Pinned bool `json:"pinned,omitempty"`
}

// Revision is a change of an agreement.
type Revision struct {
	// Number is its own among all changes made here; missing where it came from a file.
	Number int64     `json:"number,omitempty"`
	At     time.Time `json:"at"`
	// By is the id of who changed it; missing when it came from a file.
	By     string `json:"by,omitempty"`
	ByName string `json:"by_name,omitempty"`
	// Team is missing for the organisation.
	Team string `json:"team,omitempty"`
	Text string `json:"text"`
	Why  string `json:"why,omitempty"`
}

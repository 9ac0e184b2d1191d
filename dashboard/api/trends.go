package api

import "time"

// Trends are numbers week by week.
type Trends struct {
	// Weeks are ISO weeks, oldest first; the last one still runs.
	Weeks []string `json:"weeks"`
	// Series are the measures that were asked for, in that order: first of all together, then of single teams where those are told.
	Series []Series `json:"series"`
}

// Series is a measure of some teams, week by week.
type Series struct {
	Measure string `json:"measure"`
	// Name is what to call the teams together.
	Name string `json:"name"`
	// Teams are whose numbers these are.
	Teams []string `json:"teams"`
	// Values are one for each week; null where it is not known or not told.
	Values []*float64 `json:"values"`
}

// Experiments is a page of a list, those that began last first.
type Experiments struct {
	// Managed says where experiments are kept when that is not here.
	Managed     string       `json:"managed,omitempty"`
	Experiments []Experiment `json:"experiments"`
	Page
}

// Experiment is a process change with a prediction.
type Experiment struct {
	ID         string `json:"id"`
	Self       string `json:"self"`
	Name       string `json:"name"`
	Hypothesis string `json:"hypothesis"`
	// Team is missing where it is about every team.
	Team    string `json:"team,omitempty"`
	Measure string `json:"measure"`
	// Expect is what should become of the measure: "down by half".
	Expect string `json:"expect"`
	// Guardrail is what is to be left alone, in words.
	Guardrail string `json:"guardrail,omitempty"`
	Start     string `json:"start" jsonschema:"format=date"`
	// End is missing while nobody has said when.
	End string `json:"end,omitempty" jsonschema:"format=date"`
	// Running says that today is one of its days.
	Running bool `json:"running"`
	// Managed is the place in a file where it is kept; missing where it was begun here, and for who
	// may not change it.
	Managed string `json:"managed,omitempty"`
	// Ended is there when somebody ended it before its last day.
	Ended *EndedEarly `json:"ended,omitempty"`
	// Outcome is missing where it is not told to the viewer.
	Outcome *Outcome `json:"outcome,omitempty"`
}

// EndedEarly is how an experiment came to end before the day that was planned.
type EndedEarly struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	ByName string    `json:"by_name"`
	Why    string    `json:"why"`
	// Planned was its last day; missing where nobody had said one.
	Planned string `json:"planned,omitempty" jsonschema:"format=date"`
}

// Outcome is what has come of an experiment up to now.
type Outcome struct {
	// Verdict is moved as expected, moved the other way, not moved, or too little data.
	Verdict string `json:"verdict"`
	// Text tells it in a sentence or two.
	Text string `json:"text"`
	// Guarded is what has come of the guardrail.
	Guarded string `json:"guarded,omitempty"`
	// Before and After are the weeks that were compared.
	Before *Compared `json:"before,omitempty"`
	After  *Compared `json:"after,omitempty"`
}

// Compared is one of two stretches of weeks.
type Compared struct {
	First string `json:"first"`
	Last  string `json:"last"`
	// Known is of how many weeks the number is known.
	Known int `json:"known"`
	// Mean is missing when it is known of none.
	Mean *float64 `json:"mean,omitempty"`
}

// Reports is a page of the archive: the organisation's first, then by team, the latest first.
type Reports struct {
	Reports []Archived `json:"reports"`
	Page
}

// Archived is a weekly report that can be read.
type Archived struct {
	Self string `json:"self"`
	// Team is missing for the organisation.
	Team string `json:"team,omitempty"`
	Week string `json:"week"`
	// Running says that the week still runs, so that this is a preview.
	Running bool `json:"running"`
}

// Begin is a new experiment.
type Begin struct {
	Name       string `json:"name" jsonschema:"minLength=1,maxLength=2000"`
	Hypothesis string `json:"hypothesis" jsonschema:"minLength=1,maxLength=2000"`
	// Team is missing where it is about every team.
	Team    string `json:"team,omitempty"`
	Measure string `json:"measure"`
	// Expect is by how much it should move: "down by half".
	Expect string `json:"expect"`
	// Guardrail is a measure that is to be left alone.
	Guardrail string `json:"guardrail,omitempty"`
	// Guarded is what is expected of it: "not down by more than 20%".
	Guarded string `json:"guarded,omitempty"`
	Start   string `json:"start" jsonschema:"format=date"`
	End     string `json:"end" jsonschema:"format=date"`
}

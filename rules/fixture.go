package rules

// Test is a small world and what a rule should notice in it. It stands in the
// rule's own file; ruletest builds the world and looks.
type Test struct {
	Name     string         `json:"name" jsonschema:"required,minLength=1" jsonschema_description:"What it shows, as a plain sentence."`
	Tracker  string         `json:"tracker" jsonschema:"enum=jira,enum=linear" jsonschema_description:"Whose shape the work has; jira when left out."`
	Now      string         `json:"now" jsonschema_description:"The moment looked at, like 2026-11-16 09:00 (UTC), which it is when left out."`
	Settings map[string]any `json:"settings" jsonschema_description:"Settings the team has agreed; others as shipped."`
	People   []TestPerson   `json:"people" jsonschema_description:"People beside the usual cast: EM lee, PM sam, engineers mina and jo in team payments, director dana above, bot ci; EM kit and engineer ola in team core."`
	Away     []TestAbsence  `json:"away" jsonschema_description:"Who is away."`
	NoEM     bool           `json:"no_em" jsonschema_description:"Team payments has no EM."`
	Sprints  []TestSprint   `json:"sprints"`
	Tickets  []TestTicket   `json:"tickets" jsonschema:"required"`
	Expect   []Expectation  `json:"expect" jsonschema_description:"What is noticed, all of it; nothing when left out."`
}

// TestPerson is a person of a test beside the usual cast.
type TestPerson struct {
	ID      string `json:"id" jsonschema:"required"`
	Role    string `json:"role" jsonschema_description:"engineer, director, … none when left out."`
	Manager string `json:"manager" jsonschema_description:"Id of whom they report to."`
	Bot     bool   `json:"bot"`
}

// TestAbsence is who is away, and who stands in.
type TestAbsence struct {
	Person   string `json:"person" jsonschema:"required"`
	From     string `json:"from" jsonschema:"required" jsonschema_description:"Like 3 days ago, 50h ago, in 2 days, or 2026-11-10 14:00 (UTC)."`
	To       string `json:"to" jsonschema:"required"`
	Delegate string `json:"delegate"`
}

// TestSprint is a sprint or cycle of a test.
type TestSprint struct {
	ID    string `json:"id" jsonschema:"required"`
	Name  string `json:"name"`
	Goal  string `json:"goal"`
	State string `json:"state" jsonschema:"required,enum=future,enum=active,enum=closed"`
}

// TestTicket is a ticket of a test. In team payments' project unless it says
// otherwise.
type TestTicket struct {
	Key         string       `json:"key" jsonschema:"required"`
	Copies      int          `json:"copies" jsonschema:"minimum=1,maximum=1000" jsonschema_description:"So many tickets alike, created a second apart; their keys get -1, -2, …"`
	Kind        string       `json:"kind" jsonschema:"enum=feature,enum=bug,enum=task,enum=problem,enum=goal,enum=container,enum=action-item" jsonschema_description:"task when left out."`
	Title       string       `json:"title"`
	Description string       `json:"description"`
	Status      string       `json:"status" jsonschema_description:"The tracker's own word."`
	Category    string       `json:"category" jsonschema:"enum=backlog,enum=todo,enum=started,enum=done,enum=cancelled" jsonschema_description:"todo when left out."`
	Core        bool         `json:"core" jsonschema_description:"It belongs to team core instead of payments."`
	Nobodys     bool         `json:"nobodys" jsonschema_description:"It belongs to no team."`
	Creator     string       `json:"creator" jsonschema_description:"Id of a person, or any account name; mina when left out."`
	Assignee    string       `json:"assignee" jsonschema_description:"Who it is assigned to since it was created; changes of that stand in changes."`
	Created     string       `json:"created" jsonschema_description:"30 days ago when left out."`
	Parent      string       `json:"parent" jsonschema_description:"Key of the ticket above."`
	In          []string     `json:"in" jsonschema_description:"Keys of what else holds it: the project of an issue, the initiatives of a project."`
	Links       []TestLink   `json:"links"`
	Sprints     []string     `json:"sprints" jsonschema_description:"Ids of the sprints it is planned into."`
	Needs       int          `json:"needs" jsonschema:"minimum=0,maximum=100" jsonschema_description:"How many customer needs ask for it."`
	Mentions    []string     `json:"mentions" jsonschema_description:"Who is mentioned in the description."`
	Watchers    []string     `json:"watchers"`
	Changes     []TestChange `json:"changes"`
	Comments    []TestRemark `json:"comments"`
}

// TestLink is a link of a test's ticket.
type TestLink struct {
	Kind   string `json:"kind" jsonschema:"required"`
	To     string `json:"to" jsonschema:"required" jsonschema_description:"Key of the other ticket."`
	ToKind string `json:"to_kind" jsonschema_description:"The other ticket's kind, as told with the link."`
}

// TestChange is an entry of a ticket's history.
type TestChange struct {
	At    string `json:"at" jsonschema:"required" jsonschema_description:"Like 3 days ago, 50h ago, or 2026-11-10 14:00 (UTC)."`
	By    string `json:"by" jsonschema_description:"Id of a person, or any account name; the tracker names nobody when left out."`
	Field string `json:"field" jsonschema:"required,enum=assignee,enum=status,enum=title,enum=due,enum=label,enum=other"`
	To    string `json:"to" jsonschema_description:"The new value: for an assignee the id of a person, nobody when left out; for a status one of the categories."`
}

// TestRemark is a comment.
type TestRemark struct {
	At       string   `json:"at" jsonschema:"required"`
	By       string   `json:"by" jsonschema:"required"`
	Mentions []string `json:"mentions"`
}

// Expectation is a finding that a test expects.
type Expectation struct {
	About    string            `json:"about" jsonschema:"required" jsonschema_description:"Key of the ticket, or name of the sprint."`
	Tickets  []string          `json:"tickets" jsonschema_description:"Keys of the tickets concerned; not looked at when left out."`
	Team     string            `json:"team" jsonschema_description:"Team told; not looked at when left out."`
	Says     string            `json:"says" jsonschema_description:"Words that stand in the message."`
	Evidence map[string]string `json:"evidence" jsonschema_description:"Facts shown and their values, some or all."`
}

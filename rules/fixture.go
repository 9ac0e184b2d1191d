package rules

// Test is a small world and what a rule should notice in it. It stands in the
// rule's own file; ruletest builds the world and looks.
type Test struct {
	Rule     string            `json:"rule" jsonschema_description:"In a file of tests: id of the rule it is about. Left out in a rule's own file."`
	Name     string            `json:"name" jsonschema:"required,minLength=1" jsonschema_description:"What it shows, as a plain sentence."`
	Tracker  string            `json:"tracker" jsonschema:"enum=jira,enum=linear" jsonschema_description:"Whose shape the work has; jira when left out."`
	Now      string            `json:"now" jsonschema_description:"The moment looked at, like 2026-11-16 09:00 (UTC), which it is when left out."`
	Settings map[string]any    `json:"settings" jsonschema_description:"Settings the team has agreed; others as shipped."`
	People   []TestPerson      `json:"people" jsonschema_description:"People beside the usual cast: EM lee, PM sam, engineers mina and jo in team payments, director dana above, bot ci; EM kit and engineer ola in team core."`
	Accounts map[string]string `json:"accounts" jsonschema_description:"Further accounts of people in the trackers, each with the id of whose it is, like lee.old: lee."`
	Away     []TestAbsence     `json:"away" jsonschema_description:"Who is away."`
	NoEM     bool              `json:"no_em" jsonschema_description:"Team payments has no EM."`
	NoPM     bool              `json:"no_pm" jsonschema_description:"Team payments has no PM."`
	Holidays []string          `json:"holidays" jsonschema_description:"Days on which team payments does not work, like 2026-12-25."`
	Rituals  []TestRitual      `json:"rituals" jsonschema_description:"What team payments declared to meet for."`
	Sprints  []TestSprint      `json:"sprints"`
	Tickets  []TestTicket      `json:"tickets" jsonschema:"required"`
	Expect   []Expectation     `json:"expect" jsonschema_description:"What is noticed, all of it; nothing when left out."`
}

// TestPerson is a person of a test beside the usual cast.
type TestPerson struct {
	ID      string `json:"id" jsonschema:"required"`
	Role    string `json:"role" jsonschema_description:"engineer, director, … none when left out."`
	Until   string `json:"until" jsonschema_description:"When the role ended, like 3 days ago."`
	Manager string `json:"manager" jsonschema_description:"Id of whom they report to."`
	Member  bool   `json:"member" jsonschema_description:"A member of team payments."`
	PM      bool   `json:"pm" jsonschema_description:"A PM of team payments, beside sam."`
	EM      bool   `json:"em" jsonschema_description:"The EM of team payments, instead of lee."`
	Bot     bool   `json:"bot"`
}

// TestRitual is a declared ritual of a test.
type TestRitual struct {
	Name     string   `json:"name" jsonschema:"required"`
	Every    string   `json:"every" jsonschema:"required" jsonschema_description:"Like 2 weeks."`
	Label    string   `json:"label" jsonschema_description:"Label of the tickets that show that it took place."`
	Title    string   `json:"title" jsonschema_description:"Words in the title of the tickets or calendar entries that show it."`
	Update   bool     `json:"update" jsonschema_description:"The owner's update of a project or epic shows it."`
	Calendar bool     `json:"calendar" jsonschema_description:"A calendar is named."`
	Held     []string `json:"held" jsonschema_description:"When its calendar entries began, like 9 days ago."`
	Unread   string   `json:"unread" jsonschema_description:"Why the calendar could not be read."`
	Since    string   `json:"since" jsonschema_description:"When the team declared it; not known when left out."`
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
	Start string `json:"start" jsonschema_description:"When left out: 5 days ago for an active one, in 9 days for a future one, 19 days ago for a closed one."`
	End   string `json:"end" jsonschema_description:"When left out: two weeks after the start."`
	Team  string `json:"team" jsonschema:"enum=payments,enum=core" jsonschema_description:"Whose board or Linear team it is; nobody claims it when left out."`
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
	Type        string       `json:"type" jsonschema_description:"The tracker's own word for the kind."`
	Priority    string       `json:"priority" jsonschema:"enum=urgent,enum=high,enum=medium,enum=low,enum=none" jsonschema_description:"none when left out; as it was when created, like all the others that changes can name."`
	Estimate    *float64     `json:"estimate" jsonschema_description:"Points when created."`
	Due         string       `json:"due" jsonschema_description:"Due date when created: 2026-11-20, or a moment like in 3 days."`
	Labels      []string     `json:"labels"`
	Components  []string     `json:"components"`
	Category    string       `json:"category" jsonschema:"enum=backlog,enum=todo,enum=started,enum=done,enum=cancelled" jsonschema_description:"todo when left out."`
	Core        bool         `json:"core" jsonschema_description:"It belongs to team core instead of payments."`
	Nobodys     bool         `json:"nobodys" jsonschema_description:"It belongs to no team."`
	Creator     string       `json:"creator" jsonschema_description:"Id of a person, or any account name; mina when left out."`
	Assignee    string       `json:"assignee" jsonschema_description:"Who it is assigned to since it was created; changes of that stand in changes."`
	Inactive    bool         `json:"inactive" jsonschema_description:"The tracker says that the assignee's account is switched off."`
	Created     string       `json:"created" jsonschema_description:"30 days ago when left out."`
	Started     string       `json:"started" jsonschema_description:"When work began, where no change of the status tells; for a ticket whose category is started, when it was created."`
	Released    bool         `json:"released" jsonschema_description:"A version or milestone it is meant for is out."`
	Resolved    string       `json:"resolved" jsonschema_description:"When it was done or cancelled, where no change of the status tells."`
	Parent      string       `json:"parent" jsonschema_description:"Key of the ticket above."`
	In          []string     `json:"in" jsonschema_description:"Keys of what else holds it: the project of an issue, the initiatives of a project."`
	Links       []TestLink   `json:"links"`
	Papers      []TestPaper  `json:"papers" jsonschema_description:"What it points at outside the tracker."`
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

// TestPaper is something outside the tracker.
type TestPaper struct {
	Title string `json:"title"`
	URL   string `json:"url" jsonschema:"required"`
}

// TestChange is an entry of a ticket's history.
type TestChange struct {
	At    string `json:"at" jsonschema:"required" jsonschema_description:"Like 3 days ago, 50h ago, or 2026-11-10 14:00 (UTC)."`
	By    string `json:"by" jsonschema_description:"Id of a person, or any account name; the tracker names nobody when left out."`
	Field string `json:"field" jsonschema:"required,enum=assignee,enum=status,enum=title,enum=description,enum=due,enum=estimate,enum=priority,enum=sprint,enum=label,enum=component,enum=kind,enum=parent,enum=link,enum=container,enum=other"`
	To    string `json:"to" jsonschema_description:"The new value, none when left out: for an assignee the id of a person; for a status one of the categories; for a due date 2026-11-20 or a moment like in 3 days; for sprints, labels and components all of them after the change, with commas; for a description how many characters it has after it; for a parent or container its key; for a link the other ticket's key."`
	From  string `json:"from" jsonschema_description:"For a description: how many characters it had before."`
	Same  bool   `json:"same" jsonschema_description:"Part of the same act as the change before it: made in the same moment."`
}

// TestRemark is a comment.
type TestRemark struct {
	At       string   `json:"at" jsonschema:"required"`
	By       string   `json:"by" jsonschema:"required"`
	Mentions []string `json:"mentions"`
}

// Expectation is a finding that a test expects.
type Expectation struct {
	About    string            `json:"about" jsonschema:"required" jsonschema_description:"Key of the ticket, or name of the sprint, area, role, team, ritual or plan."`
	Tickets  []string          `json:"tickets" jsonschema_description:"Keys of the tickets concerned; not looked at when left out."`
	Team     string            `json:"team" jsonschema_description:"Team told; not looked at when left out."`
	Says     string            `json:"says" jsonschema_description:"Words that stand in the message."`
	Evidence map[string]string `json:"evidence" jsonschema_description:"Facts shown and their values, some or all."`
	Labels   []string          `json:"labels" jsonschema_description:"Labels of the ticket it is about, all of them; not looked at when left out."`
	Mirror   *ExpectedMirror   `json:"mirror" jsonschema_description:"The sentence for a leader alone; {} for none. Not looked at when left out."`
}

// ExpectedMirror is the mirror sentence that a test expects.
type ExpectedMirror struct {
	To   string `json:"to" jsonschema_description:"Id of the person it is for; empty for nobody."`
	Says string `json:"says" jsonschema_description:"Words that stand in it."`
}

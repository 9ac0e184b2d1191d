package config

// experimentEntry is a process change with a prediction.
type experimentEntry struct {
	Name       string         `json:"name" jsonschema:"required,minLength=1,maxLength=80,example=Co-written sprint goals" jsonschema_description:"What is tried out."`
	Hypothesis string         `json:"hypothesis" jsonschema:"minLength=1" jsonschema_description:"Why it should help: if we do this, then that happens."`
	Measure    string         `json:"measure" jsonschema:"required,minLength=1,example=work-without-sprint-goal" jsonschema_description:"What should move: the id of a rule (its open exceptions at the end of each week), a measure of docs/trends.md such as cycle-time-median, or outside: and the name of a number."`
	Expect     string         `json:"expect" jsonschema:"required,minLength=1,example=down by half" jsonschema_description:"How it should move: down by half, down by 30%, up by 2, up, below 3, above 80%, no change."`
	Guardrail  guardrailEntry `json:"guardrail" jsonschema_description:"A number that must be left alone."`
	Start      day            `json:"start" jsonschema:"required" jsonschema_description:"First day, in the team's time zone. Begin on the first day of a week, so that none is half this and half that."`
	End        day            `json:"end" jsonschema:"required" jsonschema_description:"Last day, in the team's time zone."`
}

type guardrailEntry struct {
	Measure string `json:"measure" jsonschema:"required,minLength=1,example=throughput" jsonschema_description:"What must be left alone, named as above."`
	Expect  string `json:"expect" jsonschema:"required,minLength=1,example=not down by more than 20%" jsonschema_description:"What is allowed: not up by more than 20%, not down by more than 2, not up, below 3, above 80%, no change."`
}

// prometheusEntry is where outside numbers are asked for.
type prometheusEntry struct {
	URL          string          `json:"url" jsonschema:"required,minLength=1,example=https://prometheus.acme.example" jsonschema_description:"Address of the Prometheus server, or of anything that answers its HTTP API."`
	Token        reference       `json:"token" jsonschema_description:"The environment variable that holds a bearer token, as ${NAME}."`
	TokenFile    string          `json:"token_file" jsonschema:"minLength=1" jsonschema_description:"A file that holds the bearer token and nothing else, relative to this file."`
	User         string          `json:"user" jsonschema:"minLength=1" jsonschema_description:"User of basic authentication, together with password."`
	Password     secretReference `json:"password" jsonschema_description:"The environment variable that holds the password of basic authentication, as ${NAME}."`
	PasswordFile string          `json:"password_file" jsonschema:"minLength=1" jsonschema_description:"A file that holds the password and nothing else, relative to this file."`
}

// numberEntry is a number that comes from elsewhere.
type numberEntry struct {
	Name  string   `json:"name" jsonschema:"required,pattern=^[a-z][a-z0-9-]{0\\,39}$,example=deployments" jsonschema_description:"Short name in small letters; trends and experiments call it outside:NAME."`
	Query string   `json:"query" jsonschema:"required,minLength=1" jsonschema_description:"The PromQL query that gives one number at the end of a week. $team stands for the team's id, as a text, and $week for how long the week was, as a duration."`
	Unit  string   `json:"unit" jsonschema:"maxLength=20" jsonschema_description:"What it is counted in; when left out, things are counted."`
	Help  string   `json:"help" jsonschema_description:"What it says."`
	Teams textList `json:"teams" jsonschema_description:"Ids of the teams it is told of; not in a team's own file. When left out: every team for a query with $team, otherwise the organisation alone."`
}

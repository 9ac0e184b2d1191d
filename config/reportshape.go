package config

import (
	"github.com/invopop/jsonschema"
)

// reportEntry is one or several places for reports, of all teams or of some.
type reportEntry struct {
	To       textList        `json:"to" jsonschema:"required" jsonschema_description:"Where to, one or a list: file: and a folder, relative to this file; slack:#channel; slack:${NAME} for an incoming webhook, whose address the environment variable holds; email: and an address, a person's id, or em, pm, members or leaders; webhook: and an https address, or webhook:${NAME}."`
	For      string          `json:"for" jsonschema:"enum=team,enum=em-pm,enum=em,enum=org,enum=leader" jsonschema_description:"Who reads them there. em and em-pm also hold what only the EM, or EM and PM, may see: choose a place that nobody else reads. An e-mail never holds more than its reader may see. When left out: by e-mail what the reader may see, otherwise team."`
	Of       string          `json:"of" jsonschema:"enum=team,enum=organisation,enum=leader" jsonschema_description:"What they are about: each team's week, the organisation in aggregates, or what only one leader reads, each for themselves. When left out: leader for email:leaders, otherwise team."`
	Teams    textList        `json:"teams" jsonschema_description:"Ids of the teams whose reports go there. When left out: all."`
	Formats  []string        `json:"formats" jsonschema:"minItems=1,uniqueItems=true,enum=html,enum=markdown,enum=text,enum=json" jsonschema_description:"For file: the forms to write. When left out: html."`
	Secret   secretReference `json:"secret" jsonschema_description:"For webhook: the environment variable that holds the secret with which each request is signed, as ${NAME}."`
	Timezone string          `json:"timezone" jsonschema:"minLength=1,example=Europe/Berlin" jsonschema_description:"The zone of at and cron, by its IANA name. When left out: the team's; of the organisation and of leaders, UTC."`
	At       weekMoment      `json:"at" jsonschema:"default=Monday 09:00" jsonschema_description:"When in the week they leave: a day and a time. The report is of the last whole week before it."`
	Cron     string          `json:"cron" jsonschema:"minLength=1,example=30 8 * * 2" jsonschema_description:"Instead of at: a cron expression of five fields. There is one report a week however often it holds."`
	CatchUp  period          `json:"catch_up" jsonschema:"default=7d" jsonschema_description:"How late a report may leave when fairlead or the channel was down: hours (12h) or days (3d). What is later counts as missed, and doctor tells it."`
}

// teamReportEntry is where the team's own report goes.
type teamReportEntry struct {
	To      textList        `json:"to" jsonschema:"required" jsonschema_description:"Where to, one or a list, written as under reports of fairlead.yaml."`
	For     string          `json:"for" jsonschema:"enum=team,enum=em-pm,enum=em" jsonschema_description:"Who reads them there, as under reports of fairlead.yaml."`
	Formats []string        `json:"formats" jsonschema:"minItems=1,uniqueItems=true,enum=html,enum=markdown,enum=text,enum=json" jsonschema_description:"For file: the forms to write. When left out: html."`
	Secret  secretReference `json:"secret" jsonschema_description:"For webhook: the environment variable that holds the secret with which each request is signed, as ${NAME}."`
	At      weekMoment      `json:"at" jsonschema:"default=Monday 09:00" jsonschema_description:"When in the week the report leaves, in the team's zone: a day and a time. The report is of the last whole week before it."`
	Cron    string          `json:"cron" jsonschema:"minLength=1,example=30 8 * * 2" jsonschema_description:"Instead of at: a cron expression of five fields, in the team's zone."`
	CatchUp period          `json:"catch_up" jsonschema:"default=7d" jsonschema_description:"How late the report may leave, as under reports of fairlead.yaml."`
}

// asEntry is the same as an entry of reports.
func (e teamReportEntry) asEntry() reportEntry {
	return reportEntry{To: e.To, For: e.For, Formats: e.Formats, Secret: e.Secret, At: e.At, Cron: e.Cron, CatchUp: e.CatchUp}
}

type slackEntry struct {
	Token     reference `json:"token" jsonschema_description:"The environment variable that holds the app's bot token, as ${NAME}."`
	TokenFile string    `json:"token_file" jsonschema:"minLength=1" jsonschema_description:"A file that holds the bot token and nothing else, relative to this file."`
	URL       string    `json:"url" jsonschema:"minLength=1,default=https://slack.com/api/" jsonschema_description:"Another address of the API, for example of a proxy."`
}

type mailEntry struct {
	Server       string          `json:"server" jsonschema:"required,minLength=1,example=smtp.acme.example:587" jsonschema_description:"Host and port. Without a port: 587 with starttls, 465 with tls, 25 with none."`
	Security     string          `json:"security" jsonschema:"enum=starttls,enum=tls,enum=none,default=starttls" jsonschema_description:"How the connection is protected. starttls and tls send nothing where that cannot be had; none sends in the clear, without a password."`
	User         string          `json:"user" jsonschema:"minLength=1" jsonschema_description:"Whom to sign in as. When left out: nobody."`
	Password     secretReference `json:"password" jsonschema_description:"The environment variable that holds the password, as ${NAME}."`
	PasswordFile string          `json:"password_file" jsonschema:"minLength=1" jsonschema_description:"A file that holds the password and nothing else, relative to this file."`
	From         string          `json:"from" jsonschema:"required,minLength=1,example=Fairlead <fairlead@acme.example>" jsonschema_description:"Who the e-mail is from: an address, with a name before it if you like."`
	Unsubscribe  textList        `json:"unsubscribe" jsonschema_description:"Where readers ask not to get it any more, for the List-Unsubscribe header: mailto: and an address, an https address, or both."`
}

type metricsEntry struct {
	Listen string `json:"listen" jsonschema:"required,minLength=1,example=127.0.0.1:9090" jsonschema_description:"Address to listen at, host and port."`
	Public bool   `json:"public" jsonschema:"default=false" jsonschema_description:"True to listen beyond this machine: whoever reaches the address reads the metrics without signing in. They name channels and counts, no people and no tickets."`
}

// weekMoment is a day of the week and a time of the day.
type weekMoment string

// JSONSchema describes the form.
func (weekMoment) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{
		Type: "string", Pattern: `^(?i:(mon|tues|wednes|thurs|fri|satur|sun)day) ([01]?[0-9]|2[0-3]):[0-5][0-9]$`,
		Examples: []any{"Monday 09:00"}, Description: "write it like Monday 09:00; for anything else there is cron",
	}
}

// muteList is true, or what of reports and reminders is muted.
type muteList struct{ names []string }

// mutable is what a person may mute.
var mutable = []string{"reports", "reminders"}

// JSONSchema describes both forms.
func (muteList) JSONSchema() *jsonschema.Schema {
	what := &jsonschema.Schema{Type: "string", Enum: []any{"reports", "reminders"}}
	return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "boolean"}, what, {Type: "array", Items: what}}}
}

// UnmarshalYAML reads every form.
func (l *muteList) UnmarshalYAML(read func(any) error) error {
	var all bool
	if err := read(&all); err == nil {
		if all {
			l.names = mutable
		}
		return nil
	}
	return (*textList)(&l.names).UnmarshalYAML(read)
}

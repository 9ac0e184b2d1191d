package config

// The shapes of the files. Their descriptions are what editors show.

// mainFile is fairlead.yaml and every file it includes.
type mainFile struct {
	Sources        []sourceEntry     `json:"sources" jsonschema_description:"The trackers to read."`
	Org            string            `json:"org" jsonschema:"minLength=1" jsonschema_description:"The file with people and teams, relative to this file."`
	Teams          textList          `json:"teams" jsonschema_description:"The teams' own files with their agreements, relative to this file; may hold * and ?."`
	Agreements     []agreementEntry  `json:"agreements" jsonschema_description:"Agreements of the whole organisation; a team's own go before them."`
	Experiments    []experimentEntry `json:"experiments" jsonschema_description:"What the whole organisation tries out, each a process change with a prediction; a team's own stand in its file."`
	Prometheus     prometheusEntry   `json:"prometheus" jsonschema_description:"Where outside numbers are asked for."`
	Numbers        []numberEntry     `json:"numbers" jsonschema_description:"Numbers that come from elsewhere, such as deployments or usage, one for each week."`
	Rules          textList          `json:"rules" jsonschema_description:"Files with rules of your own, relative to this file; may hold * and ?."`
	Reports        []reportEntry     `json:"reports" jsonschema_description:"Where the weekly reports go, for every team; a team's own file may add to it."`
	Slack          slackEntry        `json:"slack" jsonschema_description:"The Slack app that posts to channels. An incoming webhook needs none."`
	Mail           mailEntry         `json:"mail" jsonschema_description:"The server that takes e-mail."`
	Store          string            `json:"store" jsonschema:"minLength=1,default=sqlite:./fairlead.db" jsonschema_description:"Where tickets and findings are kept: sqlite: and a file, relative to this file; or a Redis: redis://HOST:PORT/DATABASE, redis+sentinel://HOST:PORT,HOST:PORT/NAME/DATABASE with the name that the Sentinels know the master by, or redis+cluster://HOST:PORT,HOST:PORT. rediss instead of redis asks for TLS."`
	CalendarFolder string            `json:"calendar_folder" jsonschema_description:"Where copies of calendars at addresses are kept, relative to this file, so that they are known after a start. When left out: beside the store's file, or this file."`
	Redis          redisEntry        `json:"redis" jsonschema_description:"How to sign in to Redis, where store names one."`
	Webhooks       webhooksEntry     `json:"webhooks" jsonschema_description:"Where fairlead serve receives the trackers' webhooks. When left out it receives none; they only make readings quicker."`
	Metrics        metricsEntry      `json:"metrics" jsonschema_description:"Where fairlead serve tells its metrics, for Prometheus. When left out it tells none."`
	Dashboard      dashboardEntry    `json:"dashboard" jsonschema_description:"The pages that fairlead serve shows. When left out it shows none."`
	Sync           syncEntry         `json:"sync" jsonschema_description:"How the trackers are read."`
	Retention      retentionEntry    `json:"retention" jsonschema_description:"How long records of work that is over are kept."`
	Include        textList          `json:"include" jsonschema_description:"More files with the same keys, relative to this file; may hold * and ?. Their lists are added to these."`
}

type retentionEntry struct {
	Runs       period `json:"runs" jsonschema:"default=180d" jsonschema_description:"How long records of readings, reconciliations, checks and reports are kept: days, from 30d to 3650d. The latest of each stay."`
	Deliveries period `json:"deliveries" jsonschema:"default=400d" jsonschema_description:"How long it is known what went where and when: days, from 90d to 3650d. What waits to be sent, and what a ticket was commented with, stays."`
	Findings   period `json:"findings" jsonschema_description:"How long findings that ended are kept, with what was said about them: days, from 820d to 3650d. As long as the store when it is left out. What is open, and what an answer or a waiver holds back, stays."`
	Snapshots  period `json:"snapshots" jsonschema_description:"How long weeks in numbers are kept: days, from 820d to 3650d. As long as the store when it is left out. Weeks that an experiment compares stay."`
	Trail      period `json:"trail" jsonschema_description:"How long it is kept who changed what: revisions that others took the place of, and waivers that ended and cover nothing stored. Days, from 820d to 3650d. As long as the store when it is left out."`
}

type syncEntry struct {
	Every          period `json:"every" jsonschema:"default=10m" jsonschema_description:"How long fairlead serve waits between two readings: minutes (10m) or hours (1h)."`
	ReconcileEvery period `json:"reconcile_every" jsonschema:"default=24h" jsonschema_description:"How often everything stored is held against everything the tracker still has, to notice deleted and moved tickets: hours (24h) or days (7d)."`
}

type redisEntry struct {
	User                 string          `json:"user" jsonschema:"minLength=1" jsonschema_description:"The user to sign in as. When left out: the default user."`
	Password             secretReference `json:"password" jsonschema_description:"The environment variable that holds the password, as ${NAME}."`
	PasswordFile         string          `json:"password_file" jsonschema:"minLength=1" jsonschema_description:"A file that holds the password and nothing else, relative to this file."`
	SentinelUser         string          `json:"sentinel_user" jsonschema:"minLength=1" jsonschema_description:"The user to sign in to the Sentinels as, where they ask for one."`
	SentinelPassword     secretReference `json:"sentinel_password" jsonschema_description:"The environment variable that holds the Sentinels' password, as ${NAME}."`
	SentinelPasswordFile string          `json:"sentinel_password_file" jsonschema:"minLength=1" jsonschema_description:"A file that holds the Sentinels' password and nothing else, relative to this file."`
	Prefix               string          `json:"prefix" jsonschema:"minLength=1,default=fairlead" jsonschema_description:"How fairlead's keys begin, behind a brace. Two stores in one Redis need two prefixes."`
	CAFile               string          `json:"ca_file" jsonschema:"minLength=1" jsonschema_description:"Certificates (PEM) that the server's must be signed by, for rediss. When left out: the system's."`
	CertFile             string          `json:"cert_file" jsonschema:"minLength=1" jsonschema_description:"The certificate (PEM) that fairlead shows to the server."`
	KeyFile              string          `json:"key_file" jsonschema:"minLength=1" jsonschema_description:"The key (PEM) of that certificate."`
	ServerName           string          `json:"server_name" jsonschema:"minLength=1" jsonschema_description:"The name in the server's certificate. When left out: the host."`
}

type webhooksEntry struct {
	Listen string `json:"listen" jsonschema:"minLength=1,example=127.0.0.1:8090" jsonschema_description:"Address to listen at, host and port. Deliveries without a valid signature are refused; let a reverse proxy with TLS stand before it."`
}

type sourceEntry struct {
	Jira             string          `json:"jira" jsonschema:"minLength=1,example=https://acme.atlassian.net" jsonschema_description:"Address of a Jira site."`
	Linear           string          `json:"linear" jsonschema:"minLength=1,example=acme" jsonschema_description:"A Linear workspace: the word behind linear.app/."`
	Name             string          `json:"name" jsonschema:"minLength=1" jsonschema_description:"Name of the source in reports and in the store. Changing it later reads everything anew. When left out: the tracker and its host or workspace."`
	User             string          `json:"user" jsonschema:"minLength=1" jsonschema_description:"Jira: whom the token belongs to. On Cloud an e-mail address, and nothing with OAuth; on Data Center only with a password, a personal access token stands alone."`
	Token            reference       `json:"token" jsonschema_description:"The environment variable that holds the token, as ${NAME}. The token itself never stands in a file."`
	TokenFile        string          `json:"token_file" jsonschema:"minLength=1" jsonschema_description:"A file that holds the token and nothing else, relative to this file."`
	Deployment       string          `json:"deployment" jsonschema:"enum=cloud,enum=data-center" jsonschema_description:"What kind of Jira it is. When left out: cloud for Atlassian's own addresses such as *.atlassian.net, otherwise data-center (Jira Server included)."`
	Projects         textList        `json:"projects" jsonschema_description:"Jira: keys of the projects to read."`
	Teams            textList        `json:"teams" jsonschema_description:"Linear: keys of the teams to read. When left out: all that the token may read."`
	CommentText      bool            `json:"comment_text" jsonschema:"default=false" jsonschema_description:"True to keep what people wrote in comments. Otherwise only who wrote when and whom they mentioned is kept, which is all the shipped rules look at."`
	WriteComments    bool            `json:"write_comments" jsonschema:"default=false" jsonschema_description:"True to let reminders leave comments on tickets, for agreements that ask for it with remind: {comment: true}. The account of the token must be fairlead's own, since whatever it does then counts as automation, and it must be allowed to comment."`
	ClientID         string          `json:"client_id" jsonschema:"minLength=1" jsonschema_description:"Linear and Jira Cloud: id of your OAuth application, instead of a token."`
	ClientSecret     secretReference `json:"client_secret" jsonschema_description:"The environment variable that holds the OAuth application's secret, as ${NAME}."`
	RefreshTokenFile string          `json:"refresh_token_file" jsonschema:"minLength=1" jsonschema_description:"A file that holds the OAuth refresh token and nothing else, relative to this file. Each use gives a new one, so fairlead must be able to write it and its folder."`
	WebhookSecret    secretReference `json:"webhook_secret" jsonschema_description:"The environment variable that holds the secret with which the tracker signs its webhooks, as ${NAME}."`
	URL              string          `json:"url" jsonschema:"minLength=1,default=https://api.linear.app/graphql" jsonschema_description:"Linear: another address of the API, for example of a proxy."`
	Mapping          mappingEntry    `json:"mapping" jsonschema_description:"What this tracker's own words mean, where fairlead's defaults do not know them."`
}

type mappingEntry struct {
	Types      map[string]kindWord     `json:"types" jsonschema_description:"Kinds by the tracker's issue type."`
	Labels     map[string]kindWord     `json:"labels" jsonschema_description:"Kinds by label; a label says more than a type."`
	Statuses   map[string]categoryWord `json:"statuses" jsonschema_description:"Categories by status."`
	Links      map[string]linkWord     `json:"links" jsonschema_description:"Kinds of link by their phrase, read from the ticket that shows it."`
	Priorities map[string]priorityWord `json:"priorities" jsonschema_description:"Priorities by the tracker's own."`
	Fields     fieldsEntry             `json:"fields" jsonschema_description:"Fields of the tracker by what they hold."`
}

type fieldsEntry struct {
	Estimate string `json:"estimate" jsonschema:"minLength=1,example=Story Points" jsonschema_description:"Name or id of the field with the estimate."`
}

// teamFile is a team's own file.
type teamFile struct {
	Team        string            `json:"team" jsonschema:"minLength=1" jsonschema_description:"Id of the team. When left out: the name of this file without its ending."`
	Agreements  []agreementEntry  `json:"agreements" jsonschema_description:"What the team agreed to keep."`
	Rituals     []ritualEntry     `json:"rituals" jsonschema_description:"What the team meets for again and again."`
	Experiments []experimentEntry `json:"experiments" jsonschema_description:"What the team tries out, each a process change with a prediction."`
	Numbers     []numberEntry     `json:"numbers" jsonschema_description:"Numbers of this team that come from elsewhere, one for each week."`
	Report      teamReportEntry   `json:"report" jsonschema_description:"Where the team's own report goes and when, beside what the organisation lists under reports."`
}

type agreementEntry struct {
	Rule     string         `json:"rule" jsonschema:"required,minLength=1" jsonschema_description:"Id of the rule."`
	Promise  string         `json:"promise" jsonschema_description:"What was agreed, in the team's own words."`
	Settings map[string]any `json:"settings" jsonschema_description:"The rule's settings where they differ from its defaults."`
	Ask      string         `json:"ask" jsonschema_description:"The one thing to ask for, in the team's own words."`
	Tell     string         `json:"tell" jsonschema:"enum=em,enum=em-pm,enum=team,enum=org" jsonschema_description:"Who sees findings with names: the EM alone, EM and PM, the team, or everybody. When left out: as the rule has it. A rule made for em or em-pm names people and is told to nobody else."`
	Stage    string         `json:"stage" jsonschema:"enum=watch,enum=report,enum=remind" jsonschema_description:"How far it goes. watch: recorded only; report: in the weekly report; remind: also a direct nudge."`
	Remind   remindEntry    `json:"remind" jsonschema_description:"How people are reminded where the stage is remind."`
	ReviewOn day            `json:"review_on" jsonschema_description:"The day, in UTC, on which the team looks at this agreement again."`
	Except   exceptEntry    `json:"except" jsonschema_description:"Tickets that this agreement does not look at. A team's exceptions are added to the organisation's."`
	Off      bool           `json:"off" jsonschema_description:"True when this is not agreed here."`
	Because  string         `json:"because" jsonschema_description:"Why it is off, or why it is as it is."`
	Pin      pinList        `json:"pin" jsonschema_description:"Only the organisation's: what no team changes. true for everything, or a list of off, promise, ask, tell, stage, remind, review_on, except, settings, settings.NAME."`
}

type remindEntry struct {
	After   *int  `json:"after" jsonschema:"minimum=0,maximum=20,default=1" jsonschema_description:"How many working days something is open before anybody is reminded, so that people can mend it by themselves first."`
	Comment *bool `json:"comment" jsonschema:"default=false" jsonschema_description:"True to leave one comment on the ticket as well, beside the first reminder. Everybody who sees the ticket reads it, so that only what the whole team may see can be commented on. The source must allow it with write_comments: true."`
}

type exceptEntry struct {
	Labels   textList `json:"labels" jsonschema_description:"Labels, in any case."`
	Projects textList `json:"projects" jsonschema_description:"Jira project keys, Linear team keys, or the keys of an epic or Linear project that tickets stand directly below."`
}

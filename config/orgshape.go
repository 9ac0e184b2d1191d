package config

import "github.com/invopop/jsonschema"

// orgFile is org.yaml. Days are calendar days in UTC, the last one included.
type orgFile struct {
	People   peopleList  `json:"people" jsonschema_description:"Everybody who works on tickets, and every automation that does: a list, the name of a CSV file relative to this file, or a list of both."`
	Teams    []teamEntry `json:"teams" jsonschema_description:"The teams, who is in them, and what they own."`
	Absences absenceList `json:"absences" jsonschema_description:"Who was or will be away, and who stands in: a list, a calendar, or a list of both. A calendar is an iCalendar file relative to this file, an https address that is no secret, ${NAME} for an environment variable that holds the address, or {address_file: …} for a file that does."`
	Week     weekEntry   `json:"week" jsonschema_description:"The week of teams that do not write their own."`
}

type personEntry struct {
	ID      string   `json:"id" jsonschema:"required,minLength=1,example=mina" jsonschema_description:"Short name for use in these files."`
	Name    string   `json:"name" jsonschema_description:"Name as reports show it. When left out: the id."`
	Email   textList `json:"email" jsonschema_description:"E-mail addresses in the trackers."`
	Jira    textList `json:"jira" jsonschema_description:"Jira account ids (Cloud) or user names (Data Center)."`
	Linear  textList `json:"linear" jsonschema_description:"Linear user ids."`
	Slack   string   `json:"slack" jsonschema:"minLength=1,example=U012AB3CD" jsonschema_description:"Slack member id, for direct messages. When left out there are none."`
	Mute    muteList `json:"mute" jsonschema_description:"What is not sent to this person: reports, reminders, a list of both, or true for both. What goes to a team's channel goes there all the same."`
	Role    string   `json:"role" jsonschema:"minLength=1" jsonschema_description:"engineer, tech-lead, qa, contractor, em, pm, designer, director, vp, executive, or a role of your own. A team's em and pm need none."`
	From    day      `json:"from" jsonschema_description:"First day in the role, in UTC."`
	To      day      `json:"to" jsonschema_description:"Last day in the role, in UTC."`
	Roles   []tenure `json:"roles" jsonschema_description:"Several roles, or one that changed."`
	Manager lineList `json:"manager" jsonschema_description:"Id of whom they report to, or {manager, from, to}, or a list of these. When left out: the EM of their team."`
	Bot     bool     `json:"bot" jsonschema_description:"True for automation: rules leave it out."`
	// Delegate stands in whenever an absence names nobody.
	Delegate string `json:"delegate" jsonschema:"minLength=1" jsonschema_description:"Id of who stands in whenever they are away and the absence names nobody."`

	file string // of a CSV file that stands in place of an entry
}

type tenure struct {
	Role string `json:"role" jsonschema:"required,minLength=1" jsonschema_description:"The role."`
	From day    `json:"from" jsonschema_description:"First day, in UTC."`
	To   day    `json:"to" jsonschema_description:"Last day, in UTC."`
}

type line struct {
	Manager string `json:"manager" jsonschema:"required,minLength=1" jsonschema_description:"Id of the manager."`
	From    day    `json:"from" jsonschema_description:"First day, in UTC."`
	To      day    `json:"to" jsonschema_description:"Last day, in UTC."`
}

type teamEntry struct {
	ID       string    `json:"id" jsonschema:"required,minLength=1,example=payments" jsonschema_description:"Short name for use in these files."`
	Name     string    `json:"name" jsonschema_description:"Name as reports show it. When left out: the id."`
	EM       seatList  `json:"em" jsonschema_description:"Id of the engineering manager, or {person, from, to, acting}, or a list of these."`
	PM       seatList  `json:"pm" jsonschema_description:"Id of the product manager, or {person, from, to, acting}, or a list of these."`
	Members  seatList  `json:"members" jsonschema_description:"Ids of the members; {person, from, to} for one who came or went."`
	Under    string    `json:"under" jsonschema:"minLength=1" jsonschema_description:"Id of the leader above the team."`
	PartOf   string    `json:"part_of" jsonschema:"minLength=1" jsonschema_description:"Id of the team that this one is a part of. What it does not say itself of under, timezone, locale and week is as there."`
	Owns     ownsList  `json:"owns" jsonschema_description:"The work that is the team's; a list of these with from and to where that changed."`
	From     day       `json:"from" jsonschema_description:"First day of the team, in UTC, where it has not been there always."`
	To       day       `json:"to" jsonschema_description:"Last day of the team, in UTC, where it is no more. Its seats and what it owns end with it."`
	Timezone string    `json:"timezone" jsonschema:"minLength=1,default=UTC,example=Europe/Berlin" jsonschema_description:"The zone in which the team's weeks begin, by its IANA name."`
	Locale   string    `json:"locale" jsonschema:"enum=en-GB,enum=en-US,enum=de,enum=es,enum=fr,enum=it,enum=ja,enum=nl,enum=pl,enum=pt,enum=sv,default=en-GB" jsonschema_description:"How dates are written in the team's reports: the names and the order of days and months. Texts stay English."`
	Week     weekEntry `json:"week" jsonschema_description:"On which days the team works. A key that is left out is as under the file's own week."`
}

type weekEntry struct {
	Starts   string      `json:"starts" jsonschema:"enum=monday,enum=tuesday,enum=wednesday,enum=thursday,enum=friday,enum=saturday,enum=sunday,default=monday" jsonschema_description:"First working day of the week."`
	Days     int         `json:"days" jsonschema:"minimum=1,maximum=7,default=5" jsonschema_description:"Working days a week, from that day on."`
	Holidays holidayList `json:"holidays" jsonschema_description:"Days off: a day, a calendar with entries of whole days (written as under absences), or a list of both."`
}

type seat struct {
	Person string `json:"person" jsonschema:"required,minLength=1" jsonschema_description:"Id of the person."`
	From   day    `json:"from" jsonschema_description:"First day, in UTC."`
	To     day    `json:"to" jsonschema_description:"Last day, in UTC."`
	Acting bool   `json:"acting" jsonschema_description:"True for somebody who stands in, also beside the one who holds the seat; counts like the others."`
}

type ownsEntry struct {
	Jira   jiraOwned   `json:"jira" jsonschema_description:"What the team owns in Jira."`
	Linear linearOwned `json:"linear" jsonschema_description:"What the team owns in Linear."`
	From   day         `json:"from" jsonschema_description:"First day of owning it, in UTC."`
	To     day         `json:"to" jsonschema_description:"Last day of owning it, in UTC."`
}

type jiraOwned struct {
	Projects   textList `json:"projects" jsonschema_description:"Project keys."`
	Components textList `json:"components" jsonschema_description:"Components; of these projects where projects are given."`
	Boards     textList `json:"boards" jsonschema_description:"Board ids, in quotes."`
}

type linearOwned struct {
	Teams textList `json:"teams" jsonschema_description:"Team keys."`
}

type absenceEntry struct {
	Person   string `json:"person" jsonschema:"required,minLength=1" jsonschema_description:"Id of who is away."`
	From     day    `json:"from" jsonschema:"required" jsonschema_description:"First day away, in UTC."`
	To       day    `json:"to" jsonschema_description:"Last day away, in UTC. When left out: until further notice."`
	Delegate string `json:"delegate" jsonschema:"minLength=1" jsonschema_description:"Id of who stands in."`

	calendar calendarRef // one that stands in place of an entry
}

// peopleList is entries and names of CSV files.
type peopleList []personEntry

// JSONSchemaExtend describes every form.
func (peopleList) JSONSchemaExtend(s *jsonschema.Schema) { idOrDated(s) }

// UnmarshalYAML reads every form.
func (l *peopleList) UnmarshalYAML(read func(any) error) error {
	return readDated(read, (*[]personEntry)(l), func(file string) personEntry { return personEntry{file: file} })
}

// ownsList is one ownership or several, each for a while.
type ownsList []ownsEntry

// JSONSchemaExtend describes both forms.
func (ownsList) JSONSchemaExtend(s *jsonschema.Schema) {
	entry := s.Items
	*s = jsonschema.Schema{AnyOf: []*jsonschema.Schema{entry, {Type: "array", Items: entry}}}
}

// UnmarshalYAML reads both forms.
func (l *ownsList) UnmarshalYAML(read func(any) error) error {
	var one ownsEntry
	if err := read(&one); err == nil {
		*l = ownsList{one}
		return nil
	}
	return read((*[]ownsEntry)(l))
}

// seatList is an id or a dated seat, or a list of these.
type seatList []seat

// JSONSchemaExtend describes every form.
func (seatList) JSONSchemaExtend(s *jsonschema.Schema) { idOrDated(s) }

// UnmarshalYAML reads every form.
func (l *seatList) UnmarshalYAML(read func(any) error) error {
	return readDated(read, (*[]seat)(l), func(id string) seat { return seat{Person: id} })
}

// lineList is an id or a dated line, or a list of these.
type lineList []line

// JSONSchemaExtend describes every form.
func (lineList) JSONSchemaExtend(s *jsonschema.Schema) { idOrDated(s) }

// UnmarshalYAML reads every form.
func (l *lineList) UnmarshalYAML(read func(any) error) error {
	return readDated(read, (*[]line)(l), func(id string) line { return line{Manager: id} })
}

// idOrDated widens the schema of a list of mappings: an id may stand for an
// entry, and one entry alone for the list.
func idOrDated(s *jsonschema.Schema) {
	one := uint64(1)
	entry := func() []*jsonschema.Schema {
		return []*jsonschema.Schema{{Type: "string", MinLength: &one}, {Ref: s.Items.Ref}}
	}
	list := &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{AnyOf: entry()}}
	*s = jsonschema.Schema{AnyOf: append(entry(), list)}
}

// readDated reads what idOrDated describes.
func readDated[T any](read func(any) error, into *[]T, named func(id string) T) error {
	var alone idOr[T]
	var list []idOr[T]
	if err := alone.UnmarshalYAML(read); err == nil {
		list = append(list, alone)
	} else if err := read(&list); err != nil {
		return err
	}
	for _, e := range list {
		if e.id != "" {
			e.entry = named(e.id)
		}
		*into = append(*into, e.entry)
	}
	return nil
}

// idOr is an id or a whole entry.
type idOr[T any] struct {
	id    string
	entry T
}

// UnmarshalYAML reads either.
func (o *idOr[T]) UnmarshalYAML(read func(any) error) error {
	if err := read(&o.id); err == nil {
		return nil
	}
	return read(&o.entry)
}

package config

import "github.com/invopop/jsonschema"

// calendarRef says where a calendar is: a file, an address, the variable that
// holds an address, or the file that holds one.
type calendarRef struct {
	text        string
	addressFile string
}

func (c calendarRef) isZero() bool { return c == calendarRef{} }

// JSONSchema describes both forms.
func (calendarRef) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{AnyOf: calendarForms()}
}

func calendarForms() []*jsonschema.Schema {
	one := uint64(1)
	text := func() *jsonschema.Schema { return &jsonschema.Schema{Type: "string", MinLength: &one} }
	plain, file := text(), text()
	plain.Description = "An iCalendar file relative to this file, an https address, or ${NAME}."
	file.Description = "A file that holds the address of the calendar and nothing else, relative to this file."
	keys := jsonschema.NewProperties()
	keys.Set("calendar", plain)
	keys.Set("address_file", file)
	return []*jsonschema.Schema{text(), {
		Type: "object", Properties: keys, MinProperties: &one, MaxProperties: &one, AdditionalProperties: jsonschema.FalseSchema,
	}}
}

// calendarKeys are the keys of a calendarRef written as a mapping.
type calendarKeys struct {
	Calendar    string `json:"calendar"`
	AddressFile string `json:"address_file"`
}

// UnmarshalYAML reads both forms.
func (c *calendarRef) UnmarshalYAML(read func(any) error) error {
	if err := read(&c.text); err == nil {
		return nil
	}
	var keys calendarKeys
	err := read(&keys)
	c.text, c.addressFile = keys.Calendar, keys.AddressFile
	return err
}

// holidayList is days and calendars.
type holidayList []calendarRef

// JSONSchemaExtend describes every form.
func (holidayList) JSONSchemaExtend(s *jsonschema.Schema) {
	list := &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{AnyOf: calendarForms()}}
	*s = jsonschema.Schema{AnyOf: append(calendarForms(), list)}
}

// UnmarshalYAML reads every form.
func (l *holidayList) UnmarshalYAML(read func(any) error) error {
	var list []calendarRef
	if err := read(&list); err == nil {
		*l = list
		return nil
	}
	var one calendarRef
	err := one.UnmarshalYAML(read)
	*l = holidayList{one}
	return err
}

// absenceList is entries and calendars.
type absenceList []absenceEntry

// JSONSchemaExtend describes every form.
func (absenceList) JSONSchemaExtend(s *jsonschema.Schema) {
	entry := s.Items
	forms := func() []*jsonschema.Schema { return append([]*jsonschema.Schema{entry}, calendarForms()...) }
	list := &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{AnyOf: forms()}}
	*s = jsonschema.Schema{AnyOf: append(forms(), list)}
}

// UnmarshalYAML reads every form.
func (l *absenceList) UnmarshalYAML(read func(any) error) error {
	var list []absenceOrCalendar
	var one absenceOrCalendar
	if err := read(&list); err != nil {
		if err := one.UnmarshalYAML(read); err != nil {
			return err
		}
		list = append(list, one)
	}
	for _, e := range list {
		*l = append(*l, e.absenceEntry)
	}
	return nil
}

type absenceOrCalendar struct{ absenceEntry }

// UnmarshalYAML reads an absence, or a calendar in its place.
func (o *absenceOrCalendar) UnmarshalYAML(read func(any) error) error {
	if err := o.calendar.UnmarshalYAML(read); err == nil && !o.calendar.isZero() {
		return nil
	}
	return read(&o.absenceEntry)
}

// cadence is how often something comes again.
type cadence string

// JSONSchema describes the form.
func (cadence) JSONSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: `^[1-9][0-9]{0,2} ?(day|week|month|quarter)s?$`, Examples: []any{"2 weeks", "1 month"}}
}

// ritualEntry is something a team meets for again and again.
type ritualEntry struct {
	Name     string        `json:"name" jsonschema:"required,minLength=1,example=retro" jsonschema_description:"What the team calls it."`
	Every    cadence       `json:"every" jsonschema:"required" jsonschema_description:"How often, like 2 weeks or 1 month. A month is 31 days here, a quarter 92: what is due by then may come on its last day."`
	Evidence evidenceEntry `json:"evidence" jsonschema:"required" jsonschema_description:"What shows that it took place; one of these is enough."`
	Since    day           `json:"since" jsonschema_description:"The day, in UTC, from which on it is looked for. When left out: always."`
}

type evidenceEntry struct {
	Label    string      `json:"label" jsonschema:"minLength=1" jsonschema_description:"A label of a ticket of the team that was created or moved in that time."`
	Title    string      `json:"title" jsonschema:"minLength=1" jsonschema_description:"Words in the title of a ticket of the team, and in that of a calendar's entry."`
	Update   bool        `json:"update" jsonschema_description:"True: somebody wrote an update of a project or epic of the team."`
	Calendar calendarRef `json:"calendar" jsonschema_description:"A calendar with an entry whose title holds the words under title, or without those the ritual's name. Written as under absences in the org file."`
}

package config

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// maxPeopleFile is the largest CSV file with people that is read, in bytes.
const maxPeopleFile = 8 << 20

// mostRowMistakes bounds what is told of one file: a wrong separator makes every
// row wrong.
const mostRowMistakes = 50

// columns are what a CSV file with people may hold.
var columns = []string{"id", "name", "email", "jira", "linear", "role", "from", "to", "manager", "bot", "delegate", "slack", "mute"}

const columnsHint = "begin the file with the names of its columns: id,name,email,jira,linear,role,from,to,manager,bot"

// peopleFile reads people from a CSV file. Rows with one id are one person, each
// with a role for a while.
func (r *orgReader) peopleFile(name string, path []any) {
	people, ok := r.readPeople(beside(r.file.Name(), name), path)
	if !ok {
		r.incomplete = true
	}
	for _, p := range people {
		r.addPerson(p.person, p)
	}
}

func (r *orgReader) readPeople(name string, path []any) (people []*csvPerson, ok bool) {
	if !strings.EqualFold(filepath.Ext(name), ".csv") {
		r.mistake(r.file, "write a person as {id: lee}, or the name of a file that ends in .csv", "this is no person and names no CSV file", path...)
		return nil, false
	}
	text, err := r.readUpTo(name, maxPeopleFile)
	if err != nil {
		r.mistake(r.file, "a relative path begins at the folder of "+r.file.Name(), reason(err), path...)
		return nil, false
	}
	c := csvReader{name: name, people: map[string]*csvPerson{}}
	c.read(text)
	r.mistakes = append(r.mistakes, c.mistakes...)
	return c.order, len(c.mistakes) == 0
}

// csvReader reads one file.
type csvReader struct {
	name     string
	lines    []string
	columns  []string // by place
	people   map[string]*csvPerson
	order    []*csvPerson
	headless bool // there are no names of columns to go by
	mistakes yamlfile.Mistakes
}

// csvRow is a row with the place of each field.
type csvRow struct {
	fields map[string]string
	places map[string]yamlfile.Place
	begins yamlfile.Place
}

// csvPerson is somebody and the rows about them.
type csvPerson struct {
	person org.Person
	rows   []csvRow
	roles  []int // by role: its row
}

func (c *csvReader) mistake(at yamlfile.Place, hint, text string) {
	c.mistakes = append(c.mistakes, yamlfile.Mistake{Place: at, Text: text, Hint: hint})
}

func (c *csvReader) at(line, column int) yamlfile.Place {
	text := ""
	if line >= 1 && line <= len(c.lines) {
		text = c.lines[line-1]
	}
	if column > 1 && column <= len(text)+1 {
		column = utf8.RuneCountInString(text[:column-1]) + 1 // csv counts bytes
	}
	return yamlfile.LinePlace(c.name, max(line, 1), max(column, 1), text)
}

func (c *csvReader) read(text []byte) {
	if len(text) > maxPeopleFile {
		c.mistake(yamlfile.Place{File: c.name}, "split it into several files", fmt.Sprintf("this file is larger than the %d bytes that are read", maxPeopleFile))
		return
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	c.lines = strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	if !c.isText() {
		return
	}
	rows := csv.NewReader(bytes.NewReader(text))
	rows.Comma, rows.FieldsPerRecord = c.separator(), -1
	rows.TrimLeadingSpace = rows.Comma != '\t' // or empty fields would vanish
	for len(c.mistakes) < mostRowMistakes && !c.headless {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			c.broken(err)
			continue
		}
		c.row(rows, fields)
	}
	if len(c.lines) > 0 && c.columns == nil && len(c.mistakes) == 0 {
		c.mistake(c.at(1, 1), columnsHint, "nothing is written in this file")
	}
}

// isText reports, and says, whether the file is UTF-8 text.
func (c *csvReader) isText() bool {
	for i, line := range c.lines {
		if !utf8.ValidString(line) || strings.ContainsRune(line, 0) {
			c.mistake(yamlfile.Place{File: c.name, Line: i + 1, Column: 1}, "save the file as CSV in UTF-8", "this is not UTF-8 text")
			return false
		}
	}
	return true
}

// separator is what the first line holds most of; spreadsheets write semicolons
// where a comma is part of numbers.
func (c *csvReader) separator() rune {
	best, most := ',', 0
	for _, line := range c.lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		for _, s := range []rune{',', ';', '\t'} {
			if n := strings.Count(line, string(s)); n > most {
				best, most = s, n
			}
		}
		break
	}
	return best
}

// broken says what keeps a row from being read.
func (c *csvReader) broken(err error) {
	const hint = `put the whole field in quotes, and write a quote inside it twice: "Lee ""the lead"" Park"`
	var wrong *csv.ParseError
	if !errors.As(err, &wrong) {
		c.mistake(yamlfile.Place{File: c.name}, "export the file again", "this file cannot be read as CSV")
		return
	}
	at, text := c.at(wrong.Line, wrong.Column), "this row cannot be read as CSV"
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		text = "a quote stands inside a field that does not begin with one"
	case errors.Is(err, csv.ErrQuote):
		text = "a quote that opens this field is never closed, or text follows its end"
		if wrong.StartLine != wrong.Line {
			at = c.at(wrong.StartLine, 1)
		}
	}
	c.mistake(at, hint, text)
}

func (c *csvReader) row(rows *csv.Reader, fields []string) {
	line, _ := rows.FieldPos(0)
	row := csvRow{fields: map[string]string{}, places: map[string]yamlfile.Place{}, begins: c.at(line, 1)}
	if !slices.ContainsFunc(fields, func(f string) bool { return strings.TrimSpace(f) != "" }) {
		return // spreadsheets leave empty rows behind
	}
	if c.columns == nil {
		c.header(rows, fields)
		return
	}
	if len(fields) != len(c.columns) {
		c.mistake(row.begins, "is a separator missing, or one too many? Text that holds one goes in quotes",
			fmt.Sprintf("this row has %s, the first line has %d", counted(len(fields), "field"), len(c.columns)))
		return
	}
	for i, name := range c.columns {
		row.fields[name] = strings.TrimSpace(fields[i])
		row.places[name] = c.at(rows.FieldPos(i))
	}
	c.take(row)
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// header reads the names of the columns.
func (c *csvReader) header(rows *csv.Reader, fields []string) {
	c.columns = make([]string, len(fields))
	for i, f := range fields {
		name, at := strings.ToLower(strings.TrimSpace(f)), c.at(rows.FieldPos(i))
		switch near := yamlfile.Suggest(name, columns); {
		case name == "":
			c.mistake(at, "name it, or take the column out", "this column has no name")
		case !slices.Contains(columns, name) && near != "":
			c.mistake(at, fmt.Sprintf("did you mean %q?", near), fmt.Sprintf("unknown column %q", shortened(name)))
		case !slices.Contains(columns, name):
			c.mistake(at, "take the column out; known here: "+strings.Join(columns, ", "), fmt.Sprintf("unknown column %q", shortened(name)))
		case slices.Contains(c.columns[:i], name):
			c.mistake(at, "keep one of them", fmt.Sprintf("column %q stands twice", name))
		}
		c.columns[i] = name
	}
	if !slices.Contains(c.columns, "id") {
		line, _ := rows.FieldPos(0)
		c.headless = true
		c.mistakes = yamlfile.Mistakes{{Place: c.at(line, 1), Text: `the first line names no column "id"`, Hint: columnsHint}}
	}
}

// shortened is text of the file, short enough for a message.
func shortened(text string) string {
	const longest = 60
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}

// take adds what a row says.
func (c *csvReader) take(row csvRow) {
	id := row.fields["id"]
	if id == "" {
		c.mistake(row.begins, "give each person a short id, for example mina", "this row has no id")
		return
	}
	p := c.people[id]
	if p == nil {
		p = &csvPerson{person: org.Person{ID: id, Name: id, Accounts: map[string][]string{}}}
		c.people[id] = p
		c.order = append(c.order, p)
	}
	p.rows = append(p.rows, row)
	c.describe(p, row)
	c.date(p, row)
}

// describe adds what does not change in time.
func (c *csvReader) describe(p *csvPerson, row csvRow) {
	if name := row.fields["name"]; name != "" {
		if p.person.Name != p.person.ID && p.person.Name != name {
			c.mistake(row.places["name"], "give each person an id of their own; where a name changed, write the present one in every row",
				fmt.Sprintf("%q is also called %q", p.person.ID, p.person.Name))
		}
		p.person.Name = name
	}
	for _, e := range several(row.fields["email"]) {
		p.person.Emails = once(p.person.Emails, e)
	}
	for _, tracker := range []string{string(Jira), string(Linear)} {
		for _, a := range several(row.fields[tracker]) {
			p.person.Accounts[tracker] = once(p.person.Accounts[tracker], a)
		}
	}
	bot, ok := truth(row.fields["bot"])
	if !ok {
		c.mistake(row.places["bot"], "write true or false", fmt.Sprintf("%q is neither true nor false", shortened(row.fields["bot"])))
	}
	p.person.Bot = p.person.Bot || bot
	if d := row.fields["delegate"]; d != "" {
		p.person.Delegate = d
	}
	c.reach(p, row)
}

// reach adds how somebody is reached, and what not to send.
func (c *csvReader) reach(p *csvPerson, row csvRow) {
	if id := row.fields["slack"]; id != "" {
		if !slackMember().MatchString(id) {
			c.mistake(row.places["slack"], slackMemberHint, fmt.Sprintf("%q is no Slack member id", shortened(id)))
		}
		p.person.Slack = id
	}
	for _, what := range several(row.fields["mute"]) {
		switch {
		case what == "true":
			p.person.Mutes = mutable
		case slices.Contains(mutable, what):
			p.person.Mutes = once(slices.Clone(p.person.Mutes), what)
		case what != "false":
			c.mistake(row.places["mute"], "write reports, reminders, or true for both", fmt.Sprintf("%q cannot be muted", shortened(what)))
		}
	}
}

// several are the entries of a field, which semicolons part.
func several(field string) []string {
	var out []string
	for one := range strings.SplitSeq(field, ";") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

func once(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// truth reads true and false as spreadsheets write them, which do so in their
// user's language; nothing is false.
func truth(field string) (value, ok bool) {
	switch strings.ToLower(field) {
	case "true", "yes", "1", "x", "wahr", "vrai", "verdadero", "vero":
		return true, true
	case "", "false", "no", "0", "falsch", "faux", "falso":
		return false, true
	}
	return false, false
}

// date adds the role and the manager of the row for its days.
func (c *csvReader) date(p *csvPerson, row csvRow) {
	var days [2]day
	for i, name := range []string{"from", "to"} {
		written := row.fields[name]
		if _, err := time.Parse(time.DateOnly, written); written != "" && err != nil {
			c.mistake(row.places[name], "write it like 2026-01-31", fmt.Sprintf("%q is not a date", shortened(written)))
			return
		}
		days[i] = day(written)
		if written != "" && row.fields["role"] == "" && row.fields["manager"] == "" {
			c.mistake(row.places[name], "add the role they had, or leave the day out", name+" says how long a role was held, but there is no role here")
			return
		}
	}
	when := span(days[0], days[1])
	if role := row.fields["role"]; role != "" {
		if near := meantRole(role); near != "" {
			c.mistake(row.places["role"], fmt.Sprintf("did you mean %q?", near), closeToRole(shortened(role)))
		}
		p.person.Roles = append(p.person.Roles, org.Tenure{Role: org.Role(role), Span: when})
		p.roles = append(p.roles, len(p.rows)-1)
	}
	if m := row.fields["manager"]; m != "" {
		p.person.Managers = append(p.person.Managers, org.Line{Manager: m, Span: when})
	}
}

// of implements place: the field that the path leads to, in the row that holds
// the word or the role.
func (p *csvPerson) of(word string, path ...any) yamlfile.Place {
	if len(path) == 0 {
		return p.rows[0].begins
	}
	column, _ := path[0].(string)
	row := p.rows[0]
	if n, isRole := roleOf(path); isRole && n < len(p.roles) {
		row, column = p.rows[p.roles[n]], path[2].(string)
	}
	if i := slices.IndexFunc(p.rows, func(r csvRow) bool { return word != "" && r.fields[column] == word }); i >= 0 {
		row = p.rows[i]
	}
	if at, ok := row.places[column]; ok {
		return at
	}
	return row.begins
}

// roleOf reads the path to something of a role: "roles", which one, what of it.
func roleOf(path []any) (int, bool) {
	if len(path) != 3 || path[0] != "roles" {
		return 0, false
	}
	n, ok := path[1].(int)
	_, named := path[2].(string)
	return n, ok && named
}

package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// patient is a source whose site looks as a test wants it to.
type patient struct {
	name  string
	looks connectors.Inspection
	err   error
}

func (p *patient) Name() string { return p.name }

func (p *patient) Changed(context.Context, connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(func(connectors.Page, error) bool) {}
}

func (p *patient) Inspect(context.Context) (connectors.Inspection, error) { return p.looks, p.err }

// mute is a source that cannot be asked how it looks.
type mute struct{ connectors.Source }

// tuesday is when the tests' doctor looks.
var tuesday = time.Date(2026, time.November, 17, 8, 0, 0, 0, time.UTC)

type fixedClock struct{}

func (fixedClock) Now() time.Time                                   { return tuesday }
func (fixedClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

const doctorOrg = `
people:
  - {id: lee,  name: Lee Park,  email: lee@acme.example}
  - {id: mina, name: Mina Osei, email: mina@acme.example, role: engineer}
teams:
  - {id: payments, em: lee, members: [mina], owns: {jira: {projects: [PAY]}}}
  - {id: growth, owns: {linear: {teams: [GRO]}}}
`

// surgery is a fairlead with one patient and these tickets, read an hour ago.
func surgery(t *testing.T, p connectors.Source, tickets ...ticket.Ticket) *Fairlead {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: \"https://jira.acme.example\", name: jira acme, token: \"${TOKEN}\", projects: [PAY]}\norg: org.yaml\n",
		"org.yaml":      doctorOrg,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), func(string) (string, bool) { return "t0ken", true })
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(t.Context(), cfg, Options{Clock: fixedClock{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	f.sources = []connectors.Source{p}
	if _, err := f.store.SavePage(t.Context(), "jira acme", tickets, nil, "c"); err != nil {
		t.Fatal(err)
	}
	read := tuesday.Add(-time.Hour)
	saveRun(t, f, store.Run{ID: "1", Kind: store.RunSync, Source: "jira acme", Started: read, Ended: read})
	return f
}

func saveRun(t *testing.T, f *Fairlead, r store.Run) {
	t.Helper()
	if err := f.store.SaveRun(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// story is a stored ticket that everybody knows everything about.
func story(id string, change func(*ticket.Ticket)) ticket.Ticket {
	at := tuesday.Add(-24 * time.Hour)
	t := ticket.Ticket{
		Source: "jira acme", Tracker: "jira", ID: id, Key: "PAY-" + id, Project: "PAY", RawType: "Story", Kind: ticket.Feature,
		Status: "Open", Category: ticket.Todo, Priority: ticket.Medium, Created: at, Updated: at,
		Creator:  ticket.Account{ID: "a-lee", Name: "Lee Park", Email: "Lee@acme.example"},
		Assignee: ticket.Account{ID: "a-mina", Name: "Mina Osei", Email: "mina@acme.example"},
	}
	if change != nil {
		change(&t)
	}
	t.Normalise()
	return t
}

func healthy() *patient {
	return &patient{name: "jira acme", looks: connectors.Inspection{
		Who: ticket.Account{ID: "a-bot", Name: "Fairlead", Email: "fairlead@acme.example"}, Zone: "Europe/Berlin",
		Limit: "98 of 100 requests left", Fields: map[string]string{"estimate": "Story Points (customfield_10016)"},
		Words: []connectors.Word{
			{Sort: "type", Text: "Story", Means: "feature", Mapped: true}, {Sort: "status", Text: "Open", Means: "todo", Mapped: true},
		},
	}}
}

func examined(t *testing.T, f *Fairlead) Examination {
	t.Helper()
	e, err := f.Doctor(t.Context(), DoctorRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func textOf(t *testing.T, e *Examination) string {
	t.Helper()
	var b strings.Builder
	if err := e.Text(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWhatTheDoctorCallsWrong(t *testing.T) {
	strange := ticket.Account{ID: "a-x", Name: "Ana Soto"}
	for _, c := range []struct {
		name    string
		looks   func(*patient)
		tickets []ticket.Ticket
		before  func(*testing.T, *Fairlead)
		wrong   int
		want    string // a line of the text
	}{
		{"nothing, when all is well", nil, []ticket.Ticket{story("1", nil)}, nil, 0, "Nothing here would make reports wrong."},
		{"a permission that is missing", func(p *patient) { p.looks.Missing = []string{"Browse projects on CORE: its tickets are not read"} },
			[]ticket.Ticket{story("1", nil)}, nil, 1, "! permission missing: Browse projects on CORE: its tickets are not read"},
		{"a type in use without a meaning", func(p *patient) {
			p.looks.Words = append(p.looks.Words, connectors.Word{Sort: "type", Text: "Discovery", Means: "task"})
		}, []ticket.Ticket{story("1", func(t *ticket.Ticket) { t.RawType = "discovery" })}, nil, 1,
			`! type "Discovery" has no meaning yet and is taken as task: 1 ticket`},
		{"no type that nobody uses", func(p *patient) {
			p.looks.Words = append(p.looks.Words, connectors.Word{Sort: "type", Text: "Discovery", Means: "task"})
		}, []ticket.Ticket{story("1", nil)}, nil, 0, "Nothing here"},
		{"no phrase of a link, though it is told", func(p *patient) {
			p.looks.Words = append(p.looks.Words, connectors.Word{Sort: "link", Text: "is justified by", Means: "other"})
		}, []ticket.Ticket{story("1", func(t *ticket.Ticket) {
			t.Links = []ticket.Link{{Kind: ticket.OtherLink, Phrase: "is justified by", Target: ticket.Ref{Key: "PAY-9"}}}
		})}, nil, 0, `- link "is justified by" has no meaning yet and is taken as other: 1 ticket`},
		{"tickets that no team owns", nil, []ticket.Ticket{story("1", nil), story("2", func(t *ticket.Ticket) { t.Project, t.Key = "OPS", "OPS-2" })},
			nil, 1, "! OPS in jira acme: no report speaks of its 1 ticket"},
		{"an EM whose account is not known", nil, []ticket.Ticket{story("1", func(t *ticket.Ticket) { t.Creator = ticket.Account{ID: "a-77", Name: "Lee Park"} })},
			nil, 1, "      jira: a-77\n"},
		{"no stranger, though they are told", nil, []ticket.Ticket{story("1", func(t *ticket.Ticket) { t.Watchers = []ticket.Account{strange} })},
			nil, 0, `- "Ana Soto" (jira account a-x): took part in 1 ticket`},
		{"a source that was last read long ago", nil, []ticket.Ticket{story("1", nil)}, func(t *testing.T, f *Fairlead) {
			old := tuesday.Add(-72 * time.Hour)
			saveRun(t, f, store.Run{ID: "1", Kind: store.RunSync, Source: "jira acme", Started: old, Ended: old})
		}, 1, "! was last read to the end on Saturday 14 November 2026, 08:00 UTC, 3 days ago"},
		{"a source that was never read", nil, nil, func(t *testing.T, f *Fairlead) {
			saveRun(t, f, store.Run{ID: "1", Kind: store.RunSync, Source: "jira acme", Started: tuesday, Ended: tuesday, Error: "the line was cut"})
		}, 1, "! has never been read to the end: run fairlead sync (0 tickets stored so far)"},
		{"a source that was read and is empty", nil, nil, nil, 1, "! was read to the end without a single ticket: look whether these are the right projects"},
		{"a tracker that does not answer", func(p *patient) { p.err = errors.New("jira acme: GET /myself: nobody answers\n\ttry again later") },
			[]ticket.Ticket{story("1", nil)}, nil, 1, "! the tracker could not be asked"},
		{"no clock of another time, though it is told", func(p *patient) { p.looks.ClockSkew = -31 * time.Second }, []ticket.Ticket{story("1", nil)},
			nil, 0, "- clock: the server's is 31s behind ours: check the time here"},
		{"no team without an EM, though it is told", nil, []ticket.Ticket{story("1", nil)}, nil, 0, "- team growth has no EM"},
		{"no rule that stopped, though it is told", nil, []ticket.Ticket{story("1", nil)}, func(t *testing.T, f *Fairlead) {
			saveRun(t, f, store.Run{ID: "2", Kind: store.RunCheck, Started: tuesday, Ended: tuesday, Gaps: []string{"my-rule: it took too long"}})
		}, 0, "- my-rule: it took too long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := healthy()
			if c.looks != nil {
				c.looks(p)
			}
			f := surgery(t, p, c.tickets...)
			if c.before != nil {
				c.before(t, f)
			}
			e := examined(t, f)
			text := textOf(t, &e)
			if e.Wrong != c.wrong {
				t.Errorf("%d things are wrong, want %d:\n%s", e.Wrong, c.wrong, text)
			}
			if !strings.Contains(text, c.want) {
				t.Errorf("the text lacks %q:\n%s", c.want, text)
			}
			if got := strings.Count("\n"+text, "\n! "); got != c.wrong {
				t.Errorf("%d lines are marked, want %d:\n%s", got, c.wrong, text)
			}
		})
	}
}

func TestTheDoctorSaysAlsoWhatIsInOrder(t *testing.T) {
	for _, c := range []struct {
		name  string
		looks func(*connectors.Inspection)
		want  []string
	}{
		{"all of it", func(*connectors.Inspection) {}, []string{
			"  permissions: all that reading takes are granted", "  rate limit: 98 of 100 requests left", "  clock: agrees with ours",
		}},
		{"a tracker that tells no limit", func(i *connectors.Inspection) { i.Limit = "" }, []string{"  rate limit: the tracker told none in its answer"}},
		{"clocks that differ by little", func(i *connectors.Inspection) { i.ClockSkew = 30 * time.Second }, []string{"  clock: the server's is 30s ahead of ours, too little to matter"}},
	} {
		p := healthy()
		c.looks(&p.looks)
		e := examined(t, surgery(t, p, story("1", nil)))
		for _, want := range c.want {
			if text := textOf(t, &e); !strings.Contains(text, want+"\n") {
				t.Errorf("%s: the text lacks %q:\n%s", c.name, want, text)
			}
		}
	}
}

func TestATrackerThatIsDownHidesNothingThatIsStored(t *testing.T) {
	p := healthy()
	p.err = errors.New("nobody answers")
	e := examined(t, surgery(t, p, story("1", func(t *ticket.Ticket) {
		t.Project, t.Key = "OPS", "OPS-1"
		t.Creator = ticket.Account{ID: "a-x", Name: "Ana Soto"}
	})))
	if len(e.Unowned) != 1 || len(e.People) != 1 || e.Sources[0].Tickets != 1 {
		t.Errorf("the store told %+v, want one project, one person, one ticket", e)
	}
}

func TestASourceThatCannotBeAskedSaysSo(t *testing.T) {
	e := examined(t, surgery(t, mute{healthy()}, story("1", nil)))
	if e.Sources[0].Trouble == "" || e.Wrong != 1 {
		t.Errorf("trouble = %q with %d wrong, want words and 1", e.Sources[0].Trouble, e.Wrong)
	}
}

func TestPeopleAreKnownByAccountOrAddress(t *testing.T) {
	f := surgery(t, healthy(), story("1", func(t *ticket.Ticket) {
		t.Assignee = ticket.Account{ID: "a-other", Email: "MINA@acme.example"} // the address decides
		t.Mentions = []string{"a-lee"}                                         // told whole as the creator
		t.Comments = []ticket.Comment{{ID: "c", Author: ticket.Account{ID: "a-ci", Name: "CI", Bot: true}, Created: t.Created}}
	}))
	e := examined(t, f)
	if len(e.People) != 1 || e.People[0].ID != "a-ci" || e.People[0].Paste != `- {id: ci, name: CI, jira: a-ci, bot: true}` {
		t.Errorf("unknown = %+v, want the bot alone with a line for it", e.People)
	}
}

// What the doctor suggests is put where it says and loaded.
func TestWhatTheDoctorSuggestsCanBePasted(t *testing.T) {
	p := healthy()
	nasty := "Dis: \"covery\" # {x}\u202e"
	p.looks.Words = append(p.looks.Words,
		connectors.Word{Sort: "type", Text: nasty, Means: "task"}, connectors.Word{Sort: "status", Text: "Yes", Means: "started"},
		connectors.Word{Sort: "priority", Text: "P9", Means: "none"})
	e := examined(t, surgery(t, p, story("1", func(t *ticket.Ticket) {
		t.RawType, t.Status, t.Project, t.Key = nasty, "Yes", "OPS", "OPS-1"
		t.Creator = ticket.Account{ID: "557058:a-b", Name: "O'Neil: \"Ana\"\n- {id: evil}"}
	})))
	dir := t.TempDir()
	entry := "sources:\n  - jira: https://jira.acme.example\n    token: ${TOKEN}\n    projects: [PAY]\n" +
		indented(e.Sources[0].Paste, "    ") + "org: org.yaml\n"
	people := "people:\n  " + e.People[0].Paste + "\nteams:\n  - id: ops\n    " + e.Unowned[0].Paste + "\n"
	for name, text := range map[string]string{"fairlead.yaml": entry, "org.yaml": people} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), func(string) (string, bool) { return "t0ken", true })
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, entry, people)
	}
	m := cfg.Sources[0].Mapping
	if m.Types[nasty] != ticket.Task || m.Statuses["Yes"] != ticket.Started || m.Priorities["P9"] != ticket.NoPriority {
		t.Errorf("the mapping became %+v", m)
	}
	who, ok := cfg.Directory.Resolve("jira", "557058:a-b", "")
	if !ok || who.Name != "O'Neil: \"Ana\"\n- {id: evil}" || len(cfg.Directory.People()) != 1 {
		t.Errorf("the person became %+v", who)
	}
}

func indented(text, by string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(by + line)
	}
	return out.String()
}

func TestTrackersCannotWriteOnTheTerminal(t *testing.T) {
	const hostile = "x\x1b[2J\r\n! all is lost\u202e"
	p := healthy()
	p.looks.Who.Name, p.looks.Zone, p.looks.Limit = hostile, hostile, hostile
	p.looks.Missing, p.looks.Fields = []string{hostile}, map[string]string{"estimate": hostile}
	p.looks.Words = append(p.looks.Words, connectors.Word{Sort: "type", Text: hostile, Means: "task"})
	e := examined(t, surgery(t, p, story("1", func(t *ticket.Ticket) {
		t.RawType, t.Creator = hostile, ticket.Account{ID: hostile, Name: hostile}
	})))
	text := textOf(t, &e)
	for _, never := range []string{"\x1b", "\r", "\u202e", "\n! all"} {
		if strings.Contains(text, never) {
			t.Errorf("the text holds %q:\n%q", never, text)
		}
	}
}

func TestADoctorsNoteReadsWell(t *testing.T) {
	p := healthy()
	p.looks.Missing = []string{"View development tools on PAY: pull requests are not seen"}
	p.looks.Words = append(p.looks.Words,
		connectors.Word{Sort: "type", Text: "Discovery", Means: "task"}, connectors.Word{Sort: "link", Text: "is justified by", Means: "other"})
	p.looks.ClockSkew = 45 * time.Second
	ana := ticket.Account{ID: "557058:77", Name: "Ana Soto"}
	f := surgery(t, p,
		story("1", func(t *ticket.Ticket) {
			t.RawType, t.Creator = "Discovery", ticket.Account{ID: "a-77", Name: "Lee Park"}
		}),
		story("2", func(t *ticket.Ticket) {
			t.Creator, t.Watchers = ana, []ticket.Account{ana}
			t.Links = []ticket.Link{{Kind: ticket.OtherLink, Phrase: "is justified by", Target: ticket.Ref{Key: "PAY-9"}}}
		}),
		story("3", func(t *ticket.Ticket) { t.Project, t.Key, t.Creator = "OPS", "OPS-3", ana }),
	)
	saveRun(t, f, store.Run{ID: "1", Kind: store.RunSync, Source: "jira acme", Started: tuesday, Ended: tuesday, Gaps: []string{"PAY-2: watchers may not be read"}})
	e := examined(t, f)
	got, path := textOf(t, &e), filepath.Join("testdata", "doctor.txt")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTheMappingIsListedOnlyWhenAskedFor(t *testing.T) {
	f := surgery(t, healthy(), story("1", nil))
	for _, all := range []bool{false, true} {
		e, err := f.Doctor(t.Context(), DoctorRequest{Mapping: all})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(textOf(t, &e), `type "Story" is feature`); got != all {
			t.Errorf("with Mapping %v the words are listed: %v", all, got)
		}
	}
}

func TestALabelWithoutAMeaningIsNoAssumption(t *testing.T) {
	p := healthy()
	p.looks.Words = append(p.looks.Words,
		connectors.Word{Sort: "label", Text: "ux"}, connectors.Word{Sort: "label", Text: "retro", Means: "action-item", Mapped: true})
	e, err := surgery(t, p, story("1", nil)).Doctor(t.Context(), DoctorRequest{Mapping: true})
	if err != nil {
		t.Fatal(err)
	}
	text := textOf(t, &e)
	for _, want := range []string{`label "ux" says nothing of a ticket's kind`, `label "retro" is action-item`} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
	if len(e.Sources[0].Unmapped) != 0 {
		t.Errorf("unmapped: %+v, want no label among them", e.Sources[0].Unmapped)
	}
}

func TestADoctorAskedForAnUnknownSourceSaysWhichThereAre(t *testing.T) {
	_, err := surgery(t, healthy()).Doctor(t.Context(), DoctorRequest{Sources: []string{"jira acmee"}})
	if err == nil || !strings.Contains(err.Error(), `"jira acme"`) {
		t.Errorf("err = %v, want the names there are", err)
	}
}

func TestTheExaminationIsReadableByMachines(t *testing.T) {
	e := examined(t, surgery(t, healthy(), story("1", nil)))
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"wrong":0`, `"name":"jira acme"`, `"tickets":1`, `"mapped_words":{"status":1,"type":1}`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("JSON lacks %s:\n%s", want, text)
		}
	}
}

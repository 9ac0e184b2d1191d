package daemon

import "io"

// orgHeadings are the kinds of finding in the order in which they are told.
var orgHeadings = []struct{ kind, heading string }{
	{noIdentity, "People whom no tracker can know"},
	{circle, "Reporting lines in a circle"},
	{claimed, "Work that two teams claim"},
	{noLeader, "Teams without an EM or PM"},
	{noTeam, "People in no team"},
	{noCover, "Absences that nobody covers"},
}

// Text writes what was found for people to read. Lines that begin with ! are
// what would make reports wrong, lines with - are worth knowing.
func (c *OrgCheck) Text(w io.Writer) error {
	p := examinationPrinter{}
	p.heading(numbered(c.People, "person") + " in " + numbered(c.Teams, "team"))
	for _, h := range orgHeadings {
		p.found(c.Found, h.kind, h.heading)
	}
	p.calendars(c.Calendars, c.At, true)
	if c.Stored != nil {
		p.managers(c.Stored.Managers)
		p.unowned(c.Stored.Unowned)
		p.people(c.Stored.People)
	} else {
		p.heading("Nothing is stored yet: after fairlead sync, this also tells people in tickets whom org.yaml does not\nknow, and tickets that no team owns.")
	}
	p.close(c.Wrong)
	_, err := io.WriteString(w, p.out.String())
	return err
}

func (p *examinationPrinter) found(all []OrgFinding, kind, heading string) {
	var list []OrgFinding
	for _, f := range all {
		if f.Kind == kind {
			list = append(list, f)
		}
	}
	if len(list) > 0 {
		p.heading(heading)
	}
	for _, f := range list[:min(len(list), mostShown)] {
		mark := markNote
		if f.Wrong {
			mark = markWrong
		}
		p.say(mark, "%s: %s", shownLong(f.Place), shownLong(f.Text))
		if f.Hint != "" {
			p.say("    ", "%s", shownLong(f.Hint))
		}
	}
	p.more(len(list))
}

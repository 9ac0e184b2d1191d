package simulator

// Page is a web page that somebody linked to an issue: a remote link in Jira, an
// attachment in Linear.
type Page struct {
	Title string
	URL   string

	by     *Person
	at     lifetime
	issue  *Issue
	number int
}

// Attach links a web page to the issue, which leaves history.
func (a Actor) Attach(key, title, url string) {
	a.edit(key, func(i *Issue) []Item {
		p := &Page{Title: title, URL: url, by: a.by, issue: i, number: a.w.id()}
		p.at = lifetime{created: a.w.now, updated: a.w.now}
		i.Pages = append(i.Pages, p)
		return []Item{{FieldRemoteLink, "", title}}
	})
}

func (p *Page) gqlID() string { return uuid("attachment", p.number) }

func (p *Page) moments() lifetime { return p.at }

// attachmentFields are those of Attachment.
func attachmentFields() map[string]gqlField {
	return common[*Page](map[string]gqlField{
		"title":      value(func(p *Page) any { return p.Title }),
		"subtitle":   value(func(*Page) any { return nil }),
		"url":        value(func(p *Page) any { return p.URL }),
		"sourceType": value(func(*Page) any { return nil }),
		"creator":    one("User", func(_ *linear, p *Page) *Person { return human(p.by) }),
		"issue":      one("Issue", func(_ *linear, p *Page) *Issue { return p.issue }),
	})
}

// projectAttachmentFields are those of ProjectAttachment. What is attached to a
// project here is an external link of it.
func projectAttachmentFields() map[string]gqlField {
	return common[*Page](map[string]gqlField{
		"title": value(func(p *Page) any { return p.Title }),
		"url":   value(func(p *Page) any { return p.URL }),
	})
}

// externalLinkFields are those of EntityExternalLink.
func externalLinkFields() map[string]gqlField {
	return common[*Page](map[string]gqlField{
		"label": value(func(p *Page) any { return p.Title }),
		"url":   value(func(p *Page) any { return p.URL }),
	})
}

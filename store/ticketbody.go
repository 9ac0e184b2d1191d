package store

import (
	"fmt"
	"sync"

	"github.com/fairlead-dev/fairlead/ticket"
)

// EncodeTicket appends the whole ticket to dst as a body: MessagePack maps with
// short names, everybody it names written once in a table of accounts. Times
// keep microseconds; equal tickets give equal bytes, and an empty list the same
// bytes as none.
func EncodeTicket(dst []byte, t *ticket.Ticket) ([]byte, error) {
	var all accountTable
	r := recordOf(t, &all)
	r.Accounts = all.records
	out, err := r.MarshalMsg(dst)
	if err != nil {
		return dst, fmt.Errorf("encode ticket %s: %w", t.Key, err)
	}
	return out, nil
}

// DecodeTicket reads a body that EncodeTicket of this or another version
// wrote. Times come back in UTC, empty lists as nil. Bytes that are no ticket
// are an error.
func DecodeTicket(body []byte) (ticket.Ticket, error) {
	t, err := decodeTicket(body)
	if err != nil {
		return ticket.Ticket{}, fmt.Errorf("read a stored ticket of %d bytes: %w", len(body), err)
	}
	return t, nil
}

func decodeTicket(body []byte) (ticket.Ticket, error) {
	body, err := own(body)
	if err != nil {
		return ticket.Ticket{}, err
	}
	r := records.Get().(*ticketRecord) //nolint:forcetypeassert // nothing else is put there
	defer func() {
		r.empty()
		records.Put(r)
	}()
	if err := ended(r.UnmarshalMsg(body)); err != nil {
		return ticket.Ticket{}, err
	}
	all := accountsOf(r.Accounts)
	t := r.ticket(&all)
	return t, all.complete()
}

// records are empty ones that were used before: what a ticket is made of does not outlast
// its decoding, and is half of the memory that decoding takes.
var records = sync.Pool{New: func() any { return &ticketRecord{} }}

// roomKept is for how many entries at most there stays room: emptying takes as long as
// there is.
const roomKept = 256

// empty makes the record like a new one but for the room in its longest lists. Decoding
// leaves alone what a body does not tell, so that nothing may stay.
func (r *ticketRecord) empty() {
	if cap(r.History) > roomKept || cap(r.Accounts) > roomKept {
		*r = ticketRecord{}
		return
	}
	history := r.History[:cap(r.History)]
	for i := range history {
		history[i] = changeRecord{From: emptied(history[i].From), To: emptied(history[i].To)}
	}
	*r = ticketRecord{Accounts: emptied(r.Accounts), History: history[:0]}
}

func emptied[T any](list []T) []T {
	clear(list[:cap(list)])
	return list[:0]
}

func recordOf(t *ticket.Ticket, all *accountTable) ticketRecord {
	return ticketRecord{
		Source: text(t.Source), Tracker: text(t.Tracker), ID: text(t.ID), Key: text(t.Key), URL: text(t.URL),
		Title: text(t.Title), Description: text(t.Description), Kind: text(t.Kind), RawType: text(t.RawType),
		Status: text(t.Status), Category: text(t.Category), Priority: text(t.Priority),
		Creator: all.place(t.Creator), Assignee: all.place(t.Assignee),
		Project: text(t.Project), Team: text(t.Team), Boards: texts(t.Boards),
		Estimate: t.Estimate, Due: text(t.Due), Sprints: texts(t.Sprints),
		Labels: texts(t.Labels), Components: texts(t.Components),
		Parent:     refRecordOf(t.Parent),
		Containers: convert(t.Containers, refRecordOf),
		Links:      convert(t.Links, linkRecordOf),
		Needs:      convert(t.Needs, needRecordOf),
		Releases:   convert(t.Releases, releaseRecordOf),
		Health:     text(t.Health),
		Members:    convert(t.Members, all.place),
		Papers:     convert(t.Papers, paperRecordOf),
		Mentions:   texts(t.Mentions),
		Watchers:   convert(t.Watchers, all.place),
		Comments:   convert(t.Comments, all.commentRecord),
		History:    convert(t.History, all.changeRecord),
		Created:    momentOf(t.Created), Updated: momentOf(t.Updated),
		Started: momentOf(t.Started), Resolved: momentOf(t.Resolved),
	}
}

func (r *ticketRecord) ticket(all *accounts) ticket.Ticket {
	return ticket.Ticket{
		Source: string(r.Source), Tracker: string(r.Tracker), ID: string(r.ID), Key: string(r.Key), URL: string(r.URL),
		Title: string(r.Title), Description: string(r.Description), Kind: ticket.Kind(r.Kind), RawType: string(r.RawType),
		Status: string(r.Status), Category: ticket.Category(r.Category), Priority: ticket.Priority(r.Priority),
		Creator: all.at(r.Creator), Assignee: all.at(r.Assignee),
		Project: string(r.Project), Team: string(r.Team), Boards: words(r.Boards),
		Estimate: r.Estimate, Due: ticket.Date(r.Due), Sprints: words(r.Sprints),
		Labels: words(r.Labels), Components: words(r.Components),
		Parent:     r.Parent.ref(),
		Containers: convert(r.Containers, refRecord.ref),
		Links:      convert(r.Links, linkRecord.link),
		Needs:      convert(r.Needs, needRecord.need),
		Releases:   convert(r.Releases, releaseRecord.release),
		Health:     string(r.Health),
		Members:    convert(r.Members, all.at),
		Papers:     convert(r.Papers, paperRecord.paper),
		Mentions:   words(r.Mentions),
		Watchers:   convert(r.Watchers, all.at),
		Comments:   convert(r.Comments, all.comment),
		History:    all.history(r.History),
		Created:    r.Created.time(), Updated: r.Updated.time(),
		Started: r.Started.time(), Resolved: r.Resolved.time(),
	}
}

func refRecordOf(r ticket.Ref) refRecord { return refRecord{ID: text(r.ID), Key: text(r.Key)} }

func (r refRecord) ref() ticket.Ref { return ticket.Ref{ID: string(r.ID), Key: string(r.Key)} }

func linkRecordOf(l ticket.Link) linkRecord {
	return linkRecord{Kind: text(l.Kind), Phrase: text(l.Phrase), Target: refRecordOf(l.Target), TargetKind: text(l.TargetKind)}
}

func (r linkRecord) link() ticket.Link {
	return ticket.Link{
		Kind: ticket.LinkKind(r.Kind), Phrase: string(r.Phrase),
		Target: r.Target.ref(), TargetKind: ticket.Kind(r.TargetKind),
	}
}

func needRecordOf(n ticket.Need) needRecord {
	return needRecord{ID: text(n.ID), Created: momentOf(n.Created)}
}

func (r needRecord) need() ticket.Need {
	return ticket.Need{ID: string(r.ID), Created: r.Created.time()}
}

func releaseRecordOf(v ticket.Release) releaseRecord {
	return releaseRecord{ID: text(v.ID), Name: text(v.Name), Due: text(v.Due), Released: v.Released}
}

func (r releaseRecord) release() ticket.Release {
	return ticket.Release{ID: string(r.ID), Name: string(r.Name), Due: ticket.Date(r.Due), Released: r.Released}
}

func paperRecordOf(p ticket.Paper) paperRecord {
	return paperRecord{Title: text(p.Title), URL: text(p.URL)}
}

func (r paperRecord) paper() ticket.Paper {
	return ticket.Paper{Title: string(r.Title), URL: string(r.URL)}
}

func (all *accountTable) commentRecord(c ticket.Comment) commentRecord {
	return commentRecord{
		ID: text(c.ID), Author: all.place(c.Author), Created: momentOf(c.Created), Mentions: texts(c.Mentions),
		Text: text(c.Text),
	}
}

func (all *accounts) comment(r commentRecord) ticket.Comment {
	return ticket.Comment{
		ID: string(r.ID), Author: all.at(r.Author), Created: r.Created.time(), Mentions: words(r.Mentions),
		Text: string(r.Text),
	}
}

func (all *accountTable) changeRecord(c ticket.Change) changeRecord {
	return changeRecord{
		ID: text(c.ID), At: momentOf(c.At), Actor: all.place(c.Actor), Field: text(c.Field), Raw: text(c.Raw),
		From: convert(c.From, valueRecordOf), To: convert(c.To, valueRecordOf),
	}
}

// history reads the changes, the values of all of them in one allocation.
func (all *accounts) history(records []changeRecord) []ticket.Change {
	n := 0
	for i := range records {
		n += len(records[i].From) + len(records[i].To)
	}
	values := make([]ticket.Value, 0, n)
	take := func(list []valueRecord) []ticket.Value {
		if len(list) == 0 {
			return nil
		}
		begin := len(values)
		for _, v := range list {
			values = append(values, v.value())
		}
		return values[begin:len(values):len(values)]
	}
	return convert(records, func(r changeRecord) ticket.Change {
		return ticket.Change{
			ID: string(r.ID), At: r.At.time(), Actor: all.at(r.Actor), Field: ticket.Field(r.Field), Raw: string(r.Raw),
			From: take(r.From), To: take(r.To),
		}
	})
}

func valueRecordOf(v ticket.Value) valueRecord {
	return valueRecord{ID: text(v.ID), Text: text(v.Text), Norm: text(v.Norm)}
}

func (r valueRecord) value() ticket.Value {
	return ticket.Value{ID: string(r.ID), Text: string(r.Text), Norm: string(r.Norm)}
}

package store

// The records mirror the nouns for the encoder. A noun's field that is added,
// renamed or dropped is followed here and in the conversions next door; names
// in the msg tags are what stands in files, so they are never reused for
// something else. Unknown names are skipped when reading, missing ones stay
// zero: binaries of different age read each other's bodies.

//go:generate go tool msgp -io=false -tests=false -unexported -o record_gen.go

// who is a place in the body's table of accounts, counted from 1; 0 is nobody.
type who int

// moment is microseconds since the zero time.Time, so that 0 is the zero time.
type moment int64

type ticketRecord struct {
	Accounts []accountRecord `msg:"A,omitempty"` // everybody the ticket names, each once

	Source      text            `msg:"s,omitzero"`
	Tracker     text            `msg:"x,omitzero"`
	ID          text            `msg:"i,omitzero"`
	Key         text            `msg:"k,omitzero"`
	URL         text            `msg:"u,omitzero"`
	Title       text            `msg:"t,omitzero"`
	Description text            `msg:"d,omitzero"`
	Kind        text            `msg:"ki,omitzero"`
	RawType     text            `msg:"rt,omitzero"`
	Status      text            `msg:"st,omitzero"`
	Category    text            `msg:"ca,omitzero"`
	Priority    text            `msg:"pr,omitzero"`
	Creator     who             `msg:"cr,omitempty"`
	Assignee    who             `msg:"as,omitempty"`
	Project     text            `msg:"pj,omitzero"`
	Team        text            `msg:"te,omitzero"`
	Boards      []text          `msg:"bo,omitempty"`
	Estimate    *float64        `msg:"es,omitempty"`
	Due         text            `msg:"du,omitzero"`
	Sprints     []text          `msg:"sp,omitempty"`
	Labels      []text          `msg:"la,omitempty"`
	Components  []text          `msg:"co,omitempty"`
	Parent      refRecord       `msg:"pa,omitzero"`
	Containers  []refRecord     `msg:"cn,omitempty"`
	Links       []linkRecord    `msg:"li,omitempty"`
	Needs       []needRecord    `msg:"ne,omitempty"`
	Releases    []releaseRecord `msg:"re,omitempty"`
	Health      text            `msg:"he,omitzero"`
	Members     []who           `msg:"mb,omitempty"`
	Papers      []paperRecord   `msg:"pp,omitempty"`
	Mentions    []text          `msg:"me,omitempty"`
	Watchers    []who           `msg:"wa,omitempty"`
	Comments    []commentRecord `msg:"cm,omitempty"`
	History     []changeRecord  `msg:"hi,omitempty"`
	Created     moment          `msg:"c,omitempty"`
	Updated     moment          `msg:"m,omitempty"`
	Started     moment          `msg:"b,omitempty"`
	Resolved    moment          `msg:"e,omitempty"`
}

type accountRecord struct {
	ID       text `msg:"i,omitzero"`
	Name     text `msg:"n,omitzero"`
	Email    text `msg:"e,omitzero"`
	Bot      bool `msg:"b,omitempty"`
	Inactive bool `msg:"x,omitempty"`
}

// IsZero lets a reference to nowhere be left out.
func (r refRecord) IsZero() bool { return r == refRecord{} }

type refRecord struct {
	ID  text `msg:"i,omitzero"`
	Key text `msg:"k,omitzero"`
}

type linkRecord struct {
	Kind       text      `msg:"ki,omitzero"`
	Phrase     text      `msg:"p,omitzero"`
	Target     refRecord `msg:"t,omitzero"`
	TargetKind text      `msg:"tk,omitzero"`
}

type needRecord struct {
	ID      text   `msg:"i,omitzero"`
	Created moment `msg:"c,omitempty"`
}

type releaseRecord struct {
	ID       text `msg:"i,omitzero"`
	Name     text `msg:"n,omitzero"`
	Due      text `msg:"d,omitzero"`
	Released bool `msg:"r,omitempty"`
}

type paperRecord struct {
	Title text `msg:"t,omitzero"`
	URL   text `msg:"u,omitzero"`
}

type commentRecord struct {
	ID       text   `msg:"i,omitzero"`
	Author   who    `msg:"a,omitempty"`
	Created  moment `msg:"c,omitempty"`
	Mentions []text `msg:"m,omitempty"`
	Text     text   `msg:"t,omitzero"`
}

type changeRecord struct {
	ID    text          `msg:"i,omitzero"`
	At    moment        `msg:"c,omitempty"`
	Actor who           `msg:"a,omitempty"`
	Field text          `msg:"f,omitzero"`
	Raw   text          `msg:"r,omitzero"`
	From  []valueRecord `msg:"o,omitempty"`
	To    []valueRecord `msg:"n,omitempty"`
}

type valueRecord struct {
	ID   text `msg:"i,omitzero"`
	Text text `msg:"t,omitzero"`
	Norm text `msg:"n,omitzero"`
}

type sprintRecord struct {
	Source    text   `msg:"s,omitzero"`
	ID        text   `msg:"i,omitzero"`
	Name      text   `msg:"n,omitzero"`
	Goal      text   `msg:"g,omitzero"`
	State     text   `msg:"st,omitzero"`
	Board     text   `msg:"bo,omitzero"`
	Team      text   `msg:"te,omitzero"`
	URL       text   `msg:"u,omitzero"`
	Start     moment `msg:"b,omitempty"`
	End       moment `msg:"e,omitempty"`
	Completed moment `msg:"c,omitempty"`
}

type findingRecord struct {
	ID       text             `msg:"i,omitzero"`
	Rule     text             `msg:"r,omitzero"`
	Team     text             `msg:"te,omitzero"`
	Subject  subjectRecord    `msg:"s,omitzero"`
	Event    text             `msg:"ev,omitzero"`
	Promise  text             `msg:"p,omitzero"`
	Reason   text             `msg:"w,omitzero"`
	Ask      text             `msg:"a,omitzero"`
	Severity text             `msg:"se,omitzero"`
	Audience text             `msg:"au,omitzero"`
	Evidence []evidenceRecord `msg:"e,omitempty"`
	Tickets  []text           `msg:"t,omitempty"`
	Expires  moment           `msg:"x,omitempty"`
	State    text             `msg:"st,omitzero"`
	LastSeen moment           `msg:"l,omitempty"`
	Spans    []spanRecord     `msg:"sp,omitempty"`
	Labels   []text           `msg:"la,omitempty"`
	Actor    text             `msg:"ac,omitzero"`
	Mirror   text             `msg:"mi,omitzero"`
}

// IsZero lets a finding about nothing be left out.
func (r subjectRecord) IsZero() bool { return r == subjectRecord{} }

type subjectRecord struct {
	Kind   text `msg:"ki,omitzero"`
	Source text `msg:"s,omitzero"`
	ID     text `msg:"i,omitzero"`
	Key    text `msg:"k,omitzero"`
	Title  text `msg:"t,omitzero"`
	URL    text `msg:"u,omitzero"`
}

type evidenceRecord struct {
	Fact  text   `msg:"f,omitzero"`
	Value text   `msg:"v,omitzero"`
	At    moment `msg:"c,omitempty"`
	URL   text   `msg:"u,omitzero"`
}

type spanRecord struct {
	From moment `msg:"b,omitempty"`
	To   moment `msg:"e,omitempty"`
	End  text   `msg:"w,omitzero"`
}

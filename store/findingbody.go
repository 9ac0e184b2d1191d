package store

import (
	"errors"
	"fmt"
	"strings"

	"github.com/fairlead-dev/fairlead/finding"
)

var (
	errNeverOpen = errors.New("it was never open")
	errOutlined  = errors.New("it is an outline, and what was left out of it would be lost")
	errSpoken    = errors.New("it is as a person's word makes it, and only what runs noticed is stored")
)

// EncodeFinding appends the whole entry of the ledger to dst as a body, with
// the promises of EncodeTicket. A finding that was never open is none, since
// everything that reads a finding asks when it opened; one that finding.Judge laid
// people's words over is not what a run noticed.
func EncodeFinding(dst []byte, f *finding.Finding) ([]byte, error) {
	if len(f.Spans) == 0 {
		return dst, fmt.Errorf("encode finding %s: %w", f.ID, errNeverOpen)
	}
	if f.Outlined {
		return dst, fmt.Errorf("encode finding %s: %w", f.ID, errOutlined)
	}
	if f.Spoken() {
		return dst, fmt.Errorf("encode finding %s: %w", f.ID, errSpoken)
	}
	r := findingRecordOf(f)
	out, err := r.MarshalMsg(dst)
	if err != nil {
		return dst, fmt.Errorf("encode finding %s: %w", f.ID, err)
	}
	return out, nil
}

// DecodeFinding reads what EncodeFinding wrote, with the promises of
// DecodeTicket.
func DecodeFinding(body []byte) (finding.Finding, error) {
	owned, err := own(body)
	if err != nil {
		return finding.Finding{}, undecoded(body, err)
	}
	var r findingRecord
	if err := r.decode(owned); err != nil {
		return finding.Finding{}, undecoded(body, err)
	}
	return r.finding(), nil
}

// Outlines decodes a whole ledger in outline: see finding.Finding.Outline. The zero value
// is ready; it is for one goroutine.
type Outlines struct {
	record findingRecord
	texts  Texts // those that many findings have in common
}

// Decode reads what EncodeFinding wrote, with the promises of DecodeTicket.
func (o *Outlines) Decode(body []byte) (finding.Finding, error) {
	if err := wellFormed(body); err != nil {
		return finding.Finding{}, undecoded(body, err)
	}
	if o.texts == nil {
		o.texts = Texts{}
	}
	o.record.empty()
	if err := o.record.decode(body); err != nil {
		return finding.Finding{}, undecoded(body, err)
	}
	if o.record.State == text(finding.Open) {
		return DecodeFinding(body)
	}
	r, one := &o.record, o.texts.One
	r.Evidence, r.Tickets = r.Evidence[:0], r.Tickets[:0] // an outline has none
	whole := r.finding()
	f := whole.Outline()
	// Its texts lie in the body, which is not ours.
	f.ID, f.Subject.ID, f.Subject.Key = finding.ID(strings.Clone(string(f.ID))), strings.Clone(f.Subject.ID), strings.Clone(f.Subject.Key)
	f.Rule, f.Team, f.Subject.Source = one(f.Rule), one(f.Team), one(f.Subject.Source)
	f.Subject.Kind, f.Severity, f.Audience = finding.SubjectKind(one(string(f.Subject.Kind))), finding.Severity(one(string(f.Severity))), finding.Audience(one(string(f.Audience)))
	f.State = finding.State(one(string(f.State)))
	for i := range f.Labels {
		f.Labels[i] = one(f.Labels[i])
	}
	for i := range f.Spans {
		f.Spans[i].End = finding.State(one(string(f.Spans[i].End)))
	}
	return f, nil
}

// decode reads a record whose texts lie in the body.
func (r *findingRecord) decode(body []byte) error {
	err := ended(r.UnmarshalMsg(body))
	if err == nil && len(r.Spans) == 0 {
		err = errNeverOpen
	}
	return err
}

// empty makes it ready for another body; its lists keep their room.
func (r *findingRecord) empty() {
	*r = findingRecord{Evidence: emptied(r.Evidence), Tickets: emptied(r.Tickets), Spans: emptied(r.Spans), Labels: emptied(r.Labels)}
}

func undecoded(body []byte, err error) error {
	return fmt.Errorf("read a stored finding of %d bytes: %w", len(body), err)
}

func findingRecordOf(f *finding.Finding) findingRecord {
	return findingRecord{
		ID: text(f.ID), Rule: text(f.Rule), Team: text(f.Team), Subject: subjectRecordOf(f.Subject), Event: text(f.Event),
		Promise: text(f.Promise), Reason: text(f.Reason), Ask: text(f.Ask),
		Severity: text(f.Severity), Audience: text(f.Audience),
		Evidence: convert(f.Evidence, evidenceRecordOf), Tickets: texts(f.Tickets), Expires: momentOf(f.Expires),
		State: text(f.State), LastSeen: momentOf(f.LastSeen), Spans: convert(f.Spans, spanRecordOf),
		Labels: texts(f.Labels), Actor: text(f.Actor), Mirror: text(f.Mirror),
	}
}

func (r *findingRecord) finding() finding.Finding {
	return finding.Finding{
		Seen: finding.Seen{
			ID: finding.ID(r.ID), Rule: string(r.Rule), Team: string(r.Team), Subject: r.Subject.subject(), Event: string(r.Event),
			Promise: string(r.Promise), Reason: string(r.Reason), Ask: string(r.Ask),
			Severity: finding.Severity(r.Severity), Audience: finding.Audience(r.Audience),
			Evidence: convert(r.Evidence, evidenceRecord.evidence), Tickets: words(r.Tickets), Expires: r.Expires.time(),
			Labels: words(r.Labels), Actor: string(r.Actor), Mirror: string(r.Mirror),
		},
		State: finding.State(r.State), LastSeen: r.LastSeen.time(), Spans: convert(r.Spans, spanRecord.span),
	}
}

func subjectRecordOf(s finding.Subject) subjectRecord {
	return subjectRecord{
		Kind: text(s.Kind), Source: text(s.Source), ID: text(s.ID), Key: text(s.Key), Title: text(s.Title), URL: text(s.URL),
	}
}

func (r subjectRecord) subject() finding.Subject {
	return finding.Subject{
		Kind: finding.SubjectKind(r.Kind), Source: string(r.Source), ID: string(r.ID),
		Key: string(r.Key), Title: string(r.Title), URL: string(r.URL),
	}
}

func evidenceRecordOf(e finding.Evidence) evidenceRecord {
	return evidenceRecord{Fact: text(e.Fact), Value: text(e.Value), At: momentOf(e.At), URL: text(e.URL)}
}

func (r evidenceRecord) evidence() finding.Evidence {
	return finding.Evidence{Fact: string(r.Fact), Value: string(r.Value), At: r.At.time(), URL: string(r.URL)}
}

func spanRecordOf(s finding.Span) spanRecord {
	return spanRecord{From: momentOf(s.From), To: momentOf(s.To), End: text(s.End)}
}

func (r spanRecord) span() finding.Span {
	return finding.Span{From: r.From.time(), To: r.To.time(), End: finding.State(r.End)}
}

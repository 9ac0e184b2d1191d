package store

import (
	"fmt"

	"github.com/fairlead-dev/fairlead/ticket"
)

// EncodeSprint appends the sprint to dst as a body, with the promises of
// EncodeTicket.
func EncodeSprint(dst []byte, s *ticket.Sprint) ([]byte, error) {
	r := sprintRecord{
		Source: text(s.Source), ID: text(s.ID), Name: text(s.Name), Goal: text(s.Goal), State: text(s.State),
		Board: text(s.Board), Team: text(s.Team), URL: text(s.URL),
		Start: momentOf(s.Start), End: momentOf(s.End), Completed: momentOf(s.Completed),
	}
	out, err := r.MarshalMsg(dst)
	if err != nil {
		return dst, fmt.Errorf("encode sprint %s: %w", s.ID, err)
	}
	return out, nil
}

// DecodeSprint reads what EncodeSprint wrote, with the promises of
// DecodeTicket.
func DecodeSprint(body []byte) (ticket.Sprint, error) {
	var r sprintRecord
	owned, err := own(body)
	if err == nil {
		err = ended(r.UnmarshalMsg(owned))
	}
	if err != nil {
		return ticket.Sprint{}, fmt.Errorf("read a stored sprint of %d bytes: %w", len(body), err)
	}
	return ticket.Sprint{
		Source: string(r.Source), ID: string(r.ID), Name: string(r.Name), Goal: string(r.Goal),
		State: ticket.SprintState(r.State), Board: string(r.Board), Team: string(r.Team), URL: string(r.URL),
		Start: r.Start.time(), End: r.End.time(), Completed: r.Completed.time(),
	}, nil
}

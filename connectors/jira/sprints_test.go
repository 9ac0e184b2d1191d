package jira

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

func TestDecodeSprints(t *testing.T) {
	const greenhopper = "com.atlassian.greenhopper.service.sprint.Sprint@778e7fd2"
	at := func(s string) time.Time {
		m, err := parseTime(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, c := range []struct {
		name, in string
		want     []ticket.Sprint
	}{
		{"Cloud's objects", `[{"id":175,"name":"K5","state":"active","boardId":92,"goal":" Refunds ","startDate":"2022-07-15T22:35:25.617Z","endDate":"2022-07-29T22:35:00.000Z"}]`,
			[]ticket.Sprint{{ID: "175", Name: "K5", State: "active", Board: "92", Goal: "Refunds",
				Start: at("2022-07-15T22:35:25.617Z"), End: at("2022-07-29T22:35:00Z")}}},
		{"the agile shape", `{"id":1090,"state":"closed","name":"Sprint 34","completeDate":"2018-11-02T20:36:18.628Z","originBoardId":218}`,
			[]ticket.Sprint{{ID: "1090", Name: "Sprint 34", State: "closed", Board: "218", Completed: at("2018-11-02T20:36:18.628Z")}}},
		{"an old server's text", `["` + greenhopper + `[id=348,rapidViewId=<null>,state=CLOSED,name=Sprint 8,startDate=2013-01-14T05:43:39.089Z,endDate=2013-01-21T05:43:39.089Z,completeDate=2013-01-21T06:53:17.970Z,sequence=348]"]`,
			[]ticket.Sprint{{ID: "348", Name: "Sprint 8", State: "closed",
				Start: at("2013-01-14T05:43:39.089Z"), End: at("2013-01-21T05:43:39.089Z"), Completed: at("2013-01-21T06:53:17.970Z")}}},
		{"a name with commas and brackets", `["` + greenhopper + `[id=9,rapidViewId=4,state=ACTIVE,name=Q1, part [2], done=maybe,startDate=<null>,endDate=<null>,completeDate=<null>,sequence=9]"]`,
			[]ticket.Sprint{{ID: "9", Name: "Q1, part [2], done=maybe", State: "active", Board: "4"}}},
		{"a name that poses as an id, a state and dates", `["` + greenhopper + `[id=9,rapidViewId=4,state=FUTURE,name=x,id=1,state=ACTIVE,startDate=2020-01-01T00:00:00Z,startDate=<null>,endDate=<null>,completeDate=<null>,sequence=9]"]`,
			[]ticket.Sprint{{ID: "9", Name: "x,id=1,state=ACTIVE,startDate=2020-01-01T00:00:00Z", State: "future", Board: "4"}}},
		{"a bare id", `[38, "40"]`, []ticket.Sprint{{ID: "38", State: "future"}, {ID: "40", State: "future"}}},
		{"nothing", `null`, nil},
		{"an empty list", `[]`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := decodeSprints(json.RawMessage(c.in))
			if err != nil {
				t.Fatal(err)
			}
			var got []ticket.Sprint
			for i := range list {
				n := list[i].noun("", "")
				n.URL = ""
				got = append(got, n)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
	for _, bad := range []string{`[{"id":[]}]`, `["Sprint@1[name=no id]"]`, `["Sprint@1[id=9x,state=A,name=b]"]`, `[true]`, `[[1]]`, `{`} {
		if got, err := decodeSprints(json.RawMessage(bad)); err == nil {
			t.Errorf("%s was read as %+v", bad, got)
		}
	}
}

func TestWhereASprintCanBeOpened(t *testing.T) {
	s := sprint{ID: "7", Board: "92"}
	if got, want := s.noun("jira x", "https://acme.example/jira").URL, "https://acme.example/jira/secure/RapidBoard.jspa?rapidView=92&sprint=7"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

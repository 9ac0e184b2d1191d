package jira

import (
	"strings"
	"testing"
)

// What people wrote does not travel in a cursor, and what travels is weighed by
// its size: a description edit carries two whole texts.
func TestHistoriesAreHushedAndWeighed(t *testing.T) {
	long := text(strings.Repeat("é", 25_000))
	histories := map[string][]history{"1": {{ID: "7", Items: []item{
		{Field: "description", FromString: "secret", ToString: long},
		{Field: "Comment", From: "secret", ToString: "secret"},
		{Field: "summary", FromString: "old", ToString: "new"},
		{Field: "Diary", FieldType: "custom", FieldID: "customfield_9", FromString: "short", ToString: text(strings.Repeat("long ", 40))},
		{Field: "labels", ToString: text(strings.Repeat("label ", 40))},
	}}}}
	p := &cloud{names: fuzzedPass(t).catalog}
	p.hushHistories(histories)
	var h held
	h.tell(1, histories)
	items := histories["1"][0].Items
	if got := items[0]; got.FromString != "xxxxxx" || string(got.ToString) != strings.Repeat("x", 25_000) {
		t.Errorf("of a description %d and %d characters are kept, want only their number: 6 and 25000", len(got.FromString), len(got.ToString))
	}
	if items[1].From+items[1].FromString+items[1].To+items[1].ToString != "" {
		t.Errorf("of a comment %+v is kept, want nothing", items[1])
	}
	if items[2].FromString != "old" || items[2].ToString != "new" {
		t.Errorf("a title became %+v", items[2])
	}
	if items[3].FromString != "short" || strings.Contains(string(items[3].ToString), "long") || len(items[3].ToString) != 200 {
		t.Errorf("a field of the site's own became %+v, want what is short, and of the rest its length", items[3])
	}
	if !strings.HasPrefix(string(items[4].ToString), "label label") {
		t.Errorf("labels became %+v", items[4])
	}
	if w := h.weight(); w < 25_000 || w > 30_000 {
		t.Errorf("it weighs %d, want about what it has", w)
	}
}

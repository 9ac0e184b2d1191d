package simulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/simulator"
)

// chronicled is everything that can be compared of half a year.
func chronicled(seed int64) (*simulator.World, string) {
	teller, _ := simulator.Chronicle(seed, storyEnd)
	teller.Until(storyEnd)
	var b strings.Builder
	for _, i := range teller.World().Issues("") {
		fmt.Fprintln(&b, i.Key, i.ID(), i.Title, i.Status.Name, i.Created, i.Updated, len(i.History), len(i.Comments))
	}
	return teller.World(), b.String()
}

func TestTheSameSeedTellsTheSameHalfYear(t *testing.T) {
	_, once := chronicled(1)
	_, again := chronicled(1)
	_, other := chronicled(2)
	if once != again {
		t.Error("two half years of one seed differ")
	}
	if once == other {
		t.Error("half years of two seeds are the same")
	}
}

// What came before must not change what the twelve weeks tell.
func TestTheTwelveWeeksAreTheSameWithinTheHalfYear(t *testing.T) {
	for seed := range int64(3) {
		long, _ := chronicled(seed)
		short, _ := simulator.Story(seed, storyEnd)
		byTitle := map[string]*simulator.Issue{}
		for _, i := range long.Issues("") {
			byTitle[i.Space.Key+" "+i.Title] = i
		}
		for _, want := range short.Issues("") {
			got := byTitle[want.Space.Key+" "+want.Title]
			if got == nil {
				t.Errorf("seed %d: the half year has no %q", seed, want.Title)
				continue
			}
			if !got.Created.Equal(want.Created) || !got.Updated.Equal(want.Updated) || got.Status.Name != want.Status.Name || len(got.History) != len(want.History) || len(got.Comments) != len(want.Comments) {
				t.Errorf("seed %d: %q was created %s and updated %s, is %s, has %d changes and %d comments; in twelve weeks %s, %s, %s, %d, %d",
					seed, want.Title, got.Created, got.Updated, got.Status.Name, len(got.History), len(got.Comments),
					want.Created, want.Updated, want.Status.Name, len(want.History), len(want.Comments))
			}
		}
	}
}

func TestEachWeekOfTheHalfYearHasSomething(t *testing.T) {
	world, _ := chronicled(46)
	created := map[int]int{}
	for _, i := range world.Issues("") {
		created[int(storyEnd.Sub(i.Created)/(7*24*time.Hour))]++
	}
	for week := range 26 {
		if created[week] < 3 {
			t.Errorf("%d tickets were created in the week %d before the last", created[week], week)
		}
	}
}

func TestTheSpringIsOverWhenTheStoryBegins(t *testing.T) {
	teller, _ := simulator.Chronicle(46, storyEnd)
	begins := storyEnd.AddDate(0, 0, -12*7)
	teller.Until(begins)
	upkeep := 0
	for _, i := range teller.World().Issues("") {
		if i.Status.Category != simulator.InProgress || i.Created.After(begins.AddDate(0, 0, -28)) {
			continue
		}
		if len(i.Sprints) > 0 && strings.HasPrefix(i.Sprints[0].Name, "Upkeep") {
			upkeep++
			continue
		}
		t.Errorf("%s %q is still %s", i.Key, i.Title, i.Status.Name)
	}
	if upkeep == 0 {
		t.Error("nothing goes on beside the sprints")
	}
}

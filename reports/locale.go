package reports

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en_GB"
	"github.com/go-playground/locales/en_US"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/sv"
)

// DefaultLocale is how dates are written where a team says nothing.
const DefaultLocale = "en-GB"

// dialect is how a reader writes days: the names are CLDR's, and so is the order.
// {d} and {e} stand for days of the month, {m} for its name, {y} for the year.
type dialect struct {
	names           locales.Translator
	day, full, span string
}

var dialects = map[string]dialect{
	DefaultLocale: {en_GB.New(), "{d} {m}", "{d} {m} {y}", "{d}–{e} {m}"},
	"en-US":       {en_US.New(), "{m} {d}", "{m} {d}, {y}", "{m} {d}–{e}"},
	"de":          {de.New(), "{d}. {m}", "{d}. {m} {y}", "{d}.–{e}. {m}"},
	"fr":          {fr.New(), "{d} {m}", "{d} {m} {y}", "{d}–{e} {m}"},
	"es":          {es.New(), "{d} de {m}", "{d} de {m} de {y}", "{d}–{e} de {m}"},
	"nl":          {nl.New(), "{d} {m}", "{d} {m} {y}", "{d}–{e} {m}"},
	"pt":          {pt.New(), "{d} de {m}", "{d} de {m} de {y}", "{d}–{e} de {m}"},
	"it":          {it.New(), "{d} {m}", "{d} {m} {y}", "{d}–{e} {m}"},
	"pl":          {pl.New(), "{d} {m}", "{d} {m} {y}", "{d}–{e} {m}"},
	"sv":          {sv.New(), "{d} {m}", "{d} {m} {y}", "{d}–{e} {m}"},
	"ja":          {ja.New(), "{m}{d}日", "{y}年{m}{d}日", "{m}{d}日～{e}日"},
}

// Locales lists the forms that dates can be written in, ordered by name.
func Locales() []string { return slices.Sorted(maps.Keys(dialects)) }

// dialectOf is the form of the name; the default's where nobody knows it.
func dialectOf(locale string) dialect {
	if d, known := dialects[locale]; known {
		return d
	}
	return dialects[DefaultLocale]
}

// dayOf is a day without its year: "3 November".
func (d dialect) dayOf(t time.Time) string { return d.write(d.day, t, t) }

// fullDay is a day with its year.
func (d dialect) fullDay(t time.Time) string { return d.write(d.full, t, t) }

// weekday is its name.
func (d dialect) weekday(t time.Time) string { return d.names.WeekdayWide(t.Weekday()) }

// days is a stretch of whole days: "9–15 November", "30 November – 6 December",
// with years only where they differ.
func (d dialect) days(from, to time.Time) string {
	switch {
	case from.Year() != to.Year():
		return d.fullDay(from) + " – " + d.fullDay(to)
	case from.Month() != to.Month():
		return d.dayOf(from) + " – " + d.dayOf(to)
	}
	return d.write(d.span, from, to)
}

func (d dialect) write(form string, from, to time.Time) string {
	return strings.NewReplacer(
		"{d}", d.number(from.Day()), "{e}", d.number(to.Day()), "{m}", d.names.MonthWide(from.Month()), "{y}", strconv.Itoa(from.Year()),
	).Replace(form)
}

// number is a day of the month; in French the first is an ordinal.
func (d dialect) number(day int) string {
	if day == 1 && d.names.Locale() == "fr" {
		return "1er"
	}
	return strconv.Itoa(day)
}

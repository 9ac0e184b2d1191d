package daemon

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Which accounts were erased stands among the secrets that all who share the store
// agree on: a salted hash of each account's id, and what stands in its place. So a
// copy and a backup have it, and nobody reads an id from it.
const (
	erasingSalt  = "erasing"
	erasedMarker = "erased "
)

// ErasedName is what an erased account is called.
const ErasedName = "Erased person"

func hashed(salt, text string) string {
	m := hmac.New(sha256.New, []byte(salt))
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}

func markerOf(salt, account string) string { return erasedMarker + hashed(salt, account) }

func pseudonym(salt, id string) string { return "erased-" + hashed(salt, "as "+id)[:12] }

// known is by what a person is known, and what stands in their place.
type known struct {
	as       string
	accounts map[string]bool
	ids      []string // of the person and their accounts: where such a word stands alone, it is them
	within   *regexp.Regexp
}

func (k *known) accountIDs() []string { return slices.Sorted(maps.Keys(k.accounts)) }

// learn takes in by what they are found within texts: e-mail addresses, names of
// two words and more, and ids that are no words of a language. Other names and ids
// count where they stand alone, or behind an @ or in a mention's brackets.
func (k *known) learn(names, emails []string) {
	var forms []string
	add := func(form string) {
		if form != "" {
			forms = append(forms, form)
		}
	}
	for _, m := range emails {
		if m != "" {
			add(regexp.QuoteMeta(m))
		}
	}
	for _, n := range names {
		switch n = strings.TrimSpace(n); {
		case n == "" || n == ErasedName:
		case strings.ContainsFunc(n, unicode.IsSpace):
			add(regexp.QuoteMeta(n))
		default:
			k.ids = append(k.ids, n)
		}
	}
	for _, id := range k.ids {
		if strings.ContainsAny(id, "0123456789:") {
			add(regexp.QuoteMeta(id))
		} else if id != "" {
			add("@" + regexp.QuoteMeta(id))
			add(`\[~(?:accountid:)?` + regexp.QuoteMeta(id) + `\]`)
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) }) // the longest first
	if len(forms) > 0 {
		k.within = regexp.MustCompile(`(?i)` + strings.Join(forms, "|")) // every part is quoted
	}
}

// text is the text without the person.
func (k *known) text(s string) string {
	if s == "" {
		return s
	}
	if slices.Contains(k.ids, s) {
		return k.as
	}
	if k.within == nil {
		return s
	}
	var out strings.Builder
	from := 0
	for _, at := range k.within.FindAllStringIndex(s, -1) {
		if before, _ := utf8.DecodeLastRuneInString(s[:at[0]]); at[0] > 0 && partOfWord(before) && s[at[0]] != '@' && s[at[0]] != '[' {
			continue
		}
		if after, _ := utf8.DecodeRuneInString(s[at[1]:]); at[1] < len(s) && partOfWord(after) && s[at[1]-1] != ']' {
			continue
		}
		out.WriteString(s[from:at[0]])
		out.WriteString(k.as)
		from = at[1]
	}
	if from == 0 {
		return s
	}
	return out.String() + s[from:]
}

func partOfWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// amongWords reports whether an id of theirs is one of the words of a text, for
// texts that fairlead itself puts together.
func (k *known) amongWords(s string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == ':' }), func(word string) bool {
		return slices.Contains(k.ids, word)
	})
}

// reword takes the person out of every text of a value, and says whether one was
// different. Lists of it are changed in place.
func (k *known) reword(value any) bool { return k.walk(reflect.ValueOf(value).Elem()) }

func (k *known) rewordTicket(t *ticket.Ticket) bool {
	source, id, key := t.Source, t.ID, t.Key
	changed := k.walk(reflect.ValueOf(t).Elem())
	t.Source, t.ID, t.Key = source, id, key
	return changed
}

var accountType = reflect.TypeFor[ticket.Account]()

func (k *known) walk(v reflect.Value) (changed bool) {
	switch v.Kind() {
	case reflect.String:
		was := v.String()
		is := k.text(was)
		if is != was && v.CanSet() {
			v.SetString(is)
			return true
		}
	case reflect.Struct:
		if v.Type() == accountType && v.CanSet() {
			a := v.Interface().(ticket.Account) //nolint:revive,forcetypeassert // looked at just above
			if k.accounts[a.ID] {
				v.Set(reflect.ValueOf(ticket.Account{ID: k.as, Name: ErasedName, Bot: a.Bot, Inactive: a.Inactive}))
				return true
			}
		}
		for i := range v.NumField() {
			changed = v.Field(i).CanSet() && k.walk(v.Field(i)) || changed
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			changed = k.walk(v.Index(i)) || changed
		}
	case reflect.Pointer:
		return !v.IsNil() && k.walk(v.Elem())
	case reflect.Map:
		for _, key := range v.MapKeys() {
			one := reflect.New(v.Type().Elem()).Elem()
			one.Set(v.MapIndex(key))
			if k.walk(one) {
				v.SetMapIndex(key, one)
				changed = true
			}
		}
	}
	return changed
}

// eachAccount visits every account of a ticket.
func eachAccount(t *ticket.Ticket, visit func(*ticket.Account)) {
	visitAccounts(reflect.ValueOf(t).Elem(), visit)
}

func visitAccounts(v reflect.Value, visit func(*ticket.Account)) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == accountType {
			visit(v.Addr().Interface().(*ticket.Account)) //nolint:revive,forcetypeassert // looked at just above
			return
		}
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				visitAccounts(v.Field(i), visit)
			}
		}
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k != reflect.Struct && k != reflect.Pointer {
			return
		}
		for i := range v.Len() {
			visitAccounts(v.Index(i), visit)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			visitAccounts(v.Elem(), visit)
		}
	}
}

// forgetful is the store as a sync fills it: accounts that were erased come back
// from the tracker, and are not stored.
type forgetful struct {
	store.Store
	salt   string
	erased map[string]string // by marker
}

// forgetful asks which accounts were erased; without any it is the store itself.
func (f *Fairlead) forgetful(ctx context.Context) (store.Store, error) {
	all, err := f.store.Secrets(ctx)
	if err != nil {
		return nil, err
	}
	out := forgetful{Store: f.store, erased: map[string]string{}}
	for _, one := range all {
		if one.Name == erasingSalt {
			out.salt = one.Text
		} else if strings.HasPrefix(one.Name, erasedMarker) {
			out.erased[one.Name] = one.Text
		}
	}
	if len(out.erased) == 0 {
		return f.store, nil
	}
	return out, nil
}

// SavePage implements store.Store.
func (f forgetful) SavePage(ctx context.Context, source string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string) (int, error) {
	clean := slices.Clone(tickets)
	for i := range clean {
		f.forget(&clean[i])
	}
	return f.Store.SavePage(ctx, source, clean, sprints, cursor)
}

// forget takes everybody out of a ticket who was erased, with the names that the
// ticket itself tells of them.
func (f forgetful) forget(t *ticket.Ticket) {
	var found map[string]*known // by what stands in their place
	var names, emails map[string][]string
	seen := map[string]bool{}
	eachAccount(t, func(a *ticket.Account) {
		if a.ID == "" || seen[a.ID+"\x00"+a.Name+"\x00"+a.Email] {
			return
		}
		seen[a.ID+"\x00"+a.Name+"\x00"+a.Email] = true
		as := f.erased[markerOf(f.salt, a.ID)]
		if as == "" {
			return
		}
		if found == nil {
			found, names, emails = map[string]*known{}, map[string][]string{}, map[string][]string{}
		}
		if found[as] == nil {
			found[as] = &known{as: as, accounts: map[string]bool{}}
		}
		found[as].accounts[a.ID] = true
		names[as], emails[as] = appendNew(names[as], a.Name), appendNew(emails[as], a.Email)
	})
	for _, as := range slices.Sorted(maps.Keys(found)) {
		k := found[as]
		k.ids = k.accountIDs()
		k.learn(names[as], emails[as])
		k.rewordTicket(t)
	}
}

package simulator

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// longestComment is how many characters Jira takes.
const longestComment = 32767

// addComment answers POST /issue/{key}/comment in the name of the viewer.
func (j *jira) addComment(w http.ResponseWriter, r *http.Request) {
	i, ok := j.asked(w, r)
	if !ok {
		return
	}
	if slices.Contains(j.o.Denied, "ADD_COMMENTS") {
		commentRefused(w, "You do not have the permission to comment on this issue.")
		return
	}
	var given struct {
		Body       json.RawMessage   `json:"body"`
		Properties []commentProperty `json:"properties"`
	}
	if err := json.NewDecoder(r.Body).Decode(&given); err != nil {
		jiraError(w, http.StatusBadRequest, "Unexpected end-of-input")
		return
	}
	var body string
	if strings.HasPrefix(r.URL.Path, "/rest/api/3/") || json.Unmarshal(given.Body, &body) != nil {
		commentRefused(w, "Comment body is not valid!")
		return
	}
	switch {
	case strings.TrimSpace(body) == "":
		commentRefused(w, "Comment body can not be empty!")
	case len([]rune(body)) > longestComment:
		commentRefused(w, "The entered text is too long. It exceeds the allowed limit of 32,767 characters.")
	case slices.ContainsFunc(given.Properties, func(p commentProperty) bool { return p.Key == "" }):
		jiraError(w, http.StatusBadRequest, "The property key cannot be empty.")
	default:
		c := j.w.written(i, j.viewer(), body, j.w.mentionedInWiki(body))
		c.properties = given.Properties
		i.watch(c.By) // Jira's autowatch
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(j.renderComment(r, c))
	}
}

// commentRefused answers 400 with what is wrong with the comment.
func commentRefused(w http.ResponseWriter, why string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(obj{"errorMessages": []string{}, "errors": obj{"comment": why}})
}

// WikiMarkup lists what Jira would make of wiki text beyond plain words: mentions,
// macros, links, pictures, headings, tables and the like; nothing for words alone.
func WikiMarkup(text string) []string {
	text = plainWiki(text)
	var out []string
	for _, m := range wikiMarkup {
		out = append(out, m.FindAllString(text, -1)...)
	}
	return out
}

// plainWiki blanks every character that a backslash makes plain, unless that is
// itself behind a backslash: the renderer of Jira's wiki text looks for them so.
func plainWiki(text string) string {
	const escapable = `![]^~+?%{}()*_|@#-`
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		escapes := text[i] == '\\' && i+1 < len(text) && strings.IndexByte(escapable, text[i+1]) >= 0 && (i == 0 || text[i-1] != '\\')
		if escapes {
			out.WriteByte(0)
			i++
			continue
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

var wikiMarkup = []*regexp.Regexp{
	wikiMention,
	regexp.MustCompile(`\{[A-Za-z][^{}\n]*\}`),                // a macro
	regexp.MustCompile(`\[[^\[\]\n]+\]`),                      // a link
	regexp.MustCompile(`![^!\s][^!\n]*!`),                     // a picture
	regexp.MustCompile(`(?i)\b(?:https?|ftp|file)://[^\s]+`),  // an address
	regexp.MustCompile(`(?i)\bmailto:\S+|\bwww\.\w\S*`),       // another
	regexp.MustCompile(`(?m)^\s*(?:h[1-6]|bq)\.\s.*$`),        // a heading, a quotation
	regexp.MustCompile(`(?m)^\s*(?:[*#-]+ |\|\|?|-{4,}\s*$)`), // a list, a table, a rule
	regexp.MustCompile(`(?:^|\s)([*_+^~-])\S[^\n]*?\S[*_+^~-](?:\s|$)`),
	regexp.MustCompile(`\{\{[^\n]*\}\}|\?\?[^\n]+\?\?|\\\\`), // fixed width, a citation, a line break
}

var wikiMention = regexp.MustCompile(`\[~(?:accountid:)?([^\]\s]+)\]`)

// mentionedInWiki lists whom wiki text mentions.
func (w *World) mentionedInWiki(text string) []*Person {
	var out []*Person
	for _, m := range wikiMention.FindAllStringSubmatch(plainWiki(text), -1) {
		i := slices.IndexFunc(w.people, func(p *Person) bool { return m[1] == p.AccountID() || m[1] == p.Handle })
		if i >= 0 && !slices.Contains(out, w.people[i]) {
			out = append(out, w.people[i])
		}
	}
	return out
}

package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fairlead-dev/fairlead/daemon"
)

// Everything that the pages show to type is typed, page by page and in the order in
// which it stands there, at the moment at which they speak.
func TestTheCommandsOfTheDocsWork(t *testing.T) {
	if testing.Short() {
		t.Skip("half a year of the demo and some two hundred commands take a while")
	}
	pages := docsPages(t) // before the folder is left
	w := newDocsWorld(t, pages)
	n, all := 0, true
	for _, p := range pages {
		if !slices.ContainsFunc(p.blocks, func(b block) bool { return b.typed() }) {
			continue
		}
		before := n
		t.Run(p.path, func(t *testing.T) { n += w.follow(t, p) })
		all = all && n > before
	}
	t.Run("help", func(t *testing.T) { n += w.followHelp(t) })
	if all && n < 150 { // not only some, by -run
		t.Errorf("only %d commands were carried out", n)
	}
}

// typed reports whether a block is for typing.
func (b *block) typed() bool {
	return !b.explained() && (b.lang == "sh" || b.lang == "console" || b.lang == "crontab" || b.lang == "" && b.file() == "")
}

// follow does what a page says, and counts the commands of ours.
func (w *docsWorld) follow(t *testing.T, p *page) (n int) {
	d := w.atDemo(t)
	inDemo, first := true, "" // the first empty folder
	for i := range p.blocks {
		b := &p.blocks[i]
		switch b.here {
		case "":
		case "the demo's folder":
			d, inDemo = w.atDemo(t), true
		case "an empty folder":
			d, inDemo = w.desk(t, t.TempDir()), false
			first = cmp.Or(first, d.dir)
		case "the first empty folder":
			d = w.desk(t, first)
		default:
			t.Fatalf("%s:%d: commands are carried out in the demo's folder, in an empty folder, or in the first empty folder, not in %q", b.at.page, b.at.line, b.here)
		}
		if b.typed() {
			n += d.typeIn(b)
		} else if name := b.file(); name != "" {
			d.lay(name, b.text, inDemo)
		}
	}
	return n
}

// lay puts a file that a page shows where its commands find it. What the demo has
// stays: pages show parts of it.
func (d *desk) lay(name, text string, ifMissing bool) {
	if _, err := os.Stat(name); err == nil && ifMissing || ifMissing && strings.HasPrefix(name, "teams/") || name == "values.yaml" {
		return
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// typeIn types a block.
func (d *desk) typeIn(b *block) (n int) {
	d.t.Helper()
	if b.lang == "console" {
		return d.converse(b)
	}
	typed := b.text
	if b.lang == "crontab" {
		typed = regexp.MustCompile(`(?m)^(\S+\s+){5}`).ReplaceAllString(typed, "") // when it is done
	}
	all, err := commandsIn(b.at, typed)
	if err != nil {
		d.t.Fatal(err)
	}
	for i := range all {
		if d.enter(&all[i]) != nil {
			n++
		}
	}
	return n
}

// converse types what stands behind $ and compares what is answered with what the
// page shows; … stands for anything.
func (d *desk) converse(b *block) (n int) {
	d.t.Helper()
	at := b.at
	for part := range strings.SplitSeq("\n"+b.text, "\n$ ") {
		typed, shown, _ := strings.Cut(part, "\n")
		if typed == "" {
			continue
		}
		all, err := commandsIn(at, typed)
		if err != nil {
			d.t.Fatal(err)
		}
		for i := range all {
			got := d.enter(&all[i])
			if got == nil {
				continue
			}
			n++
			if !pattern(shown).MatchString(got.out) {
				d.t.Errorf("%s:%d: %s says\n%s\nand the page shows\n%s", at.page, at.line, typed, got.out, shown)
			}
		}
		at.line += 1 + strings.Count(part, "\n")
	}
	return n
}

// pattern is what a page shows, as a regular expression.
func pattern(shown string) *regexp.Regexp {
	text := regexp.QuoteMeta(strings.TrimSpace(shown))
	text = regexp.MustCompile(`(?m)^ *…$`).ReplaceAllString(text, `(?s:.*)`)
	return regexp.MustCompile(`^\s*` + strings.ReplaceAll(text, "…", `.*`) + `\s*$`)
}

// enter carries out one command. What it gives is nil where that is not one of ours.
func (d *desk) enter(c *command) *result {
	d.t.Helper()
	args, ours := c.fairlead()
	if !ours {
		d.beside(c)
		return nil
	}
	if why := misunderstood(args); why != "" {
		d.t.Errorf("%s:%d: fairlead %s: %s", c.at.page, c.at.line, strings.Join(args, " "), why)
		return nil
	}
	for i := range args {
		if args[0] == "dashboard" {
			args[i] = strings.ReplaceAll(args[i], "83b131a0", d.world.token)
		}
		args[i] = d.world.standIns.Replace(args[i])
	}
	var got result
	switch {
	case args[0] == "demo":
		got = result{out: d.world.said} // it was carried out to make this world
	case args[0] == "scale", args[0] == "init" && len(args) == 1, slices.Contains(args, "--serve"):
		return nil // tests of their own carry these out: they take long, or ask somebody
	case args[0] == "restore" && !d.has(args[1]):
		return nil // there is no backup in this folder; docs/data-care.md makes one
	case args[0] == "queue":
		if got = d.fairlead(args...); got.code == exitUsage && strings.Contains(got.out, "there is no queue") {
			return nil // the demo's store is a file; replicas of a Redis have tests of their own
		}
	case args[0] == "person" && !slices.Contains(args, "--yes") && !slices.Contains(args, "--dry-run"):
		got = d.fairlead(append(args, "--yes")...) // the same
	case args[0] == "waive" && !slices.Contains(args, "--yes"):
		got = d.fairlead(append(args, "--yes")...) // on a terminal one is asked
	case slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "redis+") }):
		return nil // no Sentinel and no Cluster run here
	default:
		got = d.fairlead(d.expanded(args)...)
	}
	want := exitFine
	if strings.Contains(c.says, "exit code 1") {
		want = exitError
	}
	for words, why := range refused {
		if strings.Join(args, " ") == words && got.code == exitUsage && strings.Contains(got.out, why) {
			want = exitUsage
		}
	}
	if got.code != want {
		d.t.Errorf("%s:%d: fairlead %s: exit code %d, want %d\n%s", c.at.page, c.at.line, strings.Join(args, " "), got.code, want, got.out)
	}
	if c.into != "" {
		d.lay(c.into, got.out, false)
	}
	return &got
}

// has reports whether a file is in the folder of the desk.
func (d *desk) has(name string) bool {
	_, err := os.Stat(filepath.Join(d.dir, name))
	return err == nil
}

// refused are commands that have nothing to do in the demo, which they say.
var refused = map[string]string{"rules unmute feature-without-problem": "feature-without-problem is not silent"}

// expanded puts the files that a shell would in place of an asterisk.
func (d *desk) expanded(args []string) (out []string) {
	for _, a := range args {
		if found, _ := filepath.Glob(a); strings.Contains(a, "*") && len(found) > 0 {
			out = append(out, found...)
			continue
		}
		out = append(out, a)
	}
	return out
}

// misunderstood says what is wrong with a command line, without carrying it out.
func misunderstood(args []string) string {
	cmd, rest, err := newRoot(&app{}).Find(args)
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if errors.Is(err, pflag.ErrHelp) {
		return ""
	}
	if err == nil && cmd.Args != nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// usual are programs that pages may use beside fairlead, and that are run.
var usual = []string{"mkdir", "cp", "mv", "ls", "rm"}

// elsewhere are programs that need what no test of ours has: only what fairlead is
// asked to do through them is looked at.
var elsewhere = []string{
	"docker", "helm", "kubectl", "curl", "systemctl", "install", "openssl", "sha256sum", "chmod", "printf", "ko", "redis-cli", "sqlite3", "crontab", "git", "jq", "sudo",
	"source", "cosign", "trivy", "base64", "tr", "xdg-open", "scp", "grep", "ACL", "golangci-lint", "gh", "tar", "cd",
}

// makeTargets are those that make alone lists.
func makeTargets(t *testing.T) (out []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):.*## `).FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	return out
}

// beside is a command that is not ours.
func (d *desk) beside(c *command) {
	d.t.Helper()
	wrong := func(why string) {
		d.t.Errorf("%s:%d: %s: %s", c.at.page, c.at.line, strings.Join(c.words, " "), why)
	}
	switch name := c.words[0]; {
	case name == "export":
		for _, w := range c.words[1:] {
			name, value, set := strings.Cut(w, "=")
			if !set {
				continue // as it was read before
			}
			if value == "…" || value == "..." {
				value = docsTokens[name]
			}
			d.env[name] = value
		}
	case name == "read":
	case name == "sqlite3" && haveSQLite():
		fallthrough
	case slices.Contains(usual, name):
		if got := d.program(c.words); got.code != exitFine {
			wrong(got.out)
		}
	case name == "make", strings.Contains(name, "=") && len(c.words) > 1 && c.words[1] == "make":
		for _, w := range c.words[slices.Index(c.words, "make")+1:] {
			if !strings.Contains(w, "=") && !slices.Contains(d.world.targets, w) {
				wrong("there is no such target")
			}
		}
	case name == "go", strings.Contains(name, "=") && len(c.words) > 1 && c.words[1] == "go":
		if why := d.world.untestable(c.words); why != "" {
			wrong(why)
		}
	case slices.Contains(elsewhere, name):
		if i := slices.IndexFunc(c.words, func(w string) bool { return w == "fairlead" }); i > 0 && i+1 < len(c.words) && isCommand(c.words[i+1]) {
			if why := misunderstood(c.words[i+1:]); why != "" {
				wrong(why)
			}
		}
	default:
		wrong("this is no command that the test knows; show what is no command as ```text, or say before it why it is only shown: <!-- shown: … -->")
	}
}

// untestable says what of "go test" leads nowhere: a package, or the name of a test
// or a benchmark in it.
func (w *docsWorld) untestable(words []string) string {
	var all strings.Builder
	for _, word := range words {
		path, ok := strings.CutPrefix(word, "./")
		if !ok {
			continue
		}
		path, below := strings.CutSuffix(path, "...")
		dir := filepath.Join(w.root, path)
		if _, err := os.Stat(dir); err != nil {
			return "there is no package " + word
		}
		files, _ := filepath.Glob(filepath.Join(dir, "*_test.go"))
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil || below {
				return ""
			}
			all.Write(text)
		}
	}
	for i, word := range words[:len(words)-1] {
		kind := map[string]string{"-run": "Test", "-bench": "Benchmark"}[word]
		name, _, _ := strings.Cut(words[i+1], "/")
		if kind == "" || name == "^$" {
			continue
		}
		named := regexp.MustCompile(name)
		if !slices.ContainsFunc(regexp.MustCompile(`(?m)^func (`+kind+`\w*)`).FindAllStringSubmatch(all.String(), -1),
			func(m []string) bool { return named.MatchString(m[1]) }) {
			return "there is no " + kind + " like " + name
		}
	}
	return ""
}

func haveSQLite() bool { _, err := exec.LookPath("sqlite3"); return err == nil }

func isCommand(word string) bool {
	return slices.ContainsFunc(newRoot(&app{}).Commands(), func(c *cobra.Command) bool { return c.Name() == word })
}

// followHelp carries out the examples in the help of every command, which docs/cli.md shows.
func (w *docsWorld) followHelp(t *testing.T) (n int) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Example != "" && c.Name() != "completion" {
			t.Run(c.CommandPath(), func(t *testing.T) {
				d := w.atDemo(t)
				if c.Name() == "init" {
					d = w.desk(t, t.TempDir())
				}
				for line := range strings.Lines(c.Example) {
					typed, _, _ := strings.Cut(strings.TrimSpace(line), "   ") // what follows says what it does
					n += d.typeIn(&block{at: place{"the help of " + c.CommandPath(), 1}, text: typed})
				}
			})
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&app{}))
	return n
}

// Nothing that a page sets off from its text escapes: it is typed, loaded, kept true by
// another test, or the page says why it is only shown.
func TestEveryBlockOfTheDocsIsLookedAt(t *testing.T) {
	for _, p := range docsPages(t) {
		for i := range p.blocks {
			b := &p.blocks[i]
			if why := unseen(p, b); why != "" {
				t.Errorf("%s:%d: %s", b.at.page, b.at.line, why)
			}
		}
	}
}

func unseen(p *page, b *block) string {
	switch {
	case b.explained(), p.made, b.typed(), b.file() != "":
		return ""
	case b.lang == "text":
		if regexp.MustCompile(`(?m)^\s*(\$ |fairlead [a-z])`).MatchString(b.text) {
			return "a command stands in a block of text: make it sh or console, so that it is carried out"
		}
		return ""
	case b.lang == "json":
		if !json.Valid([]byte(b.text)) {
			return "this is no JSON"
		}
		return ""
	}
	return "nothing looks at this block of " + b.lang + ": say why before it, as <!-- shown: … -->"
}

// Commands within sentences are understood, and metrics that pages name are there.
func TestCommandsWithinSentencesAreUnderstood(t *testing.T) {
	metrics := map[string]bool{}
	for _, m := range daemon.Metrics() {
		metrics[m.Name] = true
	}
	n := 0
	for _, p := range docsPages(t) {
		if p.path == "CHANGELOG.md" {
			continue // it may name what there was
		}
		for _, s := range p.spans {
			if rest, ok := strings.CutPrefix(s.text, "fairlead "); ok {
				n++
				if why := strange(strings.Fields(rest)); why != "" {
					t.Errorf("%s:%d: %s: %s", s.at.page, s.at.line, s.text, why)
				}
			}
			if name := regexp.MustCompile(`^fairlead_[a-z_]+`).FindString(s.text); name != "" && !metrics[name] {
				t.Errorf("%s:%d: there is no metric %s", s.at.page, s.at.line, name)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d commands were found", n)
	}
}

// strange says what is wrong with a command of which a page may leave out a part.
func strange(words []string) string {
	cmd := newRoot(&app{})
	for _, w := range words {
		name, _, _ := strings.Cut(w, "=")
		if long, ok := strings.CutPrefix(name, "--"); ok {
			cmd.InitDefaultHelpFlag()
			if cmd.Flags().Lookup(long) == nil && cmd.InheritedFlags().Lookup(long) == nil {
				return cmd.CommandPath() + " has no flag --" + long
			}
			continue
		}
		sub := slices.IndexFunc(cmd.Commands(), func(c *cobra.Command) bool { return c.Name() == w })
		switch {
		case sub >= 0:
			cmd = cmd.Commands()[sub]
		case cmd.HasSubCommands() && w != "…" && w != "--":
			return cmd.CommandPath() + " has no command " + w
		}
	}
	return ""
}

// The tests above are only worth something if they find what they should.
func TestWhatIsWrongInTheDocsIsFound(t *testing.T) {
	for text, want := range map[string]string{
		"```yaml\nsources: []\n```":                           "",
		"```cel\n1 == 1\n```":                                 "nothing looks at this block of cel",
		"<!-- shown: to be read, not run -->\n```cel\n1\n```": "",
		"<!-- shown: -->\n```cel\n1\n```":                     "nothing looks at",
		"```text\n$ fairlead run\n```":                        "a command stands in a block of text",
		"```json\n{]\n```":                                    "this is no JSON",
	} {
		p := readPage("docs/x.md", []byte(text+"\n"))
		if len(p.blocks) != 1 {
			t.Fatalf("%q: %d blocks", text, len(p.blocks))
		}
		if got := unseen(p, &p.blocks[0]); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for words, want := range map[string]string{
		"report --team payments": "", "report --taem payments": "taem", "repotr": "repotr", "deliveries retry --all-refused": "", "config chekc": "chekc",
	} {
		for name, got := range map[string]string{"typed": misunderstood(strings.Fields(words)), "in a sentence": strange(strings.Fields(words))} {
			if (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("fairlead %s, %s: %q, want %q", words, name, got, want)
			}
		}
	}
	for _, c := range []struct {
		shown, said string
		same        bool
	}{
		{"a\n…\nz", "a\nb\nc\nz\n", true}, {"a … z", "a bc z", true}, {"a\nz", "a\nb\nz", false}, {"3 open", "4 open", false}, {"a.c", "abc", false},
	} {
		if got := pattern(c.shown).MatchString(c.said); got != c.same {
			t.Errorf("%q shows %q: %v, want %v", c.shown, c.said, got, c.same)
		}
	}
}

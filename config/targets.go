package config

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

func (l *loader) takeReports(f *yamlfile.File) {
	for i, e := range entries[reportEntry](f, "reports") {
		path, reader := []any{"reports", i, "to"}, cmp.Or(e.For, "team")
		folder, ok := l.target(f, fileTarget, e.To, path...)
		if !ok || !l.once(fmt.Sprintf("a report for %s to %q", reader, folder), f, path...) {
			continue
		}
		formats := e.Formats
		if len(formats) == 0 {
			formats = []string{"html"}
		}
		l.cfg.Reports = append(l.cfg.Reports, Report{Folder: folder, For: reader, Formats: formats, Where: f.Place(path...)})
	}
}

func (l *loader) takeStore(f *yamlfile.File) {
	store := f.Text("store")
	if store == "" || !l.once("store", f, "store") {
		return
	}
	if file, ok := l.target(f, sqliteTarget, store, "store"); ok {
		l.cfg.Store = Store{File: file, Where: f.Place("store")}
	}
}

// target is the one kind of place that something can go to.
type target struct{ what, kind, example string }

var (
	fileTarget   = target{"place", "file", "file:./reports"}
	sqliteTarget = target{"store", "sqlite", "sqlite:./fairlead.db"}
)

// target reads kind:path.
func (l *loader) target(f *yamlfile.File, t target, written string, at ...any) (string, bool) {
	kind, path, hasKind := strings.Cut(written, ":")
	switch path = strings.TrimSpace(path); {
	case hasKind && kind == t.kind && path != "":
		return beside(f.Name(), path), true
	case hasKind && kind == t.kind:
		l.mistake(f, "write it like "+t.example, "a path is missing after "+t.kind+":", at...)
	case hasKind && yamlfile.Suggest(kind, []string{t.kind}) != "":
		l.mistake(f, fmt.Sprintf("did you mean %q?", t.kind), fmt.Sprintf("%q is no kind of %s", kind, t.what), at...)
	case hasKind:
		l.mistake(f, "so far there is only "+t.kind+"; write it like "+t.example, fmt.Sprintf("%q is no kind of %s", kind, t.what), at...)
	default:
		l.mistake(f, fmt.Sprintf("did you mean %s:%s?", t.kind, written), "this does not say which kind of "+t.what+" it is", at...)
	}
	return "", false
}

func (l *loader) takeWebhooks(f *yamlfile.File) {
	path := []any{"webhooks", "listen"}
	written := f.Text(path...)
	if written == "" || !l.once("webhooks: listen", f, path...) {
		return
	}
	host, port, err := net.SplitHostPort(written)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 || strings.ContainsAny(host, "/ ") {
		l.mistake(f, "write it like 127.0.0.1:8090", "this is no address to listen at", path...)
		return
	}
	l.cfg.Webhooks = Webhooks{Listen: written, Where: f.Place(path...)}
}

// finishWebhooks looks whether listening and secrets go together.
func (l *loader) finishWebhooks() {
	secrets := slices.ContainsFunc(l.cfg.Sources, func(s Source) bool { return !s.WebhookSecret.IsZero() })
	if l.cfg.Webhooks.Listen != "" && !secrets && len(l.cfg.Sources) > 0 {
		l.mistakes = append(l.mistakes, yamlfile.Mistake{
			Place: l.cfg.Webhooks.Where, Text: "no source has a webhook_secret, so every delivery would be refused",
			Hint: "add webhook_secret: ${NAME} to a source, or leave webhooks out",
		})
	}
}

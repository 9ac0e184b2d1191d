package config

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

func (l *loader) takeStore(f *yamlfile.File) {
	if folder := f.Text("calendar_folder"); folder != "" && l.once("calendar_folder", f, "calendar_folder") {
		l.calendarFolder = beside(f.Name(), folder)
	}
	store := f.Text("store")
	if store == "" || !l.once("store", f, "store") {
		return
	}
	if at, ok := l.storeAt(f, store, "store"); ok {
		at.Where = f.Place("store")
		l.cfg.Store = at
	}
}

// target is the one kind of place that something can go to.
type target struct {
	what, kind, example string
	others              string // how a hint begins that names what there is
}

var sqliteTarget = target{"store", "sqlite", "sqlite:./fairlead.db", "there are sqlite and redis; "}

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
		l.mistake(f, t.others+"write it like "+t.example, fmt.Sprintf("%q is no kind of %s", kind, t.what), at...)
	default:
		l.mistake(f, fmt.Sprintf("did you mean %s:%s?", t.kind, written), "this does not say which kind of "+t.what+" it is", at...)
	}
	return "", false
}

func (l *loader) takeWebhooks(f *yamlfile.File) {
	if at, where, ok := l.listenAt(f, "webhooks"); ok {
		l.cfg.Webhooks = Webhooks{Listen: at, Where: where}
	}
}

// listenAt reads the address under listen of a section.
func (l *loader) listenAt(f *yamlfile.File, section string) (at string, where yamlfile.Place, ok bool) {
	path := []any{section, "listen"}
	written := f.Text(path...)
	if written == "" || !l.once(section+": listen", f, path...) {
		return "", where, false
	}
	host, port, err := net.SplitHostPort(written)
	if n, wrong := strconv.Atoi(port); err != nil || wrong != nil || n < 0 || n > 65535 || strings.ContainsAny(host, "/ ") {
		l.mistake(f, "write it like 127.0.0.1:8090", "this is no address to listen at", path...)
		return "", where, false
	}
	return written, f.Place(path...), true
}

// takeMetrics refuses an address beyond this machine that nobody asked for in so
// many words: there is no sign-in before the metrics.
func (l *loader) takeMetrics(f *yamlfile.File) {
	at, where, ok := l.listenAt(f, "metrics")
	if !ok {
		return
	}
	var e metricsEntry
	if !f.DecodeAt(&e, "metrics") {
		return
	}
	host, _, _ := net.SplitHostPort(at)
	if !onThisMachine(host) && !e.Public {
		l.mistake(f, "write 127.0.0.1 for the host, or add public: true if whoever reaches this address may read them",
			"metrics would be told beyond this machine, where nobody signs in", "metrics", "listen")
		return
	}
	l.cfg.Metrics = Metrics{Listen: at, Where: where}
}

// onThisMachine reports whether only this machine reaches the host.
func onThisMachine(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
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
	if at := l.cfg.Metrics; at.Listen != "" && at.Listen == l.cfg.Webhooks.Listen && !strings.HasSuffix(at.Listen, ":0") {
		l.mistakes = append(l.mistakes, yamlfile.Mistake{
			Place: at.Where, Text: "webhooks are received at this address", Hint: "choose another port for the metrics",
		})
	}
}

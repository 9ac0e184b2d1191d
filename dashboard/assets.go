package dashboard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

// assetsPath is where styles, scripts and pictures stand, below a hash of what is
// in them, so that browsers may keep them for good.
const assetsPath = "/assets/"

//go:embed assets/*.css assets/*.js assets/*.svg assets/vendor/*
var assetFiles embed.FS

// asset is a file as it is sent.
type asset struct {
	version string
	kind    string
	plain   []byte
	zipped  []byte // empty where that saves nothing
}

var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
}

// assets are all files by name. What is wrong with them is a mistake of ours. They are
// packed when a dashboard is first made, so that commands without one start at once.
var assets = sync.OnceValue(func() map[string]asset {
	out := map[string]asset{}
	err := fs.WalkDir(assetFiles, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := assetFiles.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(text)
		out[strings.TrimPrefix(name, "assets/")] = asset{
			version: hex.EncodeToString(sum[:6]), kind: assetKinds[path.Ext(name)], plain: text, zipped: zipped(text),
		}
		return nil
	})
	if err != nil {
		panic(fmt.Errorf("dashboard: %w", err))
	}
	return out
})

func zipped(text []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(text)
	if z.Close() != nil || b.Len() >= len(text) {
		return nil
	}
	return b.Bytes()
}

// assetAddress is where a file stands; an error is a mistake of ours.
func assetAddress(name string) (string, error) {
	a, ok := assets()[name]
	if !ok {
		return "", fmt.Errorf("no asset %q", name)
	}
	return assetsPath + a.version + "/" + name, nil
}

// StyleSheets are the addresses of the sheets that give a page the dashboard's look:
// a body of class bare, in it a div of class frame and a main.
func StyleSheets() []string { return []string{embedded("page.css")} }

// Icon is the address of the dashboard's icon.
func Icon() string { return embedded("icon.svg") }

func embedded(file string) string {
	address, err := assetAddress(file)
	if err != nil {
		panic(err) // it is embedded
	}
	return address
}

// asset answers with a file. Under another version there is nothing: what is
// there may be kept for ever.
func (v *visit) asset() error {
	a, ok := assets()[v.r.PathValue("file")]
	if !ok || a.version != v.r.PathValue("version") {
		return notThere
	}
	h := v.w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Add("Vary", "Accept-Encoding")
	body := a.plain
	if len(a.zipped) > 0 && takesGzip(v.r) {
		h.Set("Content-Encoding", "gzip")
		body = a.zipped
	}
	_, _ = v.w.Write(body)
	return nil
}

// takesGzip reports whether whoever asks reads gzip.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == "gzip" {
			return !strings.HasPrefix(strings.ReplaceAll(q, " ", ""), "q=0") || strings.ContainsAny(q, "123456789")
		}
	}
	return false
}

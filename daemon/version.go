package daemon

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Version and Revision are stamped at link time; a build from a checkout says "dev", and
// its revision is what Go notes of the checkout.
var (
	Version  = "dev"
	Revision = ""
)

// VersionInfo says what is running.
type VersionInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

// ReadVersion collects what the binary knows about itself.
func ReadVersion() VersionInfo {
	v := VersionInfo{Version: Version, Revision: Revision, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && v.Revision == "" {
				v.Revision = s.Value
			}
		}
	}
	return v
}

// String is the one line that "fairlead version" prints.
func (v VersionInfo) String() string {
	s := fmt.Sprintf("fairlead %s (%s, %s)", v.Version, v.Go, v.Platform)
	if v.Revision != "" {
		s += " " + v.Revision
	}
	return s
}

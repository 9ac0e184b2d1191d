// Package deploy_test loads what is shipped for running fairlead elsewhere than on
// Kubernetes.
package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"

	"github.com/fairlead-dev/fairlead/config"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// compose is as much of the compose file as is looked at.
type compose struct {
	Services map[string]struct {
		Image       string
		Command     []string
		Volumes     []string
		Secrets     []string
		User        string
		ReadOnly    bool     `yaml:"read_only"`
		CapDrop     []string `yaml:"cap_drop"`
		SecurityOpt []string `yaml:"security_opt"`
	}
	Volumes map[string]any
	Secrets map[string]struct{ File string }
}

func TestFairleadTakesWhatTheComposeFileMounts(t *testing.T) {
	var c compose
	if err := yaml.Unmarshal([]byte(read(t, "compose/compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	f := c.Services["fairlead"]
	if !f.ReadOnly || f.User != "65532:65532" || !slices.Equal(f.CapDrop, []string{"ALL"}) || len(f.SecurityOpt) != 1 {
		t.Errorf("the container may do more than it has to: %+v", f)
	}
	if redis := strings.Join(c.Services["redis"].Command, " "); !strings.Contains(redis, "--appendonly yes") || !strings.Contains(redis, "noeviction") {
		t.Errorf("Redis is started as a cache: %s", redis)
	}
	inside := fstest.MapFS{}
	for _, v := range f.Volumes {
		from, to, _ := strings.Cut(v, ":")
		if to, readOnly := strings.CutSuffix(to, ":ro"); readOnly {
			files, err := filepath.Glob(filepath.Join("compose", from, "*.yaml"))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s holds %q, %v", from, files, err)
			}
			for _, file := range files {
				inside[strings.TrimPrefix(to, "/")+"/"+filepath.Base(file)] = &fstest.MapFile{Data: []byte(read(t, file))}
			}
		} else if _, named := c.Volumes[from]; !named {
			t.Errorf("%s is no volume", from)
		}
	}
	for _, s := range f.Secrets {
		if c.Secrets[s].File == "" {
			t.Errorf("nothing says where the secret %s is", s)
		}
		inside["run/secrets/"+s] = &fstest.MapFile{Data: []byte("a-secret")}
	}
	cfg, err := config.LoadFS(inside, "etc/fairlead/fairlead.yaml", func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	if r := cfg.Store.Redis; r == nil || r.Hosts[0] != "redis:6379" || r.Password.IsZero() {
		t.Errorf("it is kept in %+v", cfg.Store)
	}
}

// Whoever changes one of these has to change the others.
func TestContainersRunAsOneAccount(t *testing.T) {
	for path, want := range map[string]string{
		"../Dockerfile":                  `USER 65532:65532`,
		"rootfs/main.go":                 `const account = 65532`,
		"../charts/fairlead/values.yaml": `runAsUser: 65532`,
		"compose/compose.yaml":           `user: "65532:65532"`,
	} {
		if !strings.Contains(read(t, path), want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
}

func TestTheImageIsBuiltWithTheGoOfTheModule(t *testing.T) {
	image := regexp.MustCompile(`(?m)^ARG GO_VERSION=(\d+\.\d+)\.\d+$`).FindStringSubmatch(read(t, "../Dockerfile"))
	module := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))
	if image == nil || module == nil || image[1] != module[1] {
		t.Errorf("the Dockerfile names Go %q, go.mod %q", image, module)
	}
}

func TestAReleaseHasItsPlatforms(t *testing.T) {
	var release struct {
		Builds []struct {
			Goos, Goarch, Ldflags, Flags []string
		}
		Archives []struct{ Files []any }
		Checksum struct{ Algorithm string }
		Sboms    []any
	}
	if err := yaml.Unmarshal([]byte(read(t, "../.goreleaser.yaml")), &release); err != nil {
		t.Fatal(err)
	}
	b := release.Builds[0]
	if !slices.Equal(b.Goos, []string{"linux", "darwin", "windows"}) || !slices.Equal(b.Goarch, []string{"amd64", "arm64"}) || len(release.Sboms) == 0 || release.Checksum.Algorithm != "sha256" {
		t.Errorf("a release is %+v", release)
	}
	for _, name := range []string{"daemon.Version=", "daemon.Revision="} {
		for path, text := range map[string]string{".goreleaser.yaml": strings.Join(b.Ldflags, " "), ".ko.yaml": read(t, "../.ko.yaml"), "Makefile": read(t, "../Makefile")} {
			if !strings.Contains(text, "-X github.com/fairlead-dev/fairlead/"+name) {
				t.Errorf("%s does not stamp %s", path, name)
			}
		}
	}
}

func TestTheServiceMayDoNothingButItsWork(t *testing.T) {
	unit := read(t, "fairlead.service")
	for _, want := range []string{"DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n", "StateDirectory=fairlead", "SystemCallFilter=@system-service", "ExecReload=/bin/kill -HUP $MAINPID"} {
		if !strings.Contains(unit, want) {
			t.Errorf("the unit does not say %s", want)
		}
	}
}

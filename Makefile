# Everything a contributor runs. `make` alone lists the targets.

GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null)
LDFLAGS := -s -w -X github.com/fairlead-dev/fairlead/daemon.Version=$(VERSION) -X github.com/fairlead-dev/fairlead/daemon.Revision=$(REVISION)
# The same source makes the same binary, wherever and from whatever checkout it is built.
BUILD = CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build one static binary, ./fairlead
	$(BUILD) -o fairlead ./cmd/fairlead

.PHONY: test
test: ## run all tests
	$(GO) test ./...

.PHONY: demo
demo: ## run the demo
	$(GO) run ./cmd/fairlead demo

.PHONY: generate
generate: ## make every generated file again
	$(GO) generate ./...

.PHONY: slack-schema
slack-schema: ## make the schema of Slack's messages again (needs npm)
	bash simulator/slacktypes/generate.sh

.PHONY: grafana-schema
grafana-schema: ## make the schema of Grafana's dashboards again (needs npm)
	bash charts/grafanatypes/generate.sh

.PHONY: lint
lint: ## gofmt, go vet and golangci-lint
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo 'run gofmt -w on these'; exit 1; }
	$(GO) vet ./...
	golangci-lint run

.PHONY: bench
bench: ## run the benchmarks and lay their figures side by side (FAIRLEAD_BENCH=full: at full size)
	$(GO) run ./bench/table

FUZZTIME ?= 60s
.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (60s)
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

TARGETOS ?= linux
TARGETARCH ?= $(shell $(GO) env GOARCH)
.PHONY: rootfs
rootfs: ## put together the file system of the container image, in dist/rootfs
	GOOS=$(TARGETOS) GOARCH=$(TARGETARCH) $(BUILD) -o dist/bin/$(TARGETOS)-$(TARGETARCH)/fairlead ./cmd/fairlead
	CGO_ENABLED=0 $(GO) run ./deploy/rootfs -binary dist/bin/$(TARGETOS)-$(TARGETARCH)/fairlead -into dist/rootfs

.PHONY: try-rootfs
try-rootfs: rootfs ## run it from there as a container would: not as root, nothing writable but its data (needs root)
	bash deploy/rootfs/try.sh dist/rootfs

IMAGE ?= ghcr.io/fairlead-dev/fairlead
.PHONY: image
image: ## build the container image (needs Docker)
	docker build --build-arg VERSION=$(VERSION) --build-arg REVISION=$(REVISION) --tag $(IMAGE):$(VERSION) .

.PHONY: extras
extras: ## make completions and manual pages, in dist/extras
	rm -rf dist/extras && mkdir -p dist/extras/completions
	for shell in bash zsh fish powershell; do $(GO) run ./cmd/fairlead completion $$shell >dist/extras/completions/fairlead.$$shell || exit 1; done
	$(GO) test ./cmd/fairlead -vet=off -count=1 -run '^TestEveryCommandHasAManualPage$$' -man $(CURDIR)/dist/extras/man

.PHONY: cross
cross: ## build the binary for each platform of a release, in dist/bin
	for os in linux darwin windows; do for arch in amd64 arm64; do \
	  suffix=; [ $$os = windows ] && suffix=.exe; \
	  echo "$$os/$$arch" && GOOS=$$os GOARCH=$$arch $(BUILD) -o dist/bin/$$os-$$arch/fairlead$$suffix ./cmd/fairlead || exit 1; \
	done; done

.PHONY: release-snapshot
release-snapshot: ## make everything of a release and publish nothing, in dist/release (needs goreleaser and syft)
	goreleaser check
	goreleaser release --snapshot --clean --skip=ko --timeout 2h

CHROMIUM ?= chromium
SHOOT = $(CHROMIUM) --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
	  --disable-component-update --disable-sync --hide-scrollbars --user-data-dir=$$(mktemp -d)
.PHONY: pictures
pictures: ## make the pictures of the documentation (needs Chromium)
	$(GO) run ./cmd/fairlead demo --dir dist/pictures >/dev/null
	$(SHOOT) --window-size=820,1130 --screenshot=docs/images/report.png file://$(CURDIR)/dist/pictures/reports/payments/2026-W46.html
	$(GO) run ./reports/reporttest/samples dist/pictures/mail
	$(SHOOT) --window-size=820,1400 --screenshot=docs/images/mail.png file://$(CURDIR)/dist/pictures/mail/normal-week.html
	$(SHOOT) --window-size=820,1400 --blink-settings=preferredColorScheme=0 --screenshot=docs/images/mail-dark.png file://$(CURDIR)/dist/pictures/mail/normal-week.html
	$(SHOOT) --window-size=500,1400 --screenshot=docs/images/mail-phone.png file://$(CURDIR)/dist/pictures/mail/phone.html
	$(SHOOT) --window-size=760,2160 --screenshot=docs/images/slack.png file://$(CURDIR)/dist/pictures/mail/slack.html
	$(SHOOT) --window-size=820,1560 --screenshot=docs/images/organisation.png file://$(CURDIR)/dist/pictures/mail/organisation.html
	$(GO) build -o dist/fairlead ./cmd/fairlead
	dist/fairlead demo --dir dist/pictures --serve --listen 127.0.0.1:8098 >/dev/null & pid=$$!; trap "kill $$pid" EXIT; \
	  until curl -sf http://127.0.0.1:8098/readyz >/dev/null; do sleep 0.2; done; \
	  $(SHOOT) --window-size=1280,1400 --screenshot=docs/images/dashboard.png 'http://127.0.0.1:8098/?weeks=26'; \
	  $(SHOOT) --window-size=1280,1180 --virtual-time-budget=20000 --screenshot=docs/images/workbench.png http://127.0.0.1:8098/teams/payments/agreements/feature-without-problem/change

UPLOT ?= 1.6.32
.PHONY: assets
assets: ## fetch the chart library from npm and put it, minified with its licence, among the pages' assets
	dir=$$(mktemp -d) && cd $$dir && npm pack --silent uplot@$(UPLOT) >/dev/null && tar xzf uplot-$(UPLOT).tgz && cd $(CURDIR) && \
	  rm -f dashboard/assets/vendor/uplot-* && \
	  cp $$dir/package/dist/uPlot.iife.min.js dashboard/assets/vendor/uplot-$(UPLOT).min.js && \
	  cp $$dir/package/dist/uPlot.min.css dashboard/assets/vendor/uplot-$(UPLOT).min.css && \
	  cp $$dir/package/LICENSE dashboard/assets/vendor/uplot-LICENSE.txt && rm -r $$dir

# The version of axe-core is said where it is used.
AXE = $(shell sed -n 's/^const AxeVersion = "\(.*\)"$$/\1/p' dashboard/browsertest/look.go)
.PHONY: axe
axe: dist/axe-core-$(AXE).min.js ## fetch what the tests look for barriers in pages with (needs npm)
dist/axe-core-$(AXE).min.js:
	mkdir -p dist && dir=$$(mktemp -d) && cd $$dir && npm pack --silent axe-core@$(AXE) >/dev/null && tar xzf axe-core-$(AXE).tgz && \
	  cp package/axe.min.js $(CURDIR)/$@ && rm -r $$dir

.PHONY: screenshots
screenshots: axe ## take a picture of every page of the dashboard, wide and narrow, light and dark (needs Chromium)
	rm -rf dist/screenshots && mkdir -p dist/screenshots
	$(GO) test -p 1 ./dashboard ./daemon -count=1 -run '^(TestHowPagesLook|TestAWalkThroughTheDashboard|TestTheDoorOfTheDashboard)$$' -pictures $(CURDIR)/dist/screenshots

.PHONY: ci
ci: ## what CI runs
	bash .ci/run

# Headway. `make help` lists the targets.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO      ?= go
ADDR    ?= 127.0.0.1:8080
KILLS   ?= 100
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
ECHARTS := http/assets/built/echarts.min.js
AXE     := http/assets/node_modules/axe-core/axe.min.js
# The race detector watches all code but SQLite's own, which is C turned into Go: it
# would be five times slower, and it shares nothing with ours but through calls that
# are watched. (Libraries with generic code cannot be left out so: their instances of
# the standard library's types would go unwatched everywhere.)
RACE    := -race -gcflags=modernc.org/sqlite/...=-race=false
GOFILES := $(shell git ls-files '*.go' 2>/dev/null)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: demo
demo: build ## Seed the 2021 baseline, simulate two later rounds, and serve the pages on ADDR
	./bin/headway demo --addr $(ADDR)

.PHONY: build
build: $(ECHARTS) ## Build bin/headway with the charts' library inside
	$(GO) build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/headway ./cmd/headway

# ECharts and the fonts of pictures come by npm's lock file and are embedded at build.
$(ECHARTS): http/assets/package-lock.json
	@.ci/install node
	cd http/assets && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	cp http/assets/node_modules/echarts/dist/echarts.min.js $@
	@for font in noto-sans:NotoSans noto-sans-arabic:NotoSansArabic; do \
	  from=http/assets/node_modules/@expo-google-fonts/$${font%%:*}; to=http/assets/built/$${font%%:*}; \
	  cp $$from/400Regular/$${font##*:}_400Regular.ttf $$to-400.ttf; \
	  cp $$from/700Bold/$${font##*:}_700Bold.ttf $$to-700.ttf; \
	  cp $$from/LICENSE_FONT $$to-license.txt; \
	done
	@cd http/assets/built && rm -f *.br && node -e 'const fs = require("fs"), data = fs.readFileSync("echarts.min.js"), sum = require("crypto").createHash("sha256").update(data).digest("hex").slice(0, 12); fs.writeFileSync("echarts.min." + sum + ".js.br", require("zlib").brotliCompressSync(data))'
	@touch $@

.PHONY: test
test: deps lint ## Everything that must hold: lint, and all tests with the race detector
	CGO_ENABLED=1 $(GO) test $(RACE) -timeout 40m ./...

.PHONY: deps
deps: $(ECHARTS) $(AXE) ## Install what the tests need: Postgres, Chromium, LibreOffice, ECharts, axe-core
	@.ci/install cc postgres chromium office

# axe-core looks for barriers in the pages, in tests only; it is not in the binary.
$(AXE): $(ECHARTS)
	@.ci/install node
	@[ -e $@ ] || (cd http/assets && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
	@touch $@

.PHONY: lint
lint: $(ECHARTS) ## gofmt, go vet, staticcheck, and govulncheck where its database can be reached
	@unformatted=$$(gofmt -l $(GOFILES)); \
	if [ -n "$$unformatted" ]; then echo "not gofmt-ed: run gofmt -w" $$unformatted >&2; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@.ci/vuln

.PHONY: bench
bench: $(ECHARTS) ## Benchmarks of the log, the fold, the comparison and the pages, as text for benchstat
	@.ci/install postgres
	$(GO) test -run '^$$' -bench . -benchmem -timeout 30m ./...

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (default 20s)
	@for target in $$(grep -rhoE '^func Fuzz[A-Za-z0-9_]+' --include='*_test.go' . | awk '{print $$2}' | sort -u); do \
	  dir=$$(dirname $$(grep -rlE "^func $$target\(" --include='*_test.go' . | head -1)); \
	  echo "$$dir $$target"; $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $${FUZZTIME:-20s} $$dir; \
	done

.PHONY: crash
crash: ## Kill writers and servers of the logs KILLS times (default 100): nothing acknowledged may be lost
	@.ci/install cc postgres
	HEADWAY_CRASH_KILLS=$(KILLS) CGO_ENABLED=1 $(GO) test $(RACE) -count=1 -v -timeout 60m -run '^TestKilled' ./events/sqlite ./events/postgres

.PHONY: screenshots
screenshots: deps ## Pictures of every page in English and Arabic, in screenshots/
	HEADWAY_SCREENSHOTS=$(CURDIR)/screenshots $(GO) test -count=1 -timeout 40m ./http/...

.PHONY: pictures
pictures: build ## Take the pictures of the README, from published figures and simulated answers
	@.ci/install chromium
	@.ci/pictures bin/headway docs/pictures

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin http/assets/node_modules $(ECHARTS) http/assets/built/noto-* http/assets/built/*.br site screenshots

# guillemet: news text in, searchable "who said what, about whom" out. `make help` lists the targets.
#
# Layers (server/README.md): each folder of server/ is one static archive; LINK_<layer> names the archives
# at or below it, which is all that its unit tests may link.

CC ?= cc
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
SAN ?=
JOBS ?= $(shell n=$$(nproc 2>/dev/null || echo 1); [ $$n -gt 4 ] && n=4; echo $$n)
LISTEN ?= 127.0.0.1:8080
DB ?= guillemet.db
FUZZ_SECONDS ?= 20

# Debian packages: to build and run; to test; for `make lint`, `format` and `fuzz`; for `make bench`.
DEPS_RUN := build-essential pkg-config libmicrohttpd-dev libjansson-dev libsqlite3-dev libutf8proc-dev libmd-dev \
  libxml2-dev zlib1g-dev libzstd-dev libidn2-dev libcurl4-openssl-dev ca-certificates libyaml-dev curl
DEPS_TEST := libcmocka-dev python3 python3-pytest python3-pytest-xdist python3-jsonschema python3-yaml python3-requests sqlite3 jq faketime strace
DEPS_LINT := clang clang-tidy clang-format cppcheck libclang-rt-14-dev
# g++ and make for better-sqlite3, where npm has no build of it. Node is taken from the system when it is there (DEPS_PEERS).
DEPS_BENCH := nginx-light wrk valgrind python3 python3-venv
DEPS_PEERS := nodejs npm
# To count instructions: the CI does.
DEPS_COUNT := valgrind binutils python3
# Real proxies and compose, for test-slow.
DEPS_PROXIES := nginx-light haproxy caddy docker-compose

.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.SECONDARY:

VERSION := $(shell cat VERSION 2>/dev/null || git describe --tags --always --dirty 2>/dev/null || echo unknown)
comma := ,
B := $(BUILD)/$(if $(SAN),san-$(subst $(comma),-,$(SAN)),release)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
OPTIMISE := $(if $(SAN),-O1 -g -fno-omit-frame-pointer,-O2 -g)
# The folder of the build is no part of what is built.
OPTIMISE += -ffile-prefix-map=$(CURDIR)=.
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
# -isystem: libxml2's headers needn't be clean under our warnings.
XML_CPPFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags libxml-2.0 2>/dev/null))
# -include of nothing hidden: what a file uses it includes. _GNU_SOURCE for memmem, pipe2, accept4.
CPPFLAGS += -Iserver -I$(B) -D_GNU_SOURCE $(XML_CPPFLAGS)
CFLAGS += -std=c17 $(WARNINGS) $(OPTIMISE) $(SANFLAGS) -fPIE -pthread
# What every article goes through: a twelfth fewer instructions for 140 KB of code.
HOT := $(if $(SAN)$(findstring -O0,$(CFLAGS)),,-O3)
LDFLAGS += $(SANFLAGS) -pie -pthread -Wl,-z,relro,-z,now,-z,noexecstack

LAYERS := base text lang analyse store fetch ingest http follow api cli

LINK_base    := base
LINK_model   := base
LINK_lang    := lang base
LINK_text    := text lang base
LINK_analyse := analyse $(LINK_text)
LINK_store   := store $(LINK_text)
LINK_fetch   := fetch $(LINK_text)
LINK_ingest  := ingest analyse store $(LINK_text)
LINK_http    := http $(LINK_text)
LINK_follow  := follow ingest analyse store fetch $(LINK_text)
LINK_api     := api follow ingest analyse store http fetch $(LINK_text)
LINK_cli     := cli $(LINK_api)

LIBS := -lmicrohttpd -ljansson -lsqlite3 -lutf8proc -lmd -lxml2 -lz -lzstd -lidn2 -lm

# server/<layer>/tool/ holds programs of their own.
sources = $(sort $(filter-out server/$(1)/tool/%,$(wildcard server/$(1)/*.c server/$(1)/*/*.c)))
objects = $(patsubst %.c,$(B)/%.o,$(call sources,$(1)))
archives = $(foreach l,$(LINK_$(1)),$(B)/lib$(l).a)

# What is done, in a word; V=1 shows the commands themselves.
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)';)

# A sub-make keeps the caller's -j, and uses both cores when the caller gave none.
SUBMAKE = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))

.PHONY: help all build run install deps deps-test deps-lint deps-proxies deps-bench image image-test dist coverage sbom soak soak-fuzz clean
all: build
help: ## list the targets
	@echo 'guillemet: news text in, searchable "who said what, about whom" out.'; echo
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) $(wildcard server/*/*.mk) | \
	  while IFS='|' read -r target text; do printf '%-20s %s\n' "$$target" "$$text"; done
	@echo; echo '  SAN=address,undefined or SAN=thread build any target with sanitizers; BUILD=dir, JOBS=n,'
	@echo '  CC=clang, LISTEN=host:port, DB=file (run), DESTDIR=, PREFIX= (install), NAME= (migration),'
	@echo '  FUZZ_SECONDS=n (fuzz) as their names say; V=1 shows commands.'

build: $(B)/guillemet ## compile build/guillemet
	@:

run: deps ## build, load tests/samples into guillemet.db, serve them with open writes on 127.0.0.1:8080
	@tests/tools/deps.sh jq # for the README's examples
	@$(SUBMAKE) build
	@GUILLEMET=$(B)/guillemet DB=$(DB) LISTEN=$(LISTEN) tests/tools/demo.sh

install: build ## install the binary and its papers under $(DESTDIR)$(PREFIX)
	install -D -m 755 $(B)/guillemet $(DESTDIR)$(PREFIX)/bin/guillemet
	install -d $(DESTDIR)$(PREFIX)/share/doc/guillemet
	install -m 644 README.md CHANGELOG.md LICENSE NOTICE openapi.yaml $(DESTDIR)$(PREFIX)/share/doc/guillemet/

deps: ## install the Debian packages that building and running need, when missing
	@tests/tools/deps.sh $(DEPS_RUN)
deps-test: ## install what the tests need besides
	@tests/tools/deps.sh $(DEPS_RUN) $(DEPS_TEST)
deps-lint: ## install what lint, format and fuzz need
	@tests/tools/deps.sh $(DEPS_RUN) $(DEPS_LINT)
deps-proxies: ## install the proxies that test-slow drives guillemet through
	@tests/tools/deps.sh $(DEPS_PROXIES)
deps-bench: ## install what bench needs
	@tests/tools/deps.sh $(DEPS_RUN) $(DEPS_BENCH)

image: ## build the container image "guillemet", with or without a Docker engine (docker/image.sh)
	docker/image.sh guillemet
image-test: image ## run the image, hardened, and check what an operator relies on
	tests/tools/image_test.sh guillemet

# Without a clone's history the version is in a file of its own: dist puts it there.
dist: ## build/dist/guillemet-VERSION.tar.gz: the sources, the same bytes each time
	@tests/tools/dist.sh '$(VERSION)' '$(BUILD)/dist'
coverage: deps-test ## which lines of server/ the tests run: build/coverage/index.html, and a summary
	@tests/tools/deps.sh gcovr
	@BUILD='$(BUILD)' JOBS=$(JOBS) tests/tools/coverage.sh
sbom: build ## build/sbom.cdx.json: the libraries in use with versions and licences (CycloneDX)
	@/usr/bin/python3 tests/tools/sbom.py $(B)/guillemet '$(VERSION)' >$(BUILD)/sbom.cdx.json && echo 'wrote $(BUILD)/sbom.cdx.json'

clean: ## remove everything that was built
	rm -rf $(BUILD)

# ---- the binary

$(B)/guillemet: $(B)/server/main.o $(call archives,cli)
	$(call say,LINK,$@)$(CC) $(LDFLAGS) -o $@ $(B)/server/main.o $(call archives,cli) $(LIBS)
	$(if $(SAN),,@ln -sf $(abspath $@) $(BUILD)/guillemet)

# ---- objects and archives

# $(B)/flags changes when compiler or flags do; $(B)/version when the version does. Only files that name
# GUILLEMET_VERSION are compiled anew for it, so that a commit doesn't rebuild the world.
define stamp
$(shell mkdir -p $(B); printf '%s\n' '$(2)' | cmp -s - $(B)/$(1) || printf '%s\n' '$(2)' >$(B)/$(1))
endef
$(call stamp,flags,$(CC) $(CPPFLAGS) $(CFLAGS) $(HOT) $(LDFLAGS))
$(call stamp,version,$(VERSION))

# A layer may add generated objects: server/<layer>/<any>.mk sets EXTRA_OBJECTS_<layer> and says how they are made.
-include $(wildcard server/*/*.mk)

VERSIONED := $(patsubst %.c,$(B)/%.o,$(shell grep -rl --include='*.c' GUILLEMET_VERSION server tests/unit 2>/dev/null))
$(VERSIONED): CPPFLAGS += -DGUILLEMET_VERSION='"$(VERSION)"'
$(VERSIONED): $(B)/version

$(B)/server/analyse/%.o $(B)/server/text/%.o: CFLAGS += $(HOT)

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# $(B)/<layer>.list changes when a source comes or goes, so that an archive never keeps a deleted file's object.
define archive_rule
$(call stamp,$(1).list,$(call objects,$(1)))
$(B)/lib$(1).a: $(call objects,$(1)) $(EXTRA_OBJECTS_$(1)) $(B)/$(1).list
	@rm -f $$@
	$$(call say,AR,$$@)ar rcs $$@ $$(filter %.o,$$^)
endef
$(foreach l,$(filter-out lang,$(LAYERS)),$(eval $(call archive_rule,$(l))))

# ---- language packs: server/lang/<code>/* → one blob each → .incbin

LANGS := $(sort $(notdir $(patsubst %/,%,$(wildcard server/lang/*/))))
PACKS := $(LANGS:%=$(B)/lang/%.pack)
$(call stamp,langs,$(LANGS))

$(B)/packtool: $(B)/server/train/packtool.o $(B)/libtext.a $(B)/libbase.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(LDFLAGS) -o $@ $^ -lutf8proc -lmd

# The folder itself is a prerequisite too: its time changes when a table is removed.
define pack_rule
$(B)/lang/$(1).pack: $(wildcard server/lang/$(1)/*) server/lang/$(1) $(B)/packtool
	@mkdir -p $$(@D)
	$$(call say,PACK,$$@)$(B)/packtool $(1) server/lang/$(1) $$@
endef
$(foreach l,$(LANGS),$(eval $(call pack_rule,$(l))))

$(B)/lang/packs.S: $(B)/langs
	@mkdir -p $(@D)
	@{ echo '.section .rodata'; for l in $(LANGS); do \
	  printf '.balign 16\n.global pack_%s_start\npack_%s_start: .incbin "$(B)/lang/%s.pack"\n.global pack_%s_end\npack_%s_end: .byte 0\n' $$l $$l $$l $$l $$l; done; \
	  echo '.section .note.GNU-stack,"",@progbits'; } > $@

$(B)/lang/packs.c: $(B)/langs
	@mkdir -p $(@D)
	@{ echo '#include "lang/packs.h"'; for l in $(LANGS); do \
	  echo "extern const unsigned char pack_$${l}_start[], pack_$${l}_end[];"; done; \
	  echo 'const struct pack_blob pack_blobs[] = {'; for l in $(LANGS); do \
	  echo "    {\"$$l\", pack_$${l}_start, pack_$${l}_end},"; done; echo '};'; \
	  echo 'const size_t pack_blob_count = sizeof pack_blobs / sizeof pack_blobs[0];'; } > $@

$(B)/lang/packs_data.o: $(B)/lang/packs.S $(PACKS)
	$(call say,AS,$<)$(CC) -c -o $@ $<

$(B)/lang/packs.o: $(B)/lang/packs.c $(B)/flags
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/liblang.a: $(B)/lang/packs.o $(B)/lang/packs_data.o
	@rm -f $@
	$(call say,AR,$@)ar rcs $@ $^

# ---- tests

.PHONY: test test-slow test-long check-layers unit unit-binaries fuzz-replay-binaries
test: deps-test ## everything that runs in minutes; ends with "N passed, N failed"
	@CC='$(CC)' BUILD='$(BUILD)' JOBS=$(JOBS) tests/run.sh test
test-slow: deps-test deps-lint deps-proxies deps-bench deps-count ## what needs clang, npm tools or minutes; ends with "N passed, N failed"
	@CC='$(CC)' BUILD='$(BUILD)' JOBS=$(JOBS) tests/run.sh slow
test-long: deps-test ## the long forms of tests/fault: 100 kills, every allocation of an ingest, a minute of readers and a writer
	@CC='$(CC)' BUILD='$(BUILD)' JOBS=$(JOBS) tests/run.sh build fault_long
check-layers: ## refuse upward #includes and third-party headers outside their home
	@tests/check_layers.sh

# Unit tests: tests/unit/<layer>/test_<file>.c, one program each; other files there are linked into all of them.
unit_tests = $(patsubst %.c,$(B)/%,$(wildcard tests/unit/$(1)/test_*.c))
unit_support = $(patsubst %.c,$(B)/%.o,$(filter-out tests/unit/$(1)/test_%,$(wildcard tests/unit/$(1)/*.c)))
ALL_UNIT_TESTS := $(foreach l,$(LAYERS) model,$(call unit_tests,$(l)))

define unit_rule
.PHONY: unit-$(1)
unit-$(1): $(call unit_tests,$(1))
	@failed=0; for t in $$^; do $$$$t || failed=1; done; exit $$$$failed
$(B)/tests/unit/$(1)/%: $(B)/tests/unit/$(1)/%.o $(call archives,$(1)) $(call unit_support,$(1))
	$$(call say,LINK,$$@)$(CC) $(LDFLAGS) -o $$@ $$(filter %.o,$$^) $(call archives,$(1)) -lcmocka $(LIBS)
endef
$(foreach l,$(LAYERS) model,$(eval $(call unit_rule,$(l))))

unit: $(foreach l,$(LAYERS) model,unit-$(l)) ## run the unit tests alone (unit-base, unit-text … for one layer)
unit-binaries: $(ALL_UNIT_TESTS)

# Fuzz targets: tests/fuzz/fuzz_<name>.c. Replay links them with a main of our own, so `make test` needs no clang.
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
fuzz-replay-binaries: $(FUZZ_NAMES:%=$(B)/tests/fuzz/replay_%)
$(B)/tests/fuzz/replay_%: $(B)/tests/fuzz/fuzz_%.o $(B)/tests/fuzz/replay.o $(call archives,api)
	$(call say,LINK,$@)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(call archives,api) $(LIBS)
$(B)/tests/fuzz/libfuzzer_%: $(B)/tests/fuzz/fuzz_%.o $(call archives,api)
	$(call say,LINK,$@)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $< $(call archives,api) $(LIBS)

.PHONY: fuzz fuzz-binaries
fuzz-binaries: $(FUZZ_NAMES:%=$(B)/tests/fuzz/libfuzzer_%)
fuzz: deps-lint ## build the libFuzzer targets with clang and run each for FUZZ_SECONDS
	@$(SUBMAKE) CC=clang SAN=fuzzer-no-link,address,undefined fuzz-binaries
	@BUILD=$(BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh $(FUZZ_NAMES)

# ---- measuring and mending

SECONDS ?= 600
BENCH_OPTIONS = $(if $(LONG),--long)
FUZZ ?= yes
# What parses what strangers send is fuzzed for SECONDS each, what only parses what the service itself or its operator wrote for a tenth.
FUZZ_LONG := request query params headers html feed jsondoc analyse dates
FUZZ_SHORT = $(filter-out $(FUZZ_LONG),$(FUZZ_NAMES))
soak: build ## mixed load for SECONDS: memory, files and log must stay flat; then the fuzz targets, the main ones for as long (FUZZ=no: not)
	@/usr/bin/python3 tests/soak/soak.py --guillemet $(B)/guillemet --seconds $(SECONDS)
	@[ '$(FUZZ)' = no ] || $(SUBMAKE) soak-fuzz
soak-fuzz: deps-lint
	@$(SUBMAKE) CC=clang SAN=fuzzer-no-link,address,undefined fuzz-binaries
	@BUILD=$(BUILD) JOBS=$(JOBS) tests/fuzz/soak.sh $(FUZZ_LONG:%=%:$(SECONDS)) $(FUZZ_SHORT:%=%:$(shell expr $(SECONDS) / 10 + 1))

.PHONY: bench bench-archive bench-readme readme format format-check lint tidy cppcheck schema migration
bench: bench-archive ## guillemet beside nginx, libmicrohttpd, Fastify and FastAPI, with targets, in 8 minutes; LONG=1: up to 1,000,000 articles
	@/usr/bin/python3 tests/bench/bench.py --guillemet $(B)/guillemet $(BENCH_OPTIONS)
bench-archive: deps-bench ## make and keep what bench measures on, if it isn't there: archives (minutes), the same data and programs for the others
	@command -v npm >/dev/null 2>&1 || tests/tools/deps.sh $(DEPS_PEERS) || true
	@$(SUBMAKE) build
	@/usr/bin/python3 tests/bench/bench.py --guillemet $(B)/guillemet --archive-only $(BENCH_OPTIONS)
bench-readme: ## write the figures of the last make bench into README.md, tests/bench/latest.json and latest.svg
	@/usr/bin/python3 tests/bench/bench.py --readme

.PHONY: deps-count bench-instructions bench-instructions-update profile
deps-count:
	@tests/tools/deps.sh $(DEPS_RUN) $(DEPS_COUNT)
bench-instructions: deps-count ## instructions per request of the main GETs beside tests/bench/instructions.json: ±5 %
	@$(SUBMAKE) build
	@/usr/bin/python3 tests/bench/instructions.py --guillemet $(B)/guillemet
bench-instructions-update: deps-count ## count them and write tests/bench/instructions.json anew
	@$(SUBMAKE) build
	@/usr/bin/python3 tests/bench/instructions.py --guillemet $(B)/guillemet --update
profile: deps-count ## where a request's instructions go (HTTP, SQLite, JSON, layers), and an article's; TOP=15: functions, ONLY=list: one kind
	@$(SUBMAKE) build
	@/usr/bin/python3 tests/bench/hotspots.py --guillemet $(B)/guillemet $(if $(ONLY),$(ONLY:%=--only %)) $(if $(TOP),--top $(TOP)) --json $(BUILD)/profile.json

.PHONY: bench-ingest
bench-ingest: ## CPU time of ingesting an article, by stage, and memory; LONG=1 up to 100,000 articles and a file of 1 GB
	@$(SUBMAKE) build
	@/usr/bin/python3 tests/bench/ingest.py --guillemet $(B)/guillemet $(if $(LONG),--long) --json $(BUILD)/bench-ingest.json

.PHONY: bench-api
bench-api: build ## searches, lists, autocomplete, facets, timelines on 100,000 synthetic articles, beside their targets (ARTICLES=n: other ones; API_DB=FILE: an archive that is there)
	@/usr/bin/python3 tests/bench/api.py --guillemet $(B)/guillemet $(if $(API_DB),--db '$(API_DB)',$(if $(ARTICLES),--articles $(ARTICLES)))

.PHONY: bench-stemming
bench-stemming: build ## would forms of words be found better? FR=folder, EN=folder of articles as JSON lines
	@/usr/bin/python3 tests/bench/stemming.py --guillemet $(B)/guillemet $(if $(FR),--fr '$(FR)') $(if $(EN),--en '$(EN)')

.PHONY: bench-articles bench-feeds bench-duplicates
bench-articles: build ## articles out of web pages, scored on GUILLEMET_CORPUS (a folder; PEER=node_modules for a comparison)
	@/usr/bin/python3 tests/bench/articles.py '$(GUILLEMET_CORPUS)' --guillemet $(B)/guillemet $(if $(PEER),--peer $(PEER) --cache $(BUILD)/bench-articles-peer.json)

bench-feeds: build ## items out of feeds, scored on GUILLEMET_CORPUS
	@/usr/bin/python3 tests/bench/feeds.py '$(GUILLEMET_CORPUS)' --guillemet $(B)/guillemet

bench-duplicates: build ## copies of articles found, strangers taken for copies: precision and recall on synthetic variations
	@/usr/bin/python3 tests/bench/duplicates.py --guillemet $(B)/guillemet

readme: deps-test ## run the README's examples and write what they print into it
	@$(SUBMAKE) build
	@/usr/bin/python3 tests/tools/readme.py --guillemet $(B)/guillemet --write

C_FILES = $(shell find server tests -name '*.[ch]' | sort)
format: deps-lint ## clang-format the C files in place
	clang-format -i $(C_FILES)
format-check:
	clang-format --dry-run -Werror $(C_FILES)

ALL_OBJECTS = $(foreach l,$(filter-out lang,$(LAYERS)),$(call objects,$(l))) $(B)/server/main.o $(B)/server/train/packtool.o
lint: deps-lint ## clang-tidy and cppcheck; findings fail
	@$(SUBMAKE) --keep-going tidy cppcheck
# A file is looked at again when its object is newer: the object knows the headers.
tidy: $(patsubst $(B)/%.o,$(B)/lint/%.tidy,$(ALL_OBJECTS))
$(B)/lint/%.tidy: $(B)/%.o %.c .clang-tidy
	@mkdir -p $(@D)
	$(call say,TIDY,$*.c)clang-tidy --quiet --warnings-as-errors='*' $*.c -- $(CPPFLAGS) -std=c17 -DGUILLEMET_VERSION='""' 2>/dev/null
	@touch $@
# As in .clang-tidy: it knows neither CLEANUP nor that outputs are set when RC_OK is returned.
cppcheck:
	@mkdir -p $(B)/lint/cppcheck
	cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr --std=c11 \
	  --suppress=missingIncludeSystem --suppress=readdirCalled --suppress=resourceLeak --suppress=varFuncNullUB \
	  --suppress=uninitvar --suppress=ctuuninitvar --library=posix \
	  --cppcheck-build-dir=$(B)/lint/cppcheck -j $(JOBS) -Iserver -D_GNU_SOURCE '-DGUILLEMET_VERSION=""' server

schema: ## write schema/database.sql anew: the schema after all migrations (server/store/store.mk says how)
migration: ## NAME=what creates migrations/NNNN_what.sql
	@tests/tools/migration.sh '$(NAME)'

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# guillemet: news text in, searchable "who said what, about whom" out. `make help` lists the targets.
#
# Layers (server/README.md): each folder of server/ is one static archive; LINK_<layer> names the archives
# at or below it, which is all that its unit tests may link.

CC ?= cc
PREFIX ?= /usr/local
BUILD ?= build
SAN ?=

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
comma := ,
B := $(BUILD)/$(if $(SAN),san-$(subst $(comma),-,$(SAN)),release)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
OPTIMISE := $(if $(SAN),-O1 -g -fno-omit-frame-pointer,-O2 -g)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
# -include of nothing hidden: what a file uses it includes. _GNU_SOURCE for memmem, pipe2, accept4.
CPPFLAGS += -Iserver -I$(B) -D_GNU_SOURCE -DGUILLEMET_VERSION='"$(VERSION)"'
CFLAGS += -std=c17 $(WARNINGS) $(OPTIMISE) $(SANFLAGS) -fPIE -pthread
LDFLAGS += $(SANFLAGS) -pie -pthread -Wl,-z,relro,-z,now,-z,noexecstack

LAYERS := base text lang analyse store ingest http api cli

LINK_base    := base
LINK_model   := base
LINK_lang    := lang base
LINK_text    := text lang base
LINK_analyse := analyse $(LINK_text)
LINK_store   := store $(LINK_text)
LINK_ingest  := ingest analyse store $(LINK_text)
LINK_http    := http $(LINK_text)
LINK_api     := api ingest analyse store http $(LINK_text)
LINK_cli     := cli $(LINK_api)

LIBS := -lmicrohttpd -ljansson -lsqlite3 -lutf8proc -lmd -lz -lm

sources = $(sort $(wildcard server/$(1)/*.c server/$(1)/*/*.c))
objects = $(patsubst %.c,$(B)/%.o,$(call sources,$(1)))
archives = $(foreach l,$(LINK_$(1)),$(B)/lib$(l).a)

.PHONY: all build
all build: $(B)/guillemet

$(B)/guillemet: $(B)/server/main.o $(call archives,cli)
	$(CC) $(LDFLAGS) -o $@ $(B)/server/main.o $(call archives,cli) $(LIBS)
	@mkdir -p $(BUILD) && ln -sf $(abspath $@) $(BUILD)/guillemet

# A layer may add generated objects: server/<layer>/<any>.mk sets EXTRA_OBJECTS_<layer> and says how they are made.
-include $(wildcard server/*/*.mk)

# ---- objects and archives

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define archive_rule
$(B)/lib$(1).a: $(call objects,$(1)) $(EXTRA_OBJECTS_$(1))
	@rm -f $$@
	ar rcs $$@ $$^
endef
$(foreach l,$(filter-out lang,$(LAYERS)),$(eval $(call archive_rule,$(l))))

# ---- language packs: server/lang/<code>/* → one blob each → .incbin

LANGS := $(sort $(notdir $(patsubst %/,%,$(wildcard server/lang/*/))))
PACKS := $(LANGS:%=$(B)/lang/%.pack)

$(B)/packtool: $(B)/server/train/packtool.o $(B)/libtext.a $(B)/libbase.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $^ -lutf8proc -lmd

.SECONDEXPANSION:
$(B)/lang/%.pack: $$(wildcard server/lang/$$*/*) $(B)/packtool
	@mkdir -p $(@D)
	$(B)/packtool $* server/lang/$* $@

$(B)/lang/packs.S: $(PACKS) Makefile
	@{ echo '.section .rodata'; for l in $(LANGS); do \
	  printf '.balign 16\n.global pack_%s_start\npack_%s_start: .incbin "$(B)/lang/%s.pack"\n.global pack_%s_end\npack_%s_end: .byte 0\n' $$l $$l $$l $$l $$l; done; \
	  echo '.section .note.GNU-stack,"",@progbits'; } > $@

$(B)/lang/packs.c: Makefile
	@mkdir -p $(@D)
	@{ echo '#include "lang/packs.h"'; for l in $(LANGS); do \
	  echo "extern const unsigned char pack_$${l}_start[], pack_$${l}_end[];"; done; \
	  echo 'const struct pack_blob pack_blobs[] = {'; for l in $(LANGS); do \
	  echo "    {\"$$l\", pack_$${l}_start, pack_$${l}_end},"; done; echo '};'; \
	  echo 'const size_t pack_blob_count = sizeof pack_blobs / sizeof pack_blobs[0];'; } > $@

$(B)/lang/packs_data.o: $(B)/lang/packs.S $(PACKS)
	$(CC) -c -o $@ $<

$(B)/lang/packs.o: $(B)/lang/packs.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(B)/liblang.a: $(B)/lang/packs.o $(B)/lang/packs_data.o
	@rm -f $@
	ar rcs $@ $^

# ---- unit tests: tests/unit/<layer>/test_<file>.c, one program each

unit_tests = $(patsubst %.c,$(B)/%,$(wildcard tests/unit/$(1)/test_*.c))
ALL_UNIT_TESTS := $(foreach l,$(LAYERS) model,$(call unit_tests,$(l)))

define unit_rule
.PHONY: unit-$(1)
unit-$(1): $(call unit_tests,$(1))
	@failed=0; for t in $$^; do $$$$t || failed=1; done; exit $$$$failed
$(B)/tests/unit/$(1)/%: $(B)/tests/unit/$(1)/%.o $(call archives,$(1))
	$(CC) $(LDFLAGS) -o $$@ $$< $(call archives,$(1)) -lcmocka $(LIBS)
endef
$(foreach l,$(LAYERS) model,$(eval $(call unit_rule,$(l))))

.PHONY: unit clean
unit: $(foreach l,$(LAYERS) model,unit-$(l))

clean:
	rm -rf $(BUILD)

-include $(shell find $(B) -name '*.d' 2>/dev/null)

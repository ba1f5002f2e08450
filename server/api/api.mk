# What the service shows of itself goes into the binary: openapi.yaml, the same as JSON, schema/, problem pages, and,
# compressed, the reference of /docs.

ASSET_FILES := openapi.yaml $(sort $(wildcard schema/*.schema.json)) $(sort $(wildcard server/docs/problems/*.md))
PACKED_FILES := $(addprefix server/docs/reference/,docs.js docs.css) \
  $(addprefix server/docs/vendor/swagger-ui/,swagger-ui-bundle.js swagger-ui.css)
PACKED_ASSETS := $(addprefix $(B)/docs/,$(addsuffix .gz,$(notdir $(PACKED_FILES))))
EXTRA_OBJECTS_api := $(B)/api/assets.o $(B)/api/assets_data.o

$(B)/yaml2json: server/docs/yaml2json.c $(B)/flags
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< -lyaml

$(B)/api/openapi.json: openapi.yaml $(B)/yaml2json
	@mkdir -p $(@D)
	$(B)/yaml2json <openapi.yaml >$@.part && mv $@.part $@

define pack_rule
$(B)/docs/$(notdir $(1)).gz: $(1)
	@mkdir -p $$(@D)
	gzip -9n <$$< >$$@.part && mv $$@.part $$@
endef
$(foreach f,$(PACKED_FILES),$(eval $(call pack_rule,$(f))))

$(call stamp,assets,$(ASSET_FILES) $(PACKED_FILES))

# "address file" pairs; the address of server/docs/problems/gone.md is problems/gone.md.
define list_assets
for f in $(ASSET_FILES); do echo "$${f#server/docs/} $$f"; done; echo "openapi.json $(B)/api/openapi.json"; \
  for f in $(notdir $(PACKED_ASSETS)); do echo "docs/$$f $(B)/docs/$$f"; done
endef

$(B)/api/assets.S: $(B)/assets server/api/api.mk
	@mkdir -p $(@D)
	@{ echo '.section .rodata'; n=0; { $(list_assets); } | while read -r path file; do n=$$((n+1)); \
	  printf '.global asset_%d\nasset_%d: .incbin "%s"\n.global asset_%d_end\nasset_%d_end: .byte 0\n' $$n $$n "$$file" $$n $$n; done; \
	  echo '.section .note.GNU-stack,"",@progbits'; } >$@

$(B)/api/assets.c: $(B)/assets server/api/api.mk
	@mkdir -p $(@D)
	@{ echo '#include "api/assets.h"'; n=0; { $(list_assets); } | while read -r path file; do n=$$((n+1)); \
	  echo "extern const char asset_$$n[], asset_$${n}_end[];"; done; \
	  echo 'const struct asset assets[] = {'; n=0; { $(list_assets); } | while read -r path file; do n=$$((n+1)); \
	  echo "    {\"$$path\", asset_$$n, asset_$${n}_end},"; done; \
	  echo '};'; echo 'const size_t asset_count = sizeof assets / sizeof assets[0];'; } >$@

$(B)/api/assets_data.o: $(B)/api/assets.S $(ASSET_FILES) $(PACKED_ASSETS) $(B)/api/openapi.json
	$(CC) -c -o $@ $<

$(B)/api/assets.o: $(B)/api/assets.c server/api/assets.h
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

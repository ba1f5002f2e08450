# migrations/*.sql go into the binary as they are; the table of them is made here.

MIGRATIONS := $(sort $(wildcard migrations/[0-9][0-9][0-9][0-9]_*.sql))
EXTRA_OBJECTS_store := $(B)/store/migrations.o $(B)/store/migrations_data.o

$(B)/store/migrations.S: $(MIGRATIONS) server/store/store.mk
	@mkdir -p $(@D)
	@{ echo '.section .rodata'; n=0; for f in $(MIGRATIONS); do n=$$((n+1)); \
	  printf '.global migration_%d\nmigration_%d: .incbin "%s"\n.byte 0\n' $$n $$n $$f; done; \
	  echo '.section .note.GNU-stack,"",@progbits'; } > $@

$(B)/store/migrations.c: $(MIGRATIONS) server/store/store.mk
	@mkdir -p $(@D)
	@{ echo '#include "store/migrations.h"'; n=0; for f in $(MIGRATIONS); do n=$$((n+1)); \
	  echo "extern const char migration_$$n[];"; done; \
	  echo 'const struct migration migrations[] = {'; n=0; for f in $(MIGRATIONS); do n=$$((n+1)); \
	  b=$$(basename $$f .sql); echo "    {$$(echo $$b | sed 's/^0*\([0-9]*\)_.*/\1/'), \"$$b\", migration_$$n},"; done; \
	  echo '};'; echo 'const size_t migration_count = sizeof migrations / sizeof migrations[0];'; } > $@

$(B)/store/migrations_data.o: $(B)/store/migrations.S $(MIGRATIONS)
	$(CC) -c -o $@ $<

$(B)/store/migrations.o: $(B)/store/migrations.c server/store/migrations.h
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# The test that compares the snapshot is also what writes it.
schema: $(B)/tests/unit/store/test_migrate
	@UPDATE_SCHEMA=1 $< >/dev/null && echo 'wrote schema/database.sql'

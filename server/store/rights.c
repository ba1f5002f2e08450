#include "store/rights.h"

#include <stdlib.h>

#include "store/reader.h"
#include "store/rights_of.h"
#include "text/fold.h"
#include "text/utf8.h"

struct rule {
    struct slice key; /* folded name of the source */
    enum store_rights rights;
};

struct store_rights_table {
    struct arena *arena;
    enum store_rights standard;
    struct {
        struct rule *items;
        size_t count, capacity;
    } rules;
};

/* ---- reading the setting */

static enum rc refuse(struct err *e, const char *field, struct slice text)
{
    return err_field(e, RC_INVALID, field, "'%.*s' is none of full, excerpt and none",
                     (int)(text.len < 60 ? text.len : 60), text.ptr);
}

/* "Le Monde=excerpt" */
static enum rc add_rule(struct store_rights_table *table, struct slice text, struct err *e)
{
    size_t at = text.len;
    while (at > 0 && text.ptr[at - 1] != '=') {
        at--;
    }
    struct slice name = slice_trim(slice_of(text.ptr, at ? at - 1 : 0));
    struct slice value = slice_trim(slice_of(text.ptr + at, text.len - at));
    enum store_rights rights;
    if (at == 0 || name.len == 0) {
        return err_field(e, RC_INVALID, "serve-text-of",
                         "'%.*s' is not SOURCE=full, SOURCE=excerpt or SOURCE=none; several are "
                         "separated by ';'",
                         (int)(text.len < 60 ? text.len : 60), text.ptr);
    }
    if (!store_rights_parse(value, &rights) || rights == STORE_RIGHTS_PURGED) {
        return refuse(e, "serve-text-of", value);
    }
    struct rule *rule = ARENA_PUSH(table->arena, &table->rules);
    struct slice key = fold_key(table->arena, name);
    if (!rule || !slice_present(key)) {
        return err_nomem(e);
    }
    *rule = (struct rule){key, rights};
    return RC_OK;
}

static enum rc fill(struct store_rights_table *table, const char *standard, const char *exceptions,
                    struct err *e)
{
    struct slice rest = slice_cstr(exceptions ? exceptions : "");
    if (!store_rights_parse(slice_cstr(standard), &table->standard) ||
        table->standard == STORE_RIGHTS_PURGED) {
        return refuse(e, "serve-text", slice_cstr(standard));
    }
    enum rc rc = RC_OK;
    while (rc == RC_OK && slice_present(rest)) {
        struct slice rule = slice_trim(slice_cut(&rest, ';'));
        rc = rule.len > 0 ? add_rule(table, rule, e) : RC_OK;
    }
    return rc;
}

enum rc store_rights_read(const char *standard, const char *exceptions,
                          struct store_rights_table **out, struct err *e)
{
    struct store_rights_table *table = calloc(1, sizeof *table);
    struct arena *arena = arena_new(0);
    enum rc rc = table && arena ? RC_OK : err_nomem(e);
    if (rc == RC_OK) {
        table->arena = arena;
        rc = fill(table, standard, exceptions, e);
    }
    if (rc != RC_OK) {
        arena_free(arena);
        free(table);
        return rc;
    }
    *out = table;
    return RC_OK;
}

void store_rights_table_free(struct store_rights_table *table)
{
    if (table) {
        arena_free(table->arena);
        free(table);
    }
}

/* ---- asking */

void store_reader_rights(struct store_reader *reader, const struct store_rights_table *table)
{
    if (reader->db->rights == table) {
        return;
    }
    reader->db->rights = table;
    reader->db->rights_known = 0;
}

static enum store_rights by_name(const struct store_rights_table *table, struct slice name)
{
    struct arena *arena = arena_new(0);
    struct slice key = arena ? fold_key(arena, name) : SLICE_NONE;
    /* Without memory to tell: nothing leaves. */
    enum store_rights rights = slice_present(key) ? table->standard : STORE_RIGHTS_NONE;
    for (size_t i = 0; slice_present(key) && i < table->rules.count; i++) {
        if (slice_equal(table->rules.items[i].key, key)) {
            rights = table->rules.items[i].rights;
        }
    }
    arena_free(arena);
    return rights;
}

static enum store_rights look_up(struct db *db, int64_t source)
{
    sqlite3_stmt *s = db_use(db, "SELECT name FROM sources WHERE id = ?1");
    enum store_rights rights = db->rights->standard;
    db_bind_int(s, 1, source);
    if (db_step(db, s)) {
        rights = by_name(db->rights, db_text(s, 0));
    } else if (!db_ok(db)) {
        rights = STORE_RIGHTS_NONE;
    }
    db_done(s);
    return rights;
}

enum store_rights rights_of(struct db *db, int64_t source)
{
    if (!db->rights) {
        return STORE_RIGHTS_FULL;
    }
    if (source == 0 || db->rights->rules.count == 0) {
        return db->rights->standard;
    }
    /* Pages are of a few sources: the last ones are remembered. Names of sources never change. */
    for (size_t i = 0; i < db->rights_known; i++) {
        if (db->rights_rows[i] == source) {
            return (enum store_rights)db->rights_values[i];
        }
    }
    enum store_rights rights = look_up(db, source);
    if (db_ok(db)) {
        size_t slot = db->rights_known < DB_RIGHTS_KNOWN ? db->rights_known++
                                                         : (size_t)source % DB_RIGHTS_KNOWN;
        db->rights_rows[slot] = source;
        db->rights_values[slot] = (uint8_t)rights;
    }
    return rights;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

struct slice rights_cut(enum store_rights rights, struct slice text)
{
    if (rights == STORE_RIGHTS_FULL || !slice_present(text)) {
        return text;
    }
    if (rights_hide(rights)) {
        return SLICE_NONE;
    }
    size_t at = 0, cps = 0, word = 0;
    while (at < text.len && cps < STORE_EXCERPT_CPS) {
        word = is_blank(text.ptr[at]) ? at : word;
        at++;
        while (at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80) {
            at++;
        }
        cps++;
    }
    bool whole = at == text.len, at_word = !whole && is_blank(text.ptr[at]);
    return slice_of(text.ptr, whole || at_word || word == 0 ? at : word);
}

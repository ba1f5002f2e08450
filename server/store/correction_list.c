#include "store/correction_list.h"

#include "store/spans_value.h"
#include "text/digest.h"

bool correction_about_quote(enum correction_kind kind)
{
    switch (kind) {
    case CORRECTION_QUOTE_SPEAKER:
    case CORRECTION_QUOTE_TYPE:
    case CORRECTION_QUOTE_SPANS:
    case CORRECTION_QUOTE_REJECT:
        return true;
    case CORRECTION_ENTITY_RENAME:
    case CORRECTION_ENTITY_RETYPE:
    case CORRECTION_ENTITY_MERGE:
    case CORRECTION_ENTITY_SPLIT:
    case CORRECTION_ENTITY_FORBID:
        return false;
    }
    return false;
}

static struct slice hex_copy(struct columns *c)
{
    struct slice bytes = db_blob(c->stmt, c->at++);
    struct digest digest;
    char hex[65];
    if (bytes.len != sizeof digest.bytes) {
        return SLICE_NONE;
    }
    memcpy(digest.bytes, bytes.ptr, sizeof digest.bytes);
    digest_format_hex(&digest, hex);
    struct slice copy = arena_copy(c->arena, slice_cstr(hex));
    c->db->nomem = c->db->nomem || !slice_present(copy);
    return copy;
}

static void read_row(struct columns *c, struct store_correction *out)
{
    out->number = next_int(c);
    correction_kind_parse(next_text(c), &out->kind);
    out->target = next_id(c);
    out->value = next_text(c);
    out->alias_key = next_text(c);
    out->type = (enum entity_type)next_int(c);
    out->article = next_id(c);
    out->text_hash = hex_copy(c);
    out->words = next_text(c);
    out->start_byte = (uint32_t)next_int(c);
    out->author = next_text(c);
    out->note = next_text(c);
    out->created_ms = next_int(c);
    out->orphaned = next_int(c) != 0;
    out->undone_ms = next_int(c);
    out->undone_by = next_text(c);
}

#define CORRECTION_SELECT                                                                          \
    "SELECT number, kind, target, value, alias_key, type, article, text_hash, words, start_byte,"  \
    " author, note, created_ms, orphaned, undone_ms, undone_by "

enum rc store_correction_list(struct store_reader *reader, bool orphaned_only, int64_t after_number,
                              uint32_t limit, struct arena *arena, struct store_correction **rows,
                              size_t *count, struct err *e)
{
    struct db *db = reader->db;
    struct store_correction *list = ARENA_ARRAY(arena, struct store_correction, limit);
    size_t read = 0;
    if (list == NULL) {
        return err_nomem(e);
    }
    sqlite3_stmt *s =
        orphaned_only ? db_use(db, CORRECTION_SELECT
                               "FROM corrections INDEXED BY corrections_orphaned WHERE orphaned = 1"
                               " AND number > ?1 ORDER BY number LIMIT ?2")
                      : db_use(db, CORRECTION_SELECT
                               "FROM corrections WHERE number > ?1 ORDER BY number LIMIT ?2");
    db_bind_int(s, 1, after_number);
    db_bind_int(s, 2, limit);
    while (db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        read_row(&c, &list[read++]);
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
    }
    return rc;
}

/* ---- filters */

void correction_list_from(const struct store_correction_query *q, struct list_sql *out)
{
    /* One way in, most selective first; the others are looked at in its rows. */
    const struct {
        bool given;
        const char *index;
    } ways[] = {
        {q->has_target, " INDEXED BY corrections_by_target"},
        {q->has_article, " INDEXED BY corrections_by_article"},
        {q->has_orphaned && q->orphaned, " INDEXED BY corrections_orphaned"},
        {q->has_undone && q->undone, " INDEXED BY corrections_undone"},
        {q->has_kind, " INDEXED BY corrections_by_kind"},
    };
    list_text(out, "FROM corrections");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (ways[i].given) {
            list_text(out, ways[i].index);
            break;
        }
    }
    list_text(out, " WHERE 1");
    if (q->has_target) {
        list_int(out, " AND target = ", (int64_t)q->target);
    }
    if (q->has_article) {
        list_int(out, " AND article = ", (int64_t)q->article);
    }
    if (q->has_kind) {
        list_slice(out, " AND kind = ", slice_cstr(correction_kind_name(q->kind)));
    }
    if (q->has_orphaned) {
        list_text(out, q->orphaned ? " AND orphaned = 1" : " AND orphaned = 0");
    }
    if (q->has_undone) {
        list_text(out, q->undone ? " AND undone_ms IS NOT NULL" : " AND undone_ms IS NULL");
    }
}

void correction_list_sql(const struct store_correction_query *q, struct list_sql *out)
{
    list_text(out, CORRECTION_SELECT);
    correction_list_from(q, out);
    if (q->after.present) {
        list_int(out, " AND number < ", q->after.key);
    }
    list_int(out, " ORDER BY number DESC LIMIT ", (int64_t)q->limit + 1);
}

enum rc store_correction_search(struct store_reader *reader,
                                const struct store_correction_query *query, struct arena *arena,
                                struct store_correction **rows, size_t *count,
                                struct store_page *page, struct err *e)
{
    struct db *db = reader->db;
    struct store_page found = {0};
    size_t read = 0;
    struct store_correction *list = ARENA_ARRAY(arena, struct store_correction, query->limit);
    if (list == NULL) {
        return err_nomem(e);
    }
    bool entered = reader_enter(reader);
    struct list_sql sql, counting;
    list_start(&sql);
    list_start(&counting);
    correction_list_sql(query, &sql);
    sqlite3_stmt *s = list_use(db, &sql);
    while (db_step(db, s)) {
        if (read == query->limit) {
            found.has_more = true;
            break;
        }
        struct columns c = {db, s, arena, 0};
        read_row(&c, &list[read]);
        found.last = (struct store_cursor){true, list[read++].number, 0, SLICE_NONE};
    }
    db_done(s);
    correction_list_from(query, &counting);
    found.total = list_count(db, &counting, &found.total_is_exact);
    reader_leave(reader, entered);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK) {
        *rows = list;
        *count = read;
        *page = found;
    }
    return rc;
}

enum rc store_correction_get(struct store_reader *reader, int64_t number, struct arena *arena,
                             struct store_correction *out, struct err *e)
{
    struct db *db = reader->db;
    struct store_correction correction = {0};
    sqlite3_stmt *s = db_use(db, CORRECTION_SELECT "FROM corrections WHERE number = ?1");
    db_bind_int(s, 1, number);
    bool found = db_step(db, s);
    if (found) {
        struct columns c = {db, s, arena, 0};
        read_row(&c, &correction);
    }
    db_done(s);
    enum rc rc = db_check(db, e);
    if (rc == RC_OK && !found) {
        return err_set(e, RC_NOT_FOUND, "there is no correction %lld", (long long)number);
    }
    if (rc == RC_OK) {
        *out = correction;
    }
    return rc;
}

struct slice store_correction_words(const struct store_correction *correction, struct arena *arena)
{
    return correction->kind == CORRECTION_QUOTE_SPANS ? spans_value_words(correction->value, arena)
                                                      : correction->value;
}

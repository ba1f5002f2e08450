/* Other words for a stored quote: text, spans, context, whom it is about, and the index of words. */
#include "store/correct.h"

#include "store/pack_rows.h"
#include "store/put.h"
#include "store/roles.h"
#include "store/spans_value.h"

/* Marks and blanks that may stand between words and their context. */
#define CONTEXT_GAP 64

struct respan {
    int64_t quote, article;
    struct slice text; /* the article's */
    struct span old;
    struct slice before, after; /* the context as it was */
    struct quote_span *spans;
    size_t span_count;
    struct span now;
};

struct row_list {
    int64_t *items;
    size_t count, capacity;
};

static bool load(struct writer *w, struct respan *r)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT q.article, q.spans, q.before, q.after, t.text FROM quotes q"
                      " JOIN article_texts t ON t.article = q.article WHERE q.id = ?1");
    db_bind_int(s, 1, r->quote);
    struct store_quote_span *spans = NULL;
    size_t count = 0;
    if (db_step(w->db, s)) {
        r->article = db_int(s, 0);
        unpack_spans(db_blob(s, 1), w->arena, &spans, &count);
        r->before = arena_copy(w->arena, db_text(s, 2));
        r->after = arena_copy(w->arena, db_text(s, 3));
        r->text = arena_copy(w->arena, db_text(s, 4));
    }
    db_done(s);
    if (count > 0) {
        r->old = (struct span){spans[0].span.start_byte, spans[count - 1].span.end_byte};
    }
    return r->article != 0;
}

/* The context is kept as text; its outer ends are found again beside the old words. */
static uint32_t context_start(const struct respan *r)
{
    for (size_t gap = 0; r->before.len > 0 && gap < CONTEXT_GAP; gap++) {
        if (r->old.start_byte < r->before.len + gap) {
            break;
        }
        size_t at = r->old.start_byte - r->before.len - gap;
        if (slice_starts(slice_of(r->text.ptr + at, r->text.len - at), r->before)) {
            return (uint32_t)at;
        }
    }
    return r->old.start_byte;
}

static uint32_t context_end(const struct respan *r)
{
    for (size_t gap = 0; r->after.len > 0 && gap < CONTEXT_GAP; gap++) {
        size_t at = r->old.end_byte + gap;
        if (at + r->after.len > r->text.len) {
            break;
        }
        if (slice_starts(slice_of(r->text.ptr + at, r->text.len - at), r->after)) {
            return (uint32_t)(at + r->after.len);
        }
    }
    return r->old.end_byte;
}

static struct slice between(const struct respan *r, uint32_t from, uint32_t to)
{
    return from < to ? slice_trim(slice_of(r->text.ptr + from, to - from)) : SLICE("");
}

static void store_words(struct writer *w, const struct respan *r)
{
    struct buf packed;
    buf_init(&packed);
    struct slice words = spans_words(w->arena, r->text, r->spans, r->span_count);
    pack_spans(&packed, r->spans, r->span_count, offsets_new(w->arena, r->text));
    quote_words_unindex(w, r->quote);
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE quotes SET text = ?2, spans = ?3, before = ?4, after = ?5,"
                      " corrected = 1 WHERE id = ?1");
    db_bind_int(s, 1, r->quote);
    db_bind_text(s, 2, words);
    db_bind_blob(s, 3, packed.data, packed.len);
    db_bind_text(s, 4, between(r, context_start(r), r->now.start_byte));
    db_bind_text(s, 5, between(r, r->now.end_byte, context_end(r)));
    db_run(w->db, s);
    quote_words_index(w, r->quote);
    w->db->nomem = w->db->nomem || packed.failed;
    buf_done(&packed);
}

static struct row_list rows_of(struct writer *w, const char *sql, int64_t first, int64_t second,
                               int64_t third)
{
    struct row_list list = {0};
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, first);
    db_bind_int(s, 2, second);
    db_bind_int(s, 3, third);
    while (db_step(w->db, s)) {
        *ARENA_PUSH(w->arena, &list) = db_int(s, 0);
    }
    db_done(s);
    return list;
}

/* Whom the words mention, in their order. Appends to `touched` whose counts may have changed. */
static void store_about(struct writer *w, const struct respan *r, struct row_list *touched)
{
    *touched = rows_of(w, "SELECT entity FROM quote_entities WHERE quote = ?1 AND roles & ?2 = ?3",
                       r->quote, ROLE_ABOUT, ROLE_ABOUT);
    db_run3(w->db, "UPDATE quote_entities SET roles = roles & ~?2 WHERE quote = ?1 AND roles & ?3",
            r->quote, ROLE_ABOUT, ROLE_ABOUT);
    int64_t position = 0;
    for (size_t i = 0; i < r->span_count; i++) {
        struct span span = r->spans[i].span;
        struct row_list named =
            rows_of(w,
                    "SELECT entity FROM mentions WHERE article = ?1 AND start_byte >= ?2"
                    " AND start_byte < ?3 AND end_byte <= ?3 ORDER BY start_byte",
                    r->article, span.start_byte, span.end_byte);
        for (size_t k = 0; k < named.count; k++) {
            db_run3(w->db,
                    "INSERT INTO quote_entities (quote, entity, roles, position, sort_ms, type,"
                    " source, lang) SELECT id, ?2, 2, ?3, sort_ms, type, source, lang FROM quotes"
                    " WHERE id = ?1 ON CONFLICT (quote, entity) DO UPDATE SET position ="
                    " iif(roles & 2, position, ?3), roles = roles | 2",
                    r->quote, named.items[k], position++);
            *ARENA_PUSH(w->arena, touched) = named.items[k];
        }
    }
    db_run3(w->db, "DELETE FROM quote_entities WHERE quote = ?1 AND roles = ?2 AND ?3", r->quote, 0,
            1);
    db_run3(w->db,
            "UPDATE quotes SET about_count = (SELECT count(*) FROM quote_entities WHERE quote = ?1"
            " AND roles & ?2) WHERE id = ?1 AND ?3",
            r->quote, ROLE_ABOUT, 1);
}

bool correct_quote_spans(struct writer *w, int64_t quote, struct slice value)
{
    struct respan r = {.quote = quote};
    if (!load(w, &r) || !spans_value_anchor(value, r.text, w->arena, &r.spans, &r.span_count)) {
        return false;
    }
    r.now = (struct span){r.spans[0].span.start_byte, r.spans[r.span_count - 1].span.end_byte};
    struct row_list touched;
    quote_rows_count(w, quote, -1);
    store_words(w, &r);
    store_about(w, &r, &touched);
    quote_rows_count(w, quote, 1);
    for (size_t i = 0; i < touched.count; i++) {
        correct_local_counts(w, r.article, touched.items[i]);
    }
    return true;
}

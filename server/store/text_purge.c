#include "store/text_purge.h"

#include "store/pack_rows.h"
#include "store/put.h"

struct mask {
    struct db *db;
    struct arena *arena;
    struct slice text;
    bool *kept; /* each byte of it */
};

static void keep(struct mask *m, int64_t start, int64_t end)
{
    int64_t len = (int64_t)m->text.len;
    start = start < 0 ? 0 : start;
    end = end > len ? len : end;
    for (int64_t i = start; i < end; i++) {
        m->kept[i] = true;
    }
}

/* Rows of a start and an end in bytes; either may be NULL. */
static void keep_rows(struct mask *m, const char *sql, int64_t article)
{
    sqlite3_stmt *s = db_use(m->db, sql);
    db_bind_int(s, 1, article);
    while (db_step(m->db, s)) {
        keep(m, db_int(s, 0), db_int(s, 1));
    }
    db_done(s);
}

static void keep_quotes(struct mask *m, int64_t article)
{
    sqlite3_stmt *s = db_use(m->db, "SELECT spans FROM quotes WHERE article = ?1");
    db_bind_int(s, 1, article);
    while (db_step(m->db, s)) {
        struct store_quote_span *spans = NULL;
        size_t count = 0;
        m->db->nomem = !unpack_spans(db_blob(s, 0), m->arena, &spans, &count) || m->db->nomem;
        for (size_t i = 0; i < count; i++) {
            keep(m, spans[i].span.start_byte, spans[i].span.end_byte);
        }
    }
    db_done(s);
}

static void keep_title(struct mask *m, struct slice packed)
{
    struct document document = {.block_count = 0};
    struct store_cp_span *cps = NULL;
    m->db->nomem = !unpack_blocks(packed, m->arena, &document, &cps) || m->db->nomem;
    for (size_t i = 0; i < document.block_count; i++) {
        const struct block *block = &document.blocks[i];
        if (block->kind == BLOCK_TITLE) {
            keep(m, block->span.start_byte, block->span.end_byte);
        }
    }
}

/* Marks tell nothing, and hold together what stays: an archive that this one is exported to finds its quotes by them. */
static bool is_mark(struct slice character)
{
    static const char *const marks[] = {".",  ",", ";", ":", "!", "?", "(", ")",
                                        "\"", "'", "«", "»", "“", "”", "„", "‘",
                                        "’",  "‹", "›", "…", "-", "–", "—", "\n"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (slice_is(character, marks[i])) {
            return true;
        }
    }
    return false;
}

/* A blank of as many bytes; those of four are rare, and have a tag that nobody sees. */
static struct slice blank_of(size_t bytes)
{
    static const char *const blanks[] = {" ", "\u00A0", "\u2003", "\U000E0020"};
    return slice_of(blanks[bytes - 1], bytes);
}

static void blank_out(const struct mask *m, char *out)
{
    for (size_t at = 0; at < m->text.len;) {
        size_t next;
        utf8_decode(m->text, at, &next);
        bool stays = next - at > 4 || is_mark(slice_of(m->text.ptr + at, next - at));
        for (size_t i = at; i < next; i++) {
            stays = stays || m->kept[i];
        }
        struct slice as = stays ? slice_of(m->text.ptr + at, next - at) : blank_of(next - at);
        memcpy(out + at, as.ptr, as.len);
        at = next;
    }
}

static const char mentions[] = "SELECT start_byte, end_byte FROM mentions WHERE article = ?1";
static const char titles[] = "SELECT start_byte, end_byte FROM article_titles WHERE article = ?1";
static const char cues[] =
    "SELECT cue_start_byte, cue_end_byte FROM quotes WHERE article = ?1 AND cue_class IS NOT NULL";
static const char speakers[] = "SELECT speaker_start_byte, speaker_end_byte FROM quotes"
                               " WHERE article = ?1 AND NOT speaker_implied";
static const char people[] = "SELECT p.start_byte, p.end_byte FROM quotes q JOIN quote_people p"
                             " ON p.quote = q.id WHERE q.article = ?1";

/* The text with its blanks; absent when there is none, or no memory. */
static struct slice masked(struct writer *w, int64_t article)
{
    struct mask m = {.db = w->db, .arena = w->arena};
    struct slice blocks = SLICE_NONE;
    sqlite3_stmt *s = db_use(w->db, "SELECT text, blocks FROM article_texts WHERE article = ?1");
    db_bind_int(s, 1, article);
    if (db_step(w->db, s)) {
        m.text = db_text_copy(w->db, s, 0, w->arena);
        blocks = arena_copy(w->arena, db_blob(s, 1));
    }
    db_done(s);
    if (!slice_present(m.text)) {
        return SLICE_NONE;
    }
    char *out = arena_alloc(w->arena, m.text.len + 1);
    m.kept = ARENA_ARRAY(w->arena, bool, m.text.len + 1);
    if (out == NULL || m.kept == NULL) {
        w->db->nomem = true;
        return SLICE_NONE;
    }
    memset(m.kept, 0, m.text.len);
    keep_title(&m, blocks);
    keep_quotes(&m, article);
    keep_rows(&m, mentions, article);
    keep_rows(&m, titles, article);
    keep_rows(&m, cues, article);
    keep_rows(&m, speakers, article);
    keep_rows(&m, people, article);
    blank_out(&m, out);
    return slice_of(out, m.text.len);
}

static void run_on(struct writer *w, const char *sql, int64_t article)
{
    sqlite3_stmt *s = db_use(w->db, sql);
    db_bind_int(s, 1, article);
    db_run(w->db, s);
}

bool text_is_purged(struct writer *w, int64_t article)
{
    sqlite3_stmt *s =
        db_use(w->db, "SELECT text_purged_ms IS NOT NULL FROM articles WHERE id = ?1");
    db_bind_int(s, 1, article);
    bool purged = db_step(w->db, s) && db_int(s, 0) != 0;
    db_done(s);
    return purged;
}

bool text_purge(struct writer *w, int64_t article)
{
    struct slice text = text_is_purged(w, article) ? SLICE_NONE : masked(w, article);
    if (!slice_present(text)) {
        return false;
    }
    article_words_unindex(w, article);
    sqlite3_stmt *s = db_use(w->db, "UPDATE article_texts SET text = ?2, standfirst = NULL,"
                                    " indexed = 0 WHERE article = ?1");
    db_bind_int(s, 1, article);
    db_bind_text(s, 2, text);
    db_run(w->db, s);
    run_on(w, "UPDATE quotes SET before = '', after = '' WHERE article = ?1", article);
    run_on(w,
           "DELETE FROM revisions WHERE article = ?1"
           " AND revision < (SELECT revision FROM articles WHERE id = ?1)",
           article);
    s = db_use(w->db, "UPDATE articles SET text_purged_ms = ?2, summary = NULL WHERE id = ?1");
    db_bind_int(s, 1, article);
    db_bind_int(s, 2, w->now_ms);
    db_run(w->db, s);
    article_words_index(w, article);
    return true;
}

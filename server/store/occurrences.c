#include "store/occurrences.h"

#include <stdlib.h>

#include "base/buf.h"

#include "store/list_sql.h"
#include "store/search_query.h"
#include "store/word_diff.h"

enum {
    ROWS_OF_PRINT = 500,  /* of one hash: a formula that everyone uses tells nothing */
    LOOKED_AT_MOST = 400, /* quotes, those with most hashes in common */
    SHOWN_MOST = 200,
    PHRASE_MOST_WORDS = 12, /* longer ones share a print with whatever holds them */
    ALTERED_LEAST_WORDS = 4,
    WORDS_OF_RUN = 3 /* words in common stand in pieces of so many, on the average */
};
#define ALTERED_LEAST 0.5f

struct candidate {
    int64_t quote;
    size_t hits;
};

struct candidates {
    struct candidate *items;
    size_t count, capacity;
    bool cut; /* a limit was reached */
};

struct asking {
    struct store_reader *reader;
    struct db *db;
    struct arena *arena;
    struct store_quote asked;
    struct print_words words;
    struct candidates candidates;
    struct {
        struct store_occurrence *items;
        size_t count, capacity;
    } found;
};

static void add_rows(struct asking *a, sqlite3_stmt *s)
{
    size_t rows = 0;
    while (db_step(a->db, s)) {
        struct candidate *candidate = ARENA_PUSH(a->arena, &a->candidates);
        if (candidate == NULL) {
            a->db->nomem = true;
            break;
        }
        *candidate = (struct candidate){db_int(s, 0), 1};
        rows++;
    }
    a->candidates.cut = a->candidates.cut || rows == ROWS_OF_PRINT;
    db_done(s);
}

static void find_by_prints(struct asking *a)
{
    struct prints prints = prints_all(a->arena, &a->words);
    for (size_t i = 0; i < prints.count; i++) {
        sqlite3_stmt *s = db_use(a->db, "SELECT quote FROM quote_prints WHERE print = ?1"
                                        " ORDER BY quote LIMIT ?2");
        db_bind_int(s, 1, prints.items[i]);
        db_bind_int(s, 2, ROWS_OF_PRINT);
        add_rows(a, s);
    }
}

/* Short words within long ones: their one print may be none of those that the long one is kept under. */
static enum rc find_by_phrase(struct asking *a, struct err *e)
{
    struct search_query words = {0};
    if (a->words.count < ALTERED_LEAST_WORDS || a->words.count > PHRASE_MOST_WORDS) {
        return RC_OK;
    }
    struct buf phrase;
    buf_init(&phrase);
    buf_char(&phrase, '"');
    for (size_t i = 0; i < a->words.count; i++) { /* without marks, which would end the phrase */
        const struct print_word *word = &a->words.items[i];
        buf_slice(&phrase, slice_of(a->asked.text.ptr + word->start_byte,
                                    word->end_byte - word->start_byte));
        buf_char(&phrase, ' ');
    }
    buf_char(&phrase, '"');
    enum rc rc = phrase.failed ? err_nomem(e)
                               : search_query_compile(buf_view(&phrase), STORE_QUOTE_LIST,
                                                      SEARCH_IN_QUOTE, a->arena, NULL, &words, e);
    if (rc == RC_OK) {
        sqlite3_stmt *s = db_use(a->db, "SELECT rowid FROM quote_search WHERE quote_search MATCH ?1"
                                        " ORDER BY rowid LIMIT ?2");
        db_bind_text(s, 1, slice_cstr(words.match));
        db_bind_int(s, 2, ROWS_OF_PRINT);
        add_rows(a, s);
    }
    buf_done(&phrase);
    return rc;
}

static int by_quote(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return (x->quote > y->quote) - (x->quote < y->quote);
}

static int by_hits(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->hits != y->hits ? (x->hits < y->hits) - (x->hits > y->hits) : by_quote(a, b);
}

static void unite(struct candidates *list)
{
    size_t kept = 0;
    qsort(list->items, list->count, sizeof list->items[0], by_quote);
    for (size_t i = 0; i < list->count; i++) {
        if (kept > 0 && list->items[kept - 1].quote == list->items[i].quote) {
            list->items[kept - 1].hits++;
        } else {
            list->items[kept++] = list->items[i];
        }
    }
    list->count = kept;
    qsort(list->items, list->count, sizeof list->items[0], by_hits);
    list->cut = list->cut || list->count > LOOKED_AT_MOST;
    list->count = list->count > LOOKED_AT_MOST ? LOOKED_AT_MOST : list->count;
}

/* False: too little in common to be the same words. */
static bool classify(const struct word_diff *diff, size_t asked, size_t other,
                     enum occurrence_kind *kind, float *similarity)
{
    size_t shorter = asked < other ? asked : other;
    *similarity = 2 * (float)diff->equal / (float)(asked + other);
    *kind = OCCURRENCE_ALTERED;
    if (diff->equal == asked && diff->equal == other) {
        *kind = OCCURRENCE_EXACT;
        return true;
    }
    if (diff->equal < ALTERED_LEAST_WORDS || diff->equal < diff->equal_runs * WORDS_OF_RUN) {
        return false;
    }
    if (diff->equal == shorter) {
        *kind = diff->equal == other ? OCCURRENCE_TRUNCATED : OCCURRENCE_EXTENDED;
        return true;
    }
    return *similarity >= ALTERED_LEAST;
}

static enum rc look_at(struct asking *a, int64_t row, struct err *e)
{
    sqlite3_stmt *s = db_use(a->db, "SELECT public_id, text FROM quotes WHERE id = ?1");
    db_bind_int(s, 1, row);
    struct store_occurrence found = {0};
    bool fits = db_step(a->db, s);
    uint64_t id = fits ? (uint64_t)db_int(s, 0) : 0;
    struct slice text = fits ? db_text_copy(a->db, s, 1, a->arena) : SLICE_NONE;
    db_done(s);
    if (!fits || id == a->asked.id || !slice_present(text)) {
        return RC_OK;
    }
    struct print_words words = prints_words(a->arena, text);
    struct word_diff diff = word_diff(a->arena, a->asked.text, &a->words, text, &words);
    if (!classify(&diff, a->words.count, words.count, &found.kind, &found.similarity)) {
        return RC_OK;
    }
    if (a->found.count + 1 >= SHOWN_MOST) {
        a->candidates.cut = true;
        return RC_OK;
    }
    found.difference = diff.items;
    found.difference_count = diff.count;
    enum rc rc = store_quote_get(a->reader, id, a->arena, &found.quote, e);
    struct store_occurrence *item = rc == RC_OK ? ARENA_PUSH(a->arena, &a->found) : NULL;
    if (item != NULL) {
        *item = found;
    }
    return rc != RC_OK || item != NULL ? rc : err_nomem(e);
}

static int by_time(const void *a, const void *b)
{
    const struct store_occurrence *x = a, *y = b;
    int order = (x->quote.sort_ms > y->quote.sort_ms) - (x->quote.sort_ms < y->quote.sort_ms);
    return order ? order : (x->quote.id > y->quote.id) - (x->quote.id < y->quote.id);
}

static enum rc sum_up(struct asking *a, struct store_occurrences *out, struct err *e)
{
    size_t count = a->found.count;
    qsort(a->found.items, count, sizeof a->found.items[0], by_time);
    struct store_outlet *outlets = ARENA_ARRAY(a->arena, struct store_outlet, count);
    if (outlets == NULL) {
        return err_nomem(e);
    }
    *out = (struct store_occurrences){.items = a->found.items,
                                      .count = count,
                                      .is_whole = !a->candidates.cut,
                                      .outlets = outlets};
    for (size_t i = 0; i < count; i++) {
        const struct store_quote *quote = &out->items[i].quote;
        size_t k = 0;
        bool known = false;
        while (k < out->outlet_count &&
               !(slice_present(outlets[k].source) == slice_present(quote->article.source) &&
                 slice_equal(outlets[k].source, quote->article.source))) {
            k++;
        }
        if (k == out->outlet_count) {
            outlets[out->outlet_count++] =
                (struct store_outlet){quote->article.source, 0, quote->sort_ms};
        }
        outlets[k].quotes++;
        for (size_t j = 0; j < i && !known; j++) {
            known = out->items[j].quote.article.id == quote->article.id;
        }
        out->articles += !known;
    }
    return RC_OK;
}

static enum rc add_asked(struct asking *a, struct err *e)
{
    struct store_occurrence *item = ARENA_PUSH(a->arena, &a->found);
    struct store_diff_run *run = ARENA_NEW(a->arena, struct store_diff_run);
    if (item == NULL || run == NULL) {
        return err_nomem(e);
    }
    *run = (struct store_diff_run){STORE_DIFF_EQUAL, a->asked.text};
    *item = (struct store_occurrence){a->asked, OCCURRENCE_EXACT, 1, run, 1};
    return RC_OK;
}

static enum rc answer(struct asking *a, uint64_t id, struct store_occurrences *out, struct err *e)
{
    enum rc rc = store_quote_get(a->reader, id, a->arena, &a->asked, e);
    rc = rc == RC_OK ? add_asked(a, e) : rc;
    if (rc != RC_OK) {
        return rc;
    }
    a->words = prints_words(a->arena, a->asked.text);
    if (a->words.count >= PRINTS_LEAST_WORDS) {
        find_by_prints(a);
        rc = find_by_phrase(a, e);
    }
    if (a->candidates.count > 0) {
        unite(&a->candidates);
    }
    for (size_t i = 0; i < a->candidates.count && rc == RC_OK; i++) {
        rc = look_at(a, a->candidates.items[i].quote, e);
    }
    rc = rc == RC_OK ? db_check(a->db, e) : rc;
    return rc == RC_OK ? sum_up(a, out, e) : rc;
}

enum rc store_quote_occurrences(struct store_reader *reader, uint64_t id, struct arena *arena,
                                struct store_occurrences *out, struct err *e)
{
    struct asking asking = {.reader = reader, .db = reader->db, .arena = arena};
    bool entered = reader_enter(reader);
    enum rc rc = answer(&asking, id, out, e);
    reader_leave(reader, entered);
    return rc;
}

/* What people decided about quotes, applied to a new analysis of their article. */
#include "store/correct.h"
#include "store/replay.h"
#include "store/spans_value.h"
#include "text/fold.h"

struct remembered {
    int64_t number;
    enum correction_kind kind;
    uint64_t target;
    struct slice value, words;
    uint32_t start_byte;
    bool same_text; /* the article reads as it did when the correction was made */
    size_t quote;   /* found; SIZE_MAX: not */
};

struct remembered_list {
    struct remembered *items;
    size_t count, capacity;
};

static size_t distance(uint32_t a, uint32_t b)
{
    return a > b ? a - b : b - a;
}

static uint32_t start_of(const struct quote *quote)
{
    return quote->span_count ? quote->spans[0].span.start_byte : UINT32_MAX;
}

/* The quote with these words: as they stand, else folded; of several the nearest. SIZE_MAX: none. */
static size_t find_words(struct writer *w, const struct analysis *a, struct slice words,
                         uint32_t start_byte)
{
    for (int folded = 0; folded < 2; folded++) {
        struct slice wanted = folded ? fold_key(w->arena, words) : words;
        size_t best = SIZE_MAX, best_distance = SIZE_MAX;
        for (size_t i = 0; i < a->quote_count; i++) {
            struct slice text = folded ? fold_key(w->arena, a->quotes[i].text) : a->quotes[i].text;
            size_t d = distance(start_of(&a->quotes[i]), start_byte);
            if (slice_equal(text, wanted) && d < best_distance) {
                best = i;
                best_distance = d;
            }
        }
        if (best != SIZE_MAX) {
            return best;
        }
    }
    return SIZE_MAX;
}

/* In the same text another analyser may draw the line of the same quote a little elsewhere: the one that shares most
 * of its length with the old place, and more than half. */
static size_t find_place(const struct analysis *a, const struct remembered *c)
{
    size_t best = SIZE_MAX;
    uint32_t old_end = c->start_byte + (uint32_t)c->words.len, most = 0;
    for (size_t i = 0; c->same_text && i < a->quote_count; i++) {
        const struct quote *quote = &a->quotes[i];
        if (quote->span_count == 0) {
            continue;
        }
        uint32_t start = start_of(quote), end = quote->spans[quote->span_count - 1].span.end_byte;
        uint32_t from = start > c->start_byte ? start : c->start_byte,
                 to = end < old_end ? end : old_end;
        uint32_t longer =
            end - start > (uint32_t)c->words.len ? end - start : (uint32_t)c->words.len;
        uint32_t shared = to > from ? to - from : 0;
        if (shared > most && shared * 2 > longer) {
            best = i;
            most = shared;
        }
    }
    return best;
}

static void find(struct writer *w, const struct analysis *a, struct remembered_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct remembered *c = &list->items[i];
        c->quote = find_words(w, a, c->words, c->start_byte);
        if (c->quote == SIZE_MAX && c->kind == CORRECTION_QUOTE_SPANS) { /* right by now? */
            struct slice chosen = spans_value_words(c->value, w->arena);
            c->quote = find_words(w, a, chosen, c->start_byte);
        }
        if (c->quote == SIZE_MAX) {
            c->quote = find_place(a, c);
        }
    }
    /* What is known of one correction of a quote helps the others. */
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < list->count && list->items[i].quote == SIZE_MAX; k++) {
            if (list->items[k].target == list->items[i].target) {
                list->items[i].quote = list->items[k].quote;
            }
        }
    }
}

/* False when it can't be applied (its speaker exists no more). */
static bool apply(struct writer *w, const struct put *put, struct replay_quote *quote,
                  const struct remembered *c)
{
    uint64_t id;
    struct quote_span *spans;
    size_t count;
    switch (c->kind) {
    case CORRECTION_QUOTE_REJECT:
        quote->rejected = true;
        return true;
    case CORRECTION_QUOTE_TYPE:
        quote->has_type = quote_type_parse(c->value, &quote->type);
        return quote->has_type;
    case CORRECTION_QUOTE_SPANS:
        if (!spans_value_anchor(c->value, put->document->text, w->arena, &spans, &count)) {
            return false;
        }
        quote->spans = c->value;
        return true;
    case CORRECTION_QUOTE_SPEAKER:
        quote->speaker = c->value.len && digest_parse_id(c->value, &id) ? replay_target(w, id) : 0;
        quote->has_speaker = c->value.len == 0 || quote->speaker != 0;
        quote->kind = correct_kind_of(w, quote->speaker);
        return quote->has_speaker;
    default:
        return false;
    }
}

static void set_orphaned(struct writer *w, int64_t number, bool orphaned)
{
    sqlite3_stmt *s =
        db_use(w->db, "UPDATE corrections SET orphaned = ?2 WHERE number = ?1 AND orphaned <> ?2");
    db_bind_int(s, 1, number);
    db_bind_int(s, 2, orphaned);
    db_run(w->db, s);
}

static struct remembered_list read_list(struct writer *w, const struct put *put)
{
    struct remembered_list list = {0};
    sqlite3_stmt *s =
        db_use(w->db, "SELECT number, kind, target, value, words, start_byte, text_hash = ?2"
                      " FROM corrections WHERE article = ?1 AND alias_key IS NULL"
                      " AND undone_ms IS NULL ORDER BY number");
    struct digest hash = digest_sha256(&put->document->text, 1);
    db_bind_int(s, 1, db_id(put->id));
    db_bind_blob(s, 2, hash.bytes, sizeof hash.bytes);
    while (db_step(w->db, s)) {
        enum correction_kind kind;
        if (correction_kind_parse(db_text(s, 1), &kind)) {
            struct remembered *item = ARENA_PUSH(w->arena, &list);
            item->number = db_int(s, 0);
            item->kind = kind;
            item->target = (uint64_t)db_int(s, 2);
            item->value = arena_copy(w->arena, db_text(s, 3));
            item->words = arena_copy(w->arena, db_text(s, 4));
            item->start_byte = (uint32_t)db_int(s, 5);
            item->same_text = db_int(s, 6) != 0;
        }
    }
    db_done(s);
    return list;
}

struct replay_quote *replay_quotes(struct writer *w, const struct put *put,
                                   const struct analysis *analysis)
{
    struct remembered_list list = read_list(w, put);
    if (list.count == 0) {
        return NULL;
    }
    struct replay_quote *quotes = ARENA_ARRAY(w->arena, struct replay_quote, analysis->quote_count);
    find(w, analysis, &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct remembered *c = &list.items[i];
        bool fits = c->quote != SIZE_MAX && apply(w, put, &quotes[c->quote], c);
        if (fits) {
            quotes[c->quote].touched = true;
        }
        set_orphaned(w, c->number, !fits);
    }
    return quotes;
}

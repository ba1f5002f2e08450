/* What people corrected: an append-only table that always wins.
 *
 * Shape:   a correction is keyed by evidence, not by row ids: an entity's folded name and type (a split also
 *          by article), or an article, its text's hash and a quote's words. So it survives re-analysis and
 *          re-ingestion: it is applied again to every analysis that is stored. One that fits
 *          nothing any more is kept and listed as orphaned. Undoing adds a time, deletes nothing.
 * Errors:  RC_NOT_FOUND, RC_INVALID (a value that is no type, a merge into itself), RC_CONFLICT (undone
 *          already).
 * Threads: any; both functions wait for the commit, so don't call them from a write's `done`.
 */
#ifndef GUILLEMET_STORE_CORRECTIONS_H
#define GUILLEMET_STORE_CORRECTIONS_H

#include "model/enums.h"
#include "store/store.h"

#define CORRECTION_KINDS(X)                                                                        \
    X(CORRECTION_ENTITY_RENAME, "entity_rename") /* value: the name */                             \
    X(CORRECTION_ENTITY_RETYPE, "entity_retype") /* value: PER, ORG… */                          \
    X(CORRECTION_ENTITY_MERGE, "entity_merge")   /* value: id of the entity that remains */        \
    X(CORRECTION_ENTITY_FORBID, "entity_forbid") /* not a name at all */                           \
    X(CORRECTION_QUOTE_SPEAKER, "quote_speaker") /* value: an entity's id; empty: nobody known */  \
    X(CORRECTION_QUOTE_TYPE, "quote_type")       /* value: direct, indirect, mixed */              \
    X(CORRECTION_QUOTE_REJECT, "quote_reject")   /* not a quote */                                 \
    X(CORRECTION_ENTITY_SPLIT, "entity_split")   /* value: id of the new entity: store_split */    \
    X(CORRECTION_QUOTE_SPANS, "quote_spans") /* value: spans_value.h; made by store_change_quote */
ENUM_DEFINE(correction_kind, CORRECTION_KINDS)

/* Of a quote, not of an entity. */
bool correction_about_quote(enum correction_kind kind);

struct store_correction {
    int64_t number; /* in order of making; 0 for a new one */
    enum correction_kind kind;
    uint64_t target; /* id of the entity or quote it was made on */
    struct slice value;
    struct slice author, note; /* may be absent */
    struct slice request;      /* of a new one, for the audit log; may be absent */
    int64_t created_ms;        /* 0 for a new one: now */
    /* Filled by reads; import gives them back (then `target` is not looked up). */
    bool from_export;
    struct slice alias_key;        /* entities: folded name */
    enum entity_type type;         /* entities: type at that time */
    uint64_t article;              /* quotes; splits by article; else 0 */
    struct slice text_hash, words; /* quotes: hex of the article's text hash; the quote's text */
    uint32_t start_byte;
    bool orphaned;
    int64_t undone_ms; /* 0: in force */
    struct slice undone_by;
};

/* Applies at once and from now on. `affected`: articles whose stored analysis it can't mend in place and
 * that store_article_stale now lists (0 for most kinds). */
enum rc store_correct(struct store *store, const struct store_correction *correction,
                      int64_t *number, int64_t *affected, struct err *e);

/* Makes a new entity of a part of one: of the articles in which one of `aliases` is its fullest form, and of
 * `articles`. One correction for each of them, with consecutive numbers from *number on; undoing one undoes all. */
struct store_split {
    uint64_t entity;
    const struct slice *aliases;
    size_t alias_count;
    const uint64_t *articles;
    size_t article_count;
    struct slice name; /* absent: the most frequent form of the part */
    bool has_type;     /* else the type of the entity */
    enum entity_type type;
    struct slice author, note, request;
};
enum rc store_split(struct store *store, const struct store_split *split, uint64_t *made,
                    int64_t *number, size_t *rows, struct err *e);

/* What one request changes of a quote: each part becomes a correction, all of them or none. */
struct store_chosen_span { /* code points of the article's text */
    uint32_t start_cp, end_cp;
    bool verbatim;
};

struct store_quote_change {
    uint64_t quote;
    bool
        has_state; /* `state` is the quote's as store_quote_get gave it; another one by now: RC_CONFLICT */
    uint64_t state;
    bool has_speaker, has_type, reject;
    bool nobody; /* has_speaker: nobody known */
    uint64_t speaker;
    enum quote_type type;
    const struct store_chosen_span *spans; /* NULL: as they are */
    size_t span_count;
    struct slice author, note, request;
};
enum { STORE_CHANGES_MOST = 3 }; /* speaker, type, spans; or a rejection alone */
enum rc store_change_quote(struct store *store, const struct store_quote_change *change,
                           int64_t numbers[STORE_CHANGES_MOST], size_t *count, struct err *e);

/* `request` as in a new correction. */
enum rc store_correction_undo(struct store *store, int64_t number, struct slice author,
                              struct slice request, int64_t *affected, struct err *e);

struct store_correction_query {
    bool has_kind, has_target, has_article, has_orphaned, has_undone;
    enum correction_kind kind;
    uint64_t target, article; /* public ids */
    bool orphaned, undone;
    uint32_t limit;
    struct store_cursor after;
};
/* Newest first. */
enum rc store_correction_search(struct store_reader *reader,
                                const struct store_correction_query *query, struct arena *arena,
                                struct store_correction **rows, size_t *count,
                                struct store_page *page, struct err *e);
enum rc store_correction_get(struct store_reader *reader, int64_t number, struct arena *arena,
                             struct store_correction *out, struct err *e);
/* What a person reads of a value: the words of spans, else the value itself. */
struct slice store_correction_words(const struct store_correction *correction, struct arena *arena);

/* In order of making. */
enum rc store_correction_list(struct store_reader *reader, bool orphaned_only, int64_t after_number,
                              uint32_t limit, struct arena *arena, struct store_correction **rows,
                              size_t *count, struct err *e);

#endif

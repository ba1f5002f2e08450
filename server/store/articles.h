/* Articles as they are read back.
 *
 * Shape:   `parts` says how much of a row is wanted; what wasn't asked for is absent. Tombstones answer
 *          RC_GONE and are no part of lists.
 */
#ifndef GUILLEMET_STORE_ARTICLES_H
#define GUILLEMET_STORE_ARTICLES_H

#include "model/analysis.h"
#include "model/document.h"
#include "store/filter.h"
#include "store/rights.h"
#include "store/store.h"
#include "text/digest.h"

enum store_article_part {
    STORE_SUMMARY = 1, /* the summary rendering */
    STORE_BLOCKS = 2,  /* document.blocks and block_cps */
    STORE_META = 4, /* `document` without text and blocks: every field, with origins and warnings */
    STORE_TEXT = 8, /* document.text */
    STORE_WHOLE = 16 /* whatever the reader's rights: for counting in it, never for showing */
};

struct store_cp_span {
    uint32_t start_cp, end_cp;
};

struct store_article {
    uint64_t id;
    uint32_t revision;
    int64_t ingested_ms, updated_ms;
    int64_t sort_ms; /* published, else ingested */
    int64_t entity_count, mention_count, quote_count, word_count;
    bool is_duplicate;               /* another article stands for it: */
    uint64_t duplicate_of;           /* this one */
    int64_t duplicates;              /* other articles of its cluster (duplicates.h) */
    enum store_rights rights;        /* what of the text is here */
    struct slice summary;            /* absent when the rights forbid what is in it */
    struct document document;        /* STORE_META, STORE_TEXT, STORE_BLOCKS */
    struct store_cp_span *block_cps; /* beside document.blocks */
    struct slice lang;               /* as found, whatever was submitted */
    float lang_confidence;
    enum origin lang_origin;
    struct warning *warnings; /* of the analysis (document.warnings: of the reader) */
    size_t warning_count;
    struct slice analyser;
    struct digest revision_hash, content_hash;
    float prominence; /* when one entity is asked for: of it in this article */
    int64_t mentions; /* so: how often it is mentioned here */
    struct store_highlight
        *highlights; /* when asked for, in the order of title, standfirst, text */
    size_t highlight_count;
    struct store_snippet snippet;
};

struct store_article_query {
    struct store_filter filter;
    enum store_sort
        sort; /* STORE_NEWEST, OLDEST, QUOTES, WORDS; of one entity PROMINENCE; of words RELEVANCE */
    bool reversed;  /* smallest first */
    bool highlight; /* show where the words stand */
    uint32_t limit;
    struct store_cursor after;
    unsigned parts;
};

enum rc store_article_list(struct store_reader *reader, const struct store_article_query *query,
                           struct arena *arena, struct store_article **rows, size_t *count,
                           struct store_page *page, struct err *e);
enum rc store_article_get(struct store_reader *reader, uint64_t id, unsigned parts,
                          struct arena *arena, struct store_article *out, struct err *e);
/* Revision alone, for If-Match and cheap 304s. RC_GONE for tombstones. */
enum rc store_article_revision(struct store_reader *reader, uint64_t id, uint32_t *revision,
                               struct err *e);
/* `kind`: "url" (also canonical), "external_id". */
enum rc store_article_find(struct store_reader *reader, const char *kind, struct slice key,
                           uint64_t *id, struct err *e);

struct store_mention {
    uint32_t start_byte, end_byte, start_cp, end_cp;
    struct slice text;
    enum entity_type type;
    enum mention_method method;
    float confidence;
    uint32_t block;
};

struct store_article_title {
    struct slice text;
    uint32_t start_byte, end_byte, start_cp, end_cp;
};

/* An archive entity as one article shows it, most prominent first. */
struct store_article_entity {
    uint64_t id;
    struct slice name, slug; /* the archive's */
    struct slice local_name; /* the fullest form in this article */
    enum entity_type type;
    enum gender gender;
    bool plural;
    float prominence;
    int64_t quotes_by, quotes_about; /* in this article */
    struct store_mention *mentions;
    size_t mention_count;
    struct alias *aliases; /* printed forms in this article, most frequent first */
    size_t alias_count;
    struct store_article_title *titles;
    size_t title_count;
};

enum rc store_article_entities(struct store_reader *reader, uint64_t id, struct arena *arena,
                               struct store_article_entity **rows, size_t *count, struct err *e);

struct store_mark {
    uint32_t start_byte, end_byte, start_cp, end_cp;
    enum mark_use use;
};
enum rc store_article_marks(struct store_reader *reader, uint64_t id, struct arena *arena,
                            struct store_mark **rows, size_t *count, struct err *e);

struct store_revision {
    uint32_t revision;
    struct digest hash;
    int64_t recorded_ms;
    bool current;
    struct slice title, standfirst,
        text; /* as they were; absent for the current one (see the article) */
    struct block *blocks;
    struct store_cp_span *block_cps; /* beside blocks */
    size_t block_count;
    enum store_rights rights; /* what of the text is here */
};
/* Older revisions that are kept of an article, beside the current one. */
#define STORE_REVISIONS_MOST 100
/* One of them with its texts, the current one too. `parts`: 0 or STORE_WHOLE. RC_NOT_FOUND: never there, or no longer kept. */
enum rc store_article_revision_get(struct store_reader *reader, uint64_t id, uint32_t revision,
                                   unsigned parts, struct arena *arena, struct store_revision *out,
                                   struct err *e);
enum rc store_article_revisions(struct store_reader *reader, uint64_t id, bool with_text,
                                struct arena *arena, struct store_revision **rows, size_t *count,
                                struct err *e);

/* ---- walking over everything: export and reanalyse, in pages */

struct store_record {
    int64_t row; /* pass the last one to go on; 0 starts */
    bool deleted;
    int64_t deleted_ms;
    struct store_article article; /* tombstones: id, revision and times alone */
};
/* Every article and tombstone in order of arrival, with STORE_META | STORE_TEXT | STORE_BLOCKS. *count 0: the end. */
enum rc store_article_walk(struct store_reader *reader, int64_t after_row, uint32_t limit,
                           struct arena *arena, struct store_record **rows, size_t *count,
                           struct err *e);
/* Where a walk has come to with this article, live or deleted. */
enum rc store_article_row(struct store_reader *reader, uint64_t id, int64_t *row, struct err *e);
/* What else an export must remember of a row of store_article_walk: every key, older revisions, whom the
 * mentions are taken for (write.h). */
struct store_history;
enum rc store_article_history(struct store_reader *reader, const struct store_record *record,
                              struct arena *arena, struct store_history *out, struct err *e);
/* As walk, live articles alone whose analysis was made by another version than `analyser`, or that a
 * correction marked for it. */
enum rc store_article_stale(struct store_reader *reader, struct slice analyser, int64_t after_row,
                            uint32_t limit, struct arena *arena, struct store_record **rows,
                            size_t *count, struct err *e);
/* As walk, those alone that a correction marked. */
enum rc store_article_marked(struct store_reader *reader, uint32_t limit, struct arena *arena,
                             struct store_record **rows, size_t *count, struct err *e);

#endif

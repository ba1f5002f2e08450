/* The archive: one SQLite file, and no one above this layer knows that it is one.
 *
 * Shape:   a struct store is an opened archive; each reading thread has a struct store_reader of its
 *          own; all writing goes through the store's one writer thread (write.h). What is stored
 *          and asked for is in one header per aggregate: articles.h, entities.h, quotes.h,
 *          corrections.h, tokens.h; migrate.h and check.h are for operators.
 * Units:   times in ms since the epoch. Public ids are the 64 bits that text/digest.h prints as 13
 *          characters; spans in bytes and in code points of the stored text.
 * Errors:  RC_UNAVAILABLE with a way out for files that are missing, read-only, corrupt, foreign or newer
 *          than this program; RC_BUSY when a deadline passed or another process holds the lock too
 *          long; RC_NOT_FOUND and RC_GONE for ids.
 * Memory:  rows and everything they point to live in the arena given to the read.
 * Threads: a store may be used from any thread, a reader by one thread at a time. Close readers first.
 */
#ifndef GUILLEMET_STORE_STORE_H
#define GUILLEMET_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

struct store;
struct store_reader;

/* Told while an archive is being opened that needs work first: at the beginning of each step, and every few seconds of it. */
struct store_notice {
    void (*tell)(const void *context, const char *step, int64_t seconds);
    const void *context;
};

struct store_quote;
struct buf;

struct store_options {
    const char *path;
    bool read_only;     /* no writer thread, no migration; the file must exist */
    bool must_exist;    /* don't create a missing file */
    size_t queue_limit; /* writes that may wait; 0: 512 */
    size_t group_most;  /* writes of one commit; 0: 128 */
    size_t group_least; /* with linger_ms: so many writes go at once */
    int linger_ms;      /* how long fewer of them wait for more; 0: not at all */
    int group_lasts_ms; /* how long a commit waits while more writes keep coming, up to group_most; 0: not */
    size_t moved_at_once; /* articles of one commit, when an entity is merged or forbidden; 0: 64 */
    size_t cache_bytes;   /* page cache of the writer; 0: 32 MB */
    size_t reader_cache_bytes; /* page cache of each reader; 0: 4 MB */
    size_t mmap_bytes;         /* 0: 1 GB of address space */
    size_t audit_most;   /* rows of the audit log that are kept, the newest (audit.h); 0: all */
    uint32_t pages_most; /* a disk that is full from there on; 0: none (tests) */
    /* Renders what lists show of a quote, of article and text nothing (quotes.h); false: memory is out. NULL: nothing is
     * stored, and lists read quotes member by member. On the writer's thread. */
    bool (*view)(const struct store_quote *quote, struct buf *out);
    struct store_notice notice; /* of migrations; zeroed: nobody is told */
    int busy_timeout_ms;        /* how long to wait for another process's write; 0: 10 s */
};

/* Opens, migrates (after a backup beside the file) and starts the writer. */
enum rc store_open(const struct store_options *options, struct store **out, struct err *e);
/* Lets queued writes commit, then closes. NULL is fine. */
void store_close(struct store *store);
const char *store_path(const struct store *store);

enum rc store_reader_open(struct store *store, struct store_reader **out, struct err *e);
void store_reader_close(struct store_reader *reader); /* NULL is fine */
/* Reads of this reader that are still running at `steady_ms` (clock_steady_ms) end in RC_BUSY. 0: never. */
void store_reader_deadline(struct store_reader *reader, int64_t steady_ms);
/* Between begin and end every read sees the same moment of the archive. Keep it short: a long one stops
 * the log from being emptied. Reads outside see the newest commit each. */
enum rc store_reader_begin(struct store_reader *reader, struct err *e);
void store_reader_end(struct store_reader *reader);

/* The persistent version: moves with every commit that changes what a read can answer. */
enum rc store_version(struct store_reader *reader, uint64_t *version, struct err *e);
/* Which archive it is: a copy or a restored backup is another one, whose versions aren't this one's. */
enum rc store_identity(struct store_reader *reader, uint64_t *identity, struct err *e);
/* As above without reading rows, for "is it up": fails when the archive can't be read. */
enum rc store_healthy(struct store_reader *reader, struct err *e);

/* Keyset position behind a row of a list: opaque, but all of it must come back. */
struct store_cursor {
    bool present;
    int64_t key;       /* value of the sort column */
    int64_t row;       /* tie-breaker */
    struct slice text; /* value of the sort column when it is text, else absent */
};

struct store_hint;

struct store_hints {
    struct store_hint *items;
    size_t count, capacity;
};

struct store_page {
    bool has_more;
    struct store_cursor last; /* of the last row given; present unless the list is empty */
    int64_t total;            /* rows under the filters, regardless of limit and cursor */
    bool total_is_exact;      /* else there are at least `total` */
    int64_t ranked;           /* by relevance: no more than so many newest matches were; 0: all */
    struct store_hints hints; /* values of the filter that nothing has: filter.h */
};

enum store_sort {
    STORE_NEWEST, /* by date of publication, else of ingestion */
    STORE_OLDEST,
    STORE_QUOTES, /* articles: by number of quotes, entities: by what they said; largest first, as below */
    STORE_WORDS,      /* articles: by length */
    STORE_PROMINENCE, /* articles: of the one entity that is asked for */
    STORE_RELEVANCE,  /* articles and quotes: how well the words fit, best first (ranking.h) */
    STORE_CONFIDENCE, /* quotes */
    STORE_ARTICLES,   /* entities: by number of articles */
    STORE_MENTIONS,   /* entities: by number of mentions */
    STORE_LAST_SEEN,  /* entities: by their newest article */
    STORE_NAME        /* entities: by folded name, from the first */
};

struct store_count {
    struct slice key;
    int64_t count;
};

struct store_stats {
    int64_t articles, tombstones, entities, mentions, quotes;
    struct store_count *sources, *langs, *entity_types, *quote_types,
        *analysers; /* largest first */
    size_t source_count, lang_count, entity_type_count, quote_type_count, analyser_count;
    int64_t first_ms, last_ms; /* of the oldest and the newest article, when there is one */
    int64_t database_bytes;
};

/* Of the file, what holds nothing and is used by new rows. */
enum rc store_free_bytes(struct store_reader *reader, int64_t *bytes, struct err *e);
/* From maintained counters: cheap. */
enum rc store_stats(struct store_reader *reader, struct arena *arena, struct store_stats *out,
                    struct err *e);

#endif

/* Writing: one thread, one queue, many articles to a commit.
 *
 * Shape:   a request says what shall become of one article. Its result comes after the commit, from the
 *          writer thread: nothing is acknowledged before it is durable. Each article stands under its
 *          own savepoint: one that fails leaves no trace and spoils no other.
 * Units:   revisions count from 1.
 * Errors:  store_write: RC_BUSY when the queue is full (answer 503, try again). In results: RC_GONE
 *          (a tombstone; ask to revive), RC_CONFLICT (expected revision, or keys that are another
 *          article's), RC_NOT_FOUND (has_id names nothing).
 * Memory:  the request and all it points to must live until `done` has returned, or `spare` for what it spares.
 * Threads: any thread; `done` runs on the writer thread and must be quick and must not write and wait.
 */
#ifndef GUILLEMET_STORE_WRITE_H
#define GUILLEMET_STORE_WRITE_H

#include "model/analysis.h"
#include "model/document.h"
#include "store/replays.h"
#include "store/sources.h"
#include "store/store.h"
#include "text/digest.h"

enum store_write_kind {
    STORE_PUT,       /* create or revise */
    STORE_ANALYSIS,  /* same revision, new analysis (reanalyse): needs has_id; document as stored */
    STORE_DELETE,    /* leaves a tombstone: needs has_id */
    STORE_PURGE_TEXT /* leaves metadata, names and quotes: needs has_id */
};

struct store_result {
    enum rc rc;
    struct err err; /* when rc is not RC_OK */
    enum outcome outcome;
    uint64_t id;
    uint32_t revision;
    uint64_t version; /* the archive's version after the commit */
};

#define STORE_KEY_KINDS(X)                                                                         \
    X(STORE_KEY_NONE, "none") /* the table counts from 1 */                                        \
    X(STORE_KEY_URL, "url")   /* also canonical */                                                 \
    X(STORE_KEY_EXTERNAL_ID, "external_id")                                                        \
    X(STORE_KEY_CONTENT, "content")
ENUM_DEFINE(store_key_kind, STORE_KEY_KINDS)

/* A name that an article answers to, also one of earlier revisions. */
struct store_key {
    enum store_key_kind kind;
    uint8_t sum[16]; /* first bytes of its SHA-256 */
};

/* Which entity a mention was taken for. */
struct store_known_mention {
    uint32_t start_byte;
    uint64_t entity; /* public id */
};

/* What an export remembered and an import gives back: then the article is found by its id alone. */
struct store_history {
    uint32_t revision;
    bool text_purged;                /* of its text nothing was left but names and quotes */
    int64_t ingested_ms, updated_ms; /* of tombstones: updated_ms is when it was deleted */
    const char *key_kind;            /* tombstones: what the id was made of */
    const struct store_key *keys;
    size_t key_count;
    const struct store_revision *revisions; /* older ones, with their texts (articles.h) */
    size_t revision_count;
    const struct store_known_mention *mentions; /* by start_byte */
    size_t mention_count;
};

struct store_write {
    enum store_write_kind kind;
    bool has_id; /* this very article (PUT, DELETE): keys don't choose it */
    uint64_t id; /* has_id: which; else the id that the document's key gives a new article */
    const char *key_kind; /* what `id` was made of: "url", "external_id", "content" */
    struct slice key; /* that it is made of: an archive that made ids otherwise knows it by it */
    struct slice
        sent_url;         /* another name that the article may have in the archive; may be absent */
    uint32_t if_revision; /* 0: any */
    bool if_none;         /* RC_CONFLICT when there is such an article (If-None-Match: *) */
    bool revive;          /* a tombstone gives way */
    const struct document *document;
    const struct analysis *analysis;
    struct digest content;  /* of the text */
    struct digest revision; /* of the document without fetch time */
    struct slice
        summary; /* a rendering for later reads, opaque; may be absent. Facts that the writer alone knows (id,
                           * revision, times, counts, entity ids) are columns of the row and no part of it */
    const struct store_history *history; /* NULL: now, next revision */
    struct slice who, request;           /* for the audit log (audit.h); may be absent */
    const struct store_followed
        *followed; /* the source's item that it was made of (sources.h), NULL: none */
    /* A reply to keep with the write (replays.h), NULL: none. `reply` completes it once the outcome is known, on the
     * writer thread, before the commit; not called when the write fails. */
    const struct store_replay *replay;
    void (*reply)(void *context, const struct store_result *result, struct store_replay *replay);
    /* NULL, or called on the writer thread when document, analysis and renderings aren't needed any more, which is before
     * the commit. Not called for a write that its transaction's end kept from being begun. */
    void (*spare)(void *context);
    void (*done)(void *context, const struct store_result *result);
    void *context;
};

/* What a write would do, as the archive stands now, without doing it. */
struct store_outlook {
    enum outcome outcome;
    uint64_t id;
    uint32_t revision; /* as stored; 0: there is no such article */
    bool deleted;      /* a tombstone: only with revive is it "created", else RC_GONE */
};
/* Looks at kind, id, document, revision and history of a STORE_PUT. */
enum rc store_article_outlook(struct store_reader *reader, const struct store_write *request,
                              struct store_outlook *out, struct err *e);

enum rc store_write(struct store *store, const struct store_write *request, struct err *e);
/* Queues and waits (its `done` is not used); waits for room too. Returns result->rc and fills `e`. */
enum rc store_write_wait(struct store *store, const struct store_write *request,
                         struct store_result *result, struct err *e);
size_t store_write_queued(struct store *store);

/* Groups by how many writes they had: up to these, the last place is for larger ones. */
#define STORE_GROUP_BUCKETS 8
extern const uint32_t store_group_bounds[STORE_GROUP_BUCKETS - 1];

/* Since the archive was opened. */
struct store_write_counts {
    uint64_t commits;                     /* groups that were committed… */
    uint64_t committed;                   /* …and the writes in them, refused ones included */
    uint64_t groups[STORE_GROUP_BUCKETS]; /* commits, by size; not cumulative */
    uint64_t lost;    /* groups whose transaction failed: each of their writes was told so */
    uint64_t waiting; /* now */
    int64_t busy_us;  /* steady time spent on groups, waiting for the disk included */
    int64_t cpu_us, search_cpu_us;     /* of the writer; of it, on the full-text indexes */
    int64_t database_bytes, log_bytes; /* on disk now; -1: not known */
};
void store_write_counts(struct store *store, struct store_write_counts *out);

#endif

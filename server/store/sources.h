/* Sources that are followed: addresses of feeds, pages and news sitemaps that a watcher asks again and again.
 *
 * Shape:   what people chose (struct store_source_choice) and what asking brought stand in one row. `revision` counts
 *          changes of the choice alone: health moves with every visit. An item of a source is written with its
 *          article (store_write.followed), in one savepoint: a kill between two of them neither loses nor doubles
 *          one, nor counts it twice. What a visit was is saved after its items (store_source_visited), validators
 *          with it: whoever dies in between is given the items again, and finds them unchanged.
 *          An article belongs to the source that first gave it: the same article out of another source is a duplicate
 *          and leaves it alone, so that two that word it differently don't revise each other for ever.
 *          One process at a time watches (store_watch_claim): politeness to a host needs one place that keeps count.
 * Units:   times in ms since the epoch, 0: never; intervals in ms, 0: the watcher's own.
 * Errors:  RC_CONFLICT: the address is followed already, or another revision stands there. RC_TOO_LARGE over
 *          SOURCES_MOST. RC_NOT_FOUND for unknown ids.
 * Memory:  rows live in the arena given.
 * Threads: any; writes wait for their commit.
 */
#ifndef GUILLEMET_STORE_SOURCES_H
#define GUILLEMET_STORE_SOURCES_H

#include "model/enums.h"
#include "store/store.h"

#define SOURCES_MOST    10000
#define WATCH_LEASE_MS  30000
#define SOURCE_WEEK_MS  INT64_C(604800000)
#define SOURCE_URL_MOST 2000 /* bytes */

#define SOURCE_KINDS(X)                                                                            \
    X(SOURCE_FEED, "feed")                                                                         \
    X(SOURCE_PAGE, "page")                                                                         \
    X(SOURCE_SITEMAP, "sitemap")
ENUM_DEFINE(source_kind, SOURCE_KINDS)

#define SOURCE_STATES(X)                                                                           \
    X(SOURCE_ACTIVE, "active") /* the index of those that are due counts on 0 */                   \
    X(SOURCE_PAUSED, "paused")                                                                     \
    X(SOURCE_GONE, "gone") /* it answered 410: nobody asks any more */
ENUM_DEFINE(source_state, SOURCE_STATES)

/* Who changes a source, for the audit log; both may be absent. */
struct store_actor {
    struct slice who;     /* a token's name or a command */
    struct slice request; /* id of the HTTP request */
};

/* What people choose. */
struct store_source_choice {
    enum source_kind kind;
    enum source_state state;
    struct slice url;
    struct slice name, lang, section; /* of articles that name none; may be absent */
    bool full;                        /* articles are read from their pages */
    int64_t least_ms, most_ms;        /* bounds of the interval */
};

/* When a feed says that it needn't be asked. */
struct store_rhythm {
    int64_t ttl_ms;      /* not sooner again; 0: it doesn't say */
    uint32_t skip_hours; /* bit 0: 0 to 1 GMT */
    uint32_t skip_days;  /* bit 0: Sunday, GMT */
};

struct store_source {
    uint64_t id;
    int64_t row;
    uint32_t revision;
    struct store_source_choice choice;
    int64_t created_ms, changed_ms, next_ms, attempt_ms, success_ms, missing_ms, moved_ms;
    int status;
    struct slice error; /* absent: the last attempt succeeded */
    int64_t failures;
    struct slice etag, last_modified, moved_to, moved_from;
    struct store_rhythm rhythm;
    int64_t week_items, requests, not_modified, created, revised, unchanged, duplicates, refused;
};

enum rc store_source_add(struct store *store, const struct store_source_choice *choice,
                         struct store_actor by, uint64_t *id, struct err *e);
/* Many at once: all in one commit, or, over SOURCES_MOST, none. added[i]: it was; else its address is followed already. */
enum rc store_source_add_many(struct store *store, const struct store_source_choice *choices,
                              size_t count, struct store_actor by, bool *added, struct err *e);
/* if_revision 0: any. A new address forgets validators; what becomes active, or moves, is asked at once. */
enum rc store_source_change(struct store *store, uint64_t id, uint32_t if_revision,
                            const struct store_source_choice *choice, struct store_actor by,
                            struct err *e);
/* Its articles stay. */
enum rc store_source_remove(struct store *store, uint64_t id, uint32_t if_revision,
                            struct store_actor by, struct err *e);
/* Asked as soon as its host allows. RC_CONFLICT unless it is active. */
enum rc store_source_hasten(struct store *store, uint64_t id, struct store_actor by, struct err *e);

enum rc store_source_get(struct store_reader *reader, uint64_t id, struct arena *arena,
                         struct store_source *out, struct err *e);
enum rc store_source_find(struct store_reader *reader, struct slice url, struct arena *arena,
                          struct store_source *out, struct err *e);

struct store_source_query {
    bool has_state, has_kind, has_failing;
    bool failing; /* whether the last attempt failed */
    enum source_state state;
    enum source_kind kind;
    uint32_t limit;
    struct store_cursor after;
};
/* In the order they were added. */
enum rc store_source_list(struct store_reader *reader, const struct store_source_query *query,
                          struct arena *arena, struct store_source **rows, size_t *count,
                          struct store_page *page, struct err *e);

struct store_source_totals {
    int64_t active, failing, paused, gone; /* failing ones are among the active */
    int64_t overdue_ms; /* how long the one that waits longest has been due; 0: none is */
};
enum rc store_source_totals(struct store_reader *reader, int64_t now_ms,
                            struct store_source_totals *out, struct err *e);

/* ---- for the watcher */

/* The first that is due at `now_ms` and that `accept` takes, longest due first; *found false: none. *next_ms: when
 * the next one is due that isn't yet, INT64_MAX: none will be. `url` lives during the call alone. */
enum rc store_source_due(struct store_reader *reader, int64_t now_ms,
                         bool (*accept)(void *context, uint64_t id, struct slice url),
                         void *context, struct arena *arena, struct store_source *out, bool *found,
                         int64_t *next_ms, struct err *e);

/* What an item is to its source; store_write.followed. */
struct store_followed {
    uint64_t source; /* public id */
    uint64_t item;   /* the public id that its key makes */
    uint64_t said;   /* hash of what it says */
    int64_t at_ms;   /* published or first seen; 0: not known */
};
/* *known: the source gave this item before; *said: and what it said then. `row` is the source's. */
enum rc store_followed_look(struct store_reader *reader, int64_t row, uint64_t item, bool *known,
                            uint64_t *said, struct err *e);
/* How many of its items were published after `since_ms`; counted up to 10,000. */
enum rc store_followed_count(struct store_reader *reader, int64_t row, int64_t since_ms,
                             int64_t *count, struct err *e);

/* What one visit was. */
struct store_visit {
    uint64_t source;
    struct slice
        asked; /* the address that was asked: a source that moved since keeps its new one */
    int64_t at_ms, next_ms;
    int status;         /* 0: no reply */
    struct slice error; /* absent: it succeeded */
    int64_t failures;
    int64_t missing_ms; /* since when it answers 404; 0: it doesn't */
    bool gone;
    bool keep_validators; /* else etag and last_modified are what stands below */
    struct slice etag, last_modified;
    struct slice moved_to; /* seen once; absent: no redirect */
    struct slice new_url;  /* confirmed: asked there from now on; absent: stay */
    struct store_rhythm rhythm;
    int64_t week_items;
    int64_t requests, not_modified, unchanged, refused; /* of this visit */
};
/* RC_NOT_FOUND: it isn't followed any more. An address that another source has already leaves it where it was. */
enum rc store_source_visited(struct store *store, const struct store_visit *visit, struct err *e);

/* Takes or renews the lease. RC_BUSY: another process that lives watches. */
enum rc store_watch_claim(struct store *store, struct slice owner, int64_t now_ms, struct err *e);
/* Whether some process watches now, this one or another. */
enum rc store_watch_alive(struct store_reader *reader, int64_t now_ms, bool *alive, struct err *e);
enum rc store_watch_release(struct store *store, struct slice owner, struct err *e);

#endif

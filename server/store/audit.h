/* The audit log: who changed what, when, by which request.
 *
 * Shape:   a row for each article that was created, revised or deleted, each correction and its undoing, each token, written in
 *          the transaction of the change itself: there is none without the other. Rows are numbered in order of
 *          writing, and never changed. The newest store_options.audit_most of them are kept.
 * Units:   times in ms since the epoch.
 * Threads: reads as any reader; store_audit_prune waits for its commit.
 */
#ifndef GUILLEMET_STORE_AUDIT_H
#define GUILLEMET_STORE_AUDIT_H

#include "store/store.h"

struct store_audit_row {
    int64_t number, at_ms;
    struct slice who;    /* a token's name or a command; absent: anybody (open writes) */
    struct slice action; /* "article_create", "entity_merge", "token_revoke"… */
    struct slice target; /* an id, a token's name */
    struct slice detail; /* may be absent, as request */
    struct slice
        request; /* id of the HTTP request, of the job, or of the source that was followed */
};

struct store_audit_query {
    bool has_from, has_to;
    int64_t from_ms, to_ms;           /* to is exclusive */
    struct slice who, action, target; /* absent: any */
    int64_t after, before;            /* by number, exclusive; 0: any */
    bool oldest_first;
    uint32_t limit;
};
enum rc store_audit_list(struct store_reader *reader, const struct store_audit_query *query,
                         struct arena *arena, struct store_audit_row **rows, size_t *count,
                         struct err *e);

/* Removes rows from before `before_ms`, which leaves one that says so. */
enum rc store_audit_prune(struct store *store, int64_t before_ms, struct slice who, int64_t *gone,
                          struct err *e);

#endif

/* What becomes of one article: identity, outcome, rows. Internal to store/. */
#ifndef GUILLEMET_STORE_PUT_H
#define GUILLEMET_STORE_PUT_H

#include "store/writer.h"
#include "text/utf8.h"

/* The job of store_write. */
enum rc put_run(struct writer *w, struct job *job, struct err *e);

/* The article being written, as its parts see it. */
struct put {
    struct writer *w;
    const struct store_write *request;
    const struct document *document;
    const struct analysis *analysis;
    const struct offsets *offsets;
    int64_t article; /* rowid */
    uint64_t id;
    uint32_t revision;
    int64_t ingested_ms, updated_ms, sort_ms;
    int64_t source; /* rowid, 0: none */
    struct slice lang;
    int64_t entity_count, mention_count, quote_count; /* filled by analysis_rows_write */
};

/* article_rows.c: the article itself, its texts, keys and index. `fresh`: it has no row yet. */
void article_rows_write(struct put *p, bool fresh);
void article_rows_keys(struct put *p);
/* New analysis of the same text: renderings, language, warnings, analyser. */
void article_rows_analysed(struct put *p);
/* Takes the text out of the index and, when `keep`, puts it among the older revisions. */
void article_rows_retire(struct writer *w, int64_t article, bool keep);
/* Leaves a tombstone of what article_rows_retire left. */
void article_rows_bury(struct writer *w, int64_t article);
/* +1 or -1 for the counters of a live article as it stands in its row. */
void article_rows_count(struct writer *w, int64_t article, int64_t change);

/* analysis_rows.c: everything that the analysis says, with counters; names are resolved on the way. */
void analysis_rows_write(struct put *p);
/* analysis_remove.c: takes it all back. */
void analysis_rows_remove(struct writer *w, int64_t article);

/* quote_rows.c */
struct quote_rows {
    const int64_t *entities; /* archive rowid of each entity of the analysis, 0: dropped */
    struct entity_change *changes; /* beside `entities`: quotes_by and quotes_about are added here */
};
void quote_rows_write(struct put *p, const struct quote_rows *rows);
void quote_rows_remove(struct writer *w, int64_t article);

#endif

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
    struct replay_quote *decided;                     /* NULL: no quote of it was corrected */
};

/* article_rows.c: the article itself, its texts, keys and index. `fresh`: it has no row yet. */
void article_rows_write(struct put *p, bool fresh);
void article_rows_keys(struct put *p);
/* What its id would be made of today, when it was made otherwise: other addresses of it lead there too. */
void article_rows_key(struct put *p);
/* New analysis of the same text: renderings, language, warnings, analyser. */
void article_rows_analysed(struct put *p);
/* Asks for a new analysis. */
void article_rows_stale(struct writer *w, int64_t article);
/* article_words.c: brings the full-text index in line with an article's text and quotes. */
void article_words_index(struct writer *w, int64_t article);
/* Takes the text out of the index. */
void article_words_unindex(struct writer *w, int64_t article);
/* Takes the text out of the index and, when `keep`, puts it among the older revisions. */
void article_rows_retire(struct writer *w, int64_t article, bool keep);
/* Leaves a tombstone of what article_rows_retire left. */
void article_rows_bury(struct writer *w, int64_t article);
/* article_history.c: keys and older revisions that an export remembered; nothing without one. */
void article_history_write(struct put *p);
/* +1 or -1 for the counters of a live article as it stands in its row. */
void article_rows_count(struct writer *w, int64_t article, int64_t change);

/* analysis_rows.c: everything that the analysis says, with counters; names are resolved on the way. */
void analysis_rows_write(struct put *p);
/* analysis_remove.c: takes it all back. */
void analysis_rows_remove(struct writer *w, int64_t article);

/* An archive entity in this article: document entities that turned out to be one are united. */
struct cluster {
    int64_t entity;  /* rowid */
    uint32_t leader; /* its most prominent document entity */
    int64_t mentions, quotes_by, quotes_about;
};

struct clusters {
    const int64_t *entities;       /* rowid of each entity of the analysis, 0: dropped */
    const enum entity_type *types; /* of each, as decided */
    struct cluster *items;         /* by rowid */
    size_t count;
};

/* NULL when the article has no such entity. */
struct cluster *clusters_find(const struct clusters *clusters, int64_t entity);

/* quote_rows.c: also counts quotes in the clusters. */
void quote_rows_write(struct put *p, const struct clusters *clusters);
/* Words that people chose: once mentions and the article's entities are written. */
void quote_rows_respan(struct put *p);
void quote_rows_remove(struct writer *w, int64_t article);
void quote_rows_remove_one(struct writer *w, int64_t quote);
/* Puts a stored quote's words into the indexes, and takes them out again: around every change of them. */
void quote_words_index(struct writer *w, int64_t quote);
void quote_words_unindex(struct writer *w, int64_t quote);
/* One more or one less of everything that is counted of a stored quote. */
void quote_rows_count(struct writer *w, int64_t quote, int64_t change);

/* entity_rows.c: printed forms and titles of an entity, over the archive. */
void entity_rows_alias(struct writer *w, int64_t entity, struct slice text, int64_t mentions,
                       int64_t names);
void entity_rows_title(struct writer *w, int64_t entity, struct slice key, struct slice text,
                       int64_t sort_ms);
/* Brings a title's row in line with the articles that still print it. */
void entity_rows_retitle(struct writer *w, int64_t entity, struct slice key);

static inline int64_t thousandths(float value)
{
    return value <= 0 ? 0 : value >= 1 ? 1000 : (int64_t)(value * 1000 + 0.5f);
}

#endif

/* Corrections applied to what is stored already. Internal to store/: corrections.c calls these within its
 * job; replay.c does the same to new analyses. */
#ifndef GUILLEMET_STORE_CORRECT_H
#define GUILLEMET_STORE_CORRECT_H

#include "store/corrections.h"
#include "store/writer.h"

/* Records one correction, applies it and audits it: within a job. */
enum rc correction_make(struct writer *w, const struct store_correction *correction,
                        int64_t *number, struct err *e);

void correct_retype(struct writer *w, int64_t entity, enum entity_type type);
void correct_merge(struct writer *w, int64_t from, int64_t into);
void correct_forbid(struct writer *w, int64_t entity);
/* Moves the articles in which the fullest form is `alias_key`, or this very article. */
void correct_split(struct writer *w, int64_t from, int64_t to, struct slice alias_key,
                   bool has_article, uint64_t article);

/* Rowid of the article in which a quote stands; 0: there is no such quote. */
int64_t correct_article_of(struct writer *w, int64_t quote);
/* What an entity is as a speaker: whatever isn't a person speaks as a body. */
enum speaker_kind correct_kind_of(struct writer *w, int64_t entity);
void correct_quote_speaker(struct writer *w, int64_t quote, int64_t speaker);
void correct_quote_type(struct writer *w, int64_t quote, enum quote_type type);
/* `value`: spans_value.h. False when the article doesn't say these words. */
bool correct_quote_spans(struct writer *w, int64_t quote, struct slice value);
void correct_quote_reject(struct writer *w, int64_t quote);

/* Quotes by and about an entity within one article, counted anew. */
void correct_local_counts(struct writer *w, int64_t article, int64_t entity);

#endif

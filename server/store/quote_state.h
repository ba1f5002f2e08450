/* Two editors of one quote: what the second must have seen. Internal to store/. */
#ifndef GUILLEMET_STORE_QUOTE_STATE_H
#define GUILLEMET_STORE_QUOTE_STATE_H

#include "store/db.h"
#include "store/quotes.h"

/* A hash of words, spans, type and speaker: of a row as a reader has it, and as the writer finds it. */
uint64_t quote_state_of(const struct store_quote *quote);
uint64_t quote_state_read(struct db *db, int64_t quote, struct arena *arena);
/* Why there is no such quote: RC_GONE when a person rejected it, else RC_NOT_FOUND. */
enum rc quote_missing(struct db *db, uint64_t id, struct err *e);

#endif

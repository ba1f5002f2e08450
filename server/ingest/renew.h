/* After a correction was undone: what it took from articles, found again in their texts.
 *
 * Errors:  an article that can't be analysed now stays marked for `guillemet reanalyse`, and counted in *waiting.
 * Memory:  the arena keeps the list of articles; each article lives in one of its own.
 * Threads: any; waits for the writer.
 */
#ifndef GUILLEMET_INGEST_RENEW_H
#define GUILLEMET_INGEST_RENEW_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

struct pipeline;
struct store_reader;
struct store_correction;

/* A quote's article, or the articles of an entity's correction when they are few: from many it waits for
 * `guillemet reanalyse`, for whoever asked has his time. *waiting: how many wait, before and after. */
void renew_after_undo(struct pipeline *pipeline, struct store_reader *reader,
                      const struct store_correction *correction, struct slice who,
                      struct arena *arena, int64_t *waiting);

#endif

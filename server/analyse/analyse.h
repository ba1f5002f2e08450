/* Document → analysis: the heart of the product, a pure function.
 *
 * Errors:  never fails on valid UTF-8 but for memory (RC_NOMEM).
 * Memory:  results and work space live in `arena`.
 * Threads: safe from any thread: packs and weights are read-only, no global state.
 * Speed:   every stage is linear in the text's length.
 */
#ifndef GUILLEMET_ANALYSE_ANALYSE_H
#define GUILLEMET_ANALYSE_ANALYSE_H

#include "base/arena.h"
#include "model/analysis.h"
#include "model/document.h"

/* Version of rules and weights together: bump when output changes; `reanalyse` goes by it. */
#define ANALYSE_VERSION "1.0.0"
/* The same, and which weights were loaded in place of the packs' own: "1.0.0+fr.5d0c11e2". */
const char *analyse_version(void);

struct gazetteer; /* the user's names: analyse/gazetteer.h */

struct analyse_options {
    const struct gazetteer *gazetteer; /* may be NULL */
    bool explain;                      /* keep what --explain prints */
    int64_t *stage_cpu_us;             /* NULL, or ANALYSE_STAGES counters to add to */
};

enum analyse_stage { STAGE_TOKENS, STAGE_NAMES, STAGE_QUOTES, ANALYSE_STAGES };

enum rc analyse_document(const struct document *document, const struct analyse_options *options,
                         struct arena *arena, struct analysis **out, struct err *e);

#endif

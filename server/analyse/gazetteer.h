/* The user's own names: a file of names to add, to forbid, to retype, and aliases.
 *
 * Shape:  TSV lines: `add TYPE name`, `forbid name`, `retype TYPE name`, `alias name canonical` (columns
 *         separated by tabs), `#` comments. Names match by fold_lower, word by word.
 * Errors: a bad line is RC_INVALID with its number.
 * Memory: gazetteer_free; read-only and shareable between threads once loaded.
 */
#ifndef GUILLEMET_ANALYSE_GAZETTEER_H
#define GUILLEMET_ANALYSE_GAZETTEER_H

#include "base/err.h"
#include "base/slice.h"
#include "model/enums.h"

struct gazetteer;

enum gazetteer_act { GAZETTEER_ADD, GAZETTEER_FORBID, GAZETTEER_RETYPE, GAZETTEER_ALIAS };

struct gazetteer_entry {
    enum gazetteer_act act;
    enum entity_type type;  /* add, retype */
    struct slice canonical; /* alias */
};

enum rc gazetteer_parse(struct slice file, struct gazetteer **out, struct err *e);
void gazetteer_free(struct gazetteer *g);
/* `key`: fold_lower words joined by one blank. NULL when there is none. `*prefix` (may be NULL) tells whether a
 * longer name starts with key. */
const struct gazetteer_entry *gazetteer_find(const struct gazetteer *g, struct slice key,
                                             bool *prefix);

#endif

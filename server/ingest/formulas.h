/* Formulas: phrases that say what a line of an article is for: the packs' tables boilerplate, bylines, captions and
 * interview_marks, matched against one line.
 *
 * Shape:  a formula_line is the folded head of a line with its blanks levelled; phrases match from its start
 *         (or anywhere in it) and end at a word's end.
 * Memory: work space is the caller's arena, which has an escape set.
 * Speed:  each line is folded at most once, and only its first FORMULA_LINE_MOST bytes.
 */
#ifndef GUILLEMET_INGEST_FORMULAS_H
#define GUILLEMET_INGEST_FORMULAS_H

#include "base/arena.h"
#include "text/pack.h"

#define FORMULA_LINE_MOST  1200
#define FORMULA_PACKS_MOST 16

/* The packs to ask: the document's language, or all of them while it is unknown. */
struct formula_packs {
    const struct pack *items[FORMULA_PACKS_MOST];
    size_t count;
};
struct formula_packs formula_packs_for(struct slice lang);

struct slice formula_line(struct arena *arena, struct slice line);

struct formula_match {
    struct slice key;   /* as it stands in the table; absent: none */
    struct slice value; /* its columns */
};

/* The longest phrase of `table` that `line` starts with. */
struct formula_match formula_at_start(const struct formula_packs *packs, const char *table,
                                      struct slice line);

/* What addresses the reader. `ended`: the line has a final stop; `tail`: it is among the last ones. */
bool formula_is_boilerplate(const struct formula_packs *packs, struct slice line, bool ended,
                            bool tail);

#endif

/* Phrases that say what a line of an article is for: the packs' tables boilerplate, bylines, captions and
 * interview_marks, matched against one line.
 *
 * Shape:  a phrase_line is the folded head of a line with its blanks levelled; phrases match from its start
 *         (or anywhere in it) and end at a word's end.
 * Memory: work space is the caller's arena, which has an escape set.
 * Speed:  each line is folded at most once, and only its first PHRASE_LINE_MOST bytes.
 */
#ifndef GUILLEMET_INGEST_PHRASES_H
#define GUILLEMET_INGEST_PHRASES_H

#include "base/arena.h"
#include "text/pack.h"

#define PHRASE_LINE_MOST 1200
#define PHRASE_PACKS_MOST 16

/* The packs to ask: the document's language, or all of them while it is unknown. */
struct phrase_packs {
    const struct pack *items[PHRASE_PACKS_MOST];
    size_t count;
};
struct phrase_packs phrase_packs_for(struct slice lang);

struct slice phrase_line(struct arena *arena, struct slice line);

struct phrase_match {
    struct slice key;   /* as it stands in the table; absent: none */
    struct slice value; /* its columns */
};

/* The longest phrase of `table` that `line` starts with. */
struct phrase_match phrase_at_start(const struct phrase_packs *packs, const char *table,
                                    struct slice line);

/* What addresses the reader. `ended`: the line has a final stop; `tail`: it is among the last ones. */
bool phrase_is_boilerplate(const struct phrase_packs *packs, struct slice line, bool ended,
                           bool tail);

#endif

/* Sketches: how much two texts have in common, from a few hundred bytes of each.
 *
 * Shape:   a text is the set of its rows of five words (shingles), hashed; the sketch keeps the least of the
 *          hashes. What two sketches share below the point that both reach tells what the texts share, whether
 *          one was cut, lengthened or given another title. Words are those of the full-text index: case, accents and
 *          marks don't count. Titles, standfirsts, captions and boilerplate are no part: they differ between
 *          copies and recur between strangers.
 * Units:   shares are 0 to 1.
 * Source:  Broder: On the resemblance and containment of documents (1997), for bottom-k sketches.
 * Memory:  results live in the arena. Internal to store/.
 */
#ifndef GUILLEMET_STORE_SKETCH_H
#define GUILLEMET_STORE_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/document.h"

enum {
    SKETCH_WORDS = 5,           /* in a row */
    SKETCH_MOST = 128,          /* hashes kept */
    SKETCH_INDEXED = 16,        /* of those, by which others find it */
    SKETCH_LEAST_SHINGLES = 24, /* a shorter text is the same as another by chance: no sketch */
};

struct sketch {
    uint32_t shingles;            /* distinct ones of the whole text */
    uint32_t count;               /* hashes kept; 0: the text is too short */
    uint32_t hashes[SKETCH_MOST]; /* rising */
};

/* False when memory is out. */
bool sketch_make(struct arena *arena, const struct document *document, struct sketch *out);

struct likeness {
    float resemblance; /* of what both have together, what they share */
    float containment; /* of the shorter text, what the longer one has too */
    float shorter;     /* shingles of the shorter text */
};
struct likeness sketch_compare(const struct sketch *a, const struct sketch *b);
/* Resemblance that leaves no doubt. */
#define SKETCH_STRONG 0.6f
/* Copies of one text: cut, retitled, edited or lengthened. */
bool sketch_is_copy(struct likeness likeness);
/* The same story at all: of two that are copies of a third, which two strangers may be as well, when it prints both. */
bool sketch_is_kin(struct likeness likeness);

#endif

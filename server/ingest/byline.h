/* Who wrote it, and from where: byline and dateline of a plain text.
 *
 * Shape:  a byline is a short line of its own that a phrase of table `bylines` opens ("Par", "By", "Propos
 *         recueillis par") and names follow; a dateline stands before an article's first words:
 *         "PARIS (AFP) –", "LONDON, March 3 (Reuters) -".
 * Memory: names are slices of the line; work space is the arena, which has an escape set.
 */
#ifndef GUILLEMET_INGEST_BYLINE_H
#define GUILLEMET_INGEST_BYLINE_H

#include "ingest/formulas.h"

enum byline_kind { BYLINE_NONE, BYLINE_AUTHOR, BYLINE_INTERVIEWER };

#define BYLINE_NAMES_MOST 16

struct byline {
    enum byline_kind kind;
    struct slice names[BYLINE_NAMES_MOST];
    size_t count;
    struct slice rest; /* behind the phrase; absent: the line has none */
};

/* `line` as printed, trimmed. BYLINE_NONE when it isn't one. */
struct byline byline_read(const struct formula_packs *packs, struct arena *arena,
                          struct slice line);

/* Of a field that holds names and perhaps no phrase: "Jean Dupont et Marie Petit", "By Ann Lee". */
struct byline byline_of_field(const struct formula_packs *packs, struct arena *arena,
                              struct slice text);

/* "PARIS (AFP)": without the dash; absent when the paragraph has none. */
struct slice byline_dateline(struct slice paragraph);

#endif

/* One document with its analysis, made by hand, that the view tests print. Non-ASCII before every span, so that
 * bytes and code points differ. */
#ifndef GUILLEMET_TESTS_UNIT_API_SAMPLE_H
#define GUILLEMET_TESTS_UNIT_API_SAMPLE_H

#include "model/analysis.h"

struct sample {
    struct document document;
    struct analysis analysis;
    struct block blocks[2];
    struct mention mentions[3];
    struct entity entities[2];
    struct alias aliases[2];
    struct title titles[1];
    uint32_t mentions_of[2][2];
    struct quote quotes[2];
    struct quote_span spans[2];
    struct alternative alternatives[1];
    uint32_t about[1];
    struct mark marks[1];
    struct warning warnings[2];
};

/* Text:
 *   Été à Dieppe
 *   « Ça ira à Dieppe », aurait dit à l'AFP Zoé Lebrun, maire. Un « été » dit long.
 */
void sample_init(struct sample *s);
/* Where the n-th (from 0) occurrence of `words` stands. */
struct span sample_span(const struct sample *s, const char *words, int n);

#endif

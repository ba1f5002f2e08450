/* What differs between two quotes, word by word, in a form that people read.
 *
 * Shape:   runs of words that are equal (text of the first), deleted (only the first has them) or inserted (only the
 *          second). Words compare as in prints.h, so case, accents and marks make no difference.
 * Memory:  runs live in the arena, their texts borrow.
 */
#ifndef GUILLEMET_STORE_WORD_DIFF_H
#define GUILLEMET_STORE_WORD_DIFF_H

#include "store/occurrences.h"
#include "store/prints.h"

struct word_diff {
    struct store_diff_run *items;
    size_t count, capacity;
    size_t equal;      /* words in common, in order */
    size_t equal_runs; /* in so many pieces */
};

struct word_diff word_diff(struct arena *arena, struct slice first,
                           const struct print_words *first_words, struct slice second,
                           const struct print_words *second_words);

#endif

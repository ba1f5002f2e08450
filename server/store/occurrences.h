/* The same words in several articles.
 *
 * Shape:   the quote that is asked for and every other one that says its words: exactly, in part, with more, or
 *          altered, oldest first, each with what differs. Found by prints of words (prints.h) and, for short quotes
 *          within longer ones, by the full-text index; looked at one by one, so nothing is there by chance of a hash.
 */
#ifndef GUILLEMET_STORE_OCCURRENCES_H
#define GUILLEMET_STORE_OCCURRENCES_H

#include "store/quotes.h"

#define OCCURRENCE_KINDS(X)                                                                        \
    X(OCCURRENCE_EXACT, "exact")                                                                   \
    X(OCCURRENCE_TRUNCATED, "truncated") /* words of the asked quote are missing */                \
    X(OCCURRENCE_EXTENDED, "extended")   /* the asked quote is the shorter one */                  \
    X(OCCURRENCE_ALTERED, "altered")
ENUM_DEFINE(occurrence_kind, OCCURRENCE_KINDS)

#define STORE_DIFFS(X)                                                                             \
    X(STORE_DIFF_EQUAL, "equal") X(STORE_DIFF_INSERT, "insert") X(STORE_DIFF_DELETE, "delete")
ENUM_DEFINE(store_diff, STORE_DIFFS)

struct store_diff_run {
    enum store_diff op;
    struct slice text;
};

struct store_occurrence {
    struct store_quote quote;
    enum occurrence_kind kind;
    float similarity; /* 0…1: share of the words of both that are in common */
    struct store_diff_run *difference;
    size_t difference_count;
};

struct store_outlet {
    struct slice source; /* absent: articles without a source */
    int64_t quotes, first_ms;
};

struct store_occurrences {
    struct store_occurrence *items; /* oldest first; the asked one is among them */
    size_t count;
    bool is_whole;                /* else there are more: these share most */
    struct store_outlet *outlets; /* first seen first */
    size_t outlet_count;
    int64_t articles;
};

/* RC_NOT_FOUND, RC_GONE as store_quote_get. */
enum rc store_quote_occurrences(struct store_reader *reader, uint64_t id, struct arena *arena,
                                struct store_occurrences *out, struct err *e);

#endif

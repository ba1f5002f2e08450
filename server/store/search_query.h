/* A person's search → an FTS5 expression and conditions: whatever was typed, it is never a syntax error of FTS5.
 *
 * Shape:  words must all occur; "a phrase" (also « » and “ ”) as it stands; star* begins a word; AND, OR, NOT (ET, OU,
 *         SAUF), a minus before what must not occur, parentheses, a NEAR/5 b. `title:`, `text:`, `quote:`,
 *         `narration:`, `channel:` say where a word or phrase stands. `speaker:`, `entity:`, `about:`,
 *         `source:`, `section:`, `author:`, `lang:`, `type:`, `date:`, `before:`, `after:` become conditions of the
 *         filter: beside everything else or after a minus, but in no OR and no parentheses. Words are
 *         cut and folded as the index is (tokenizer.h): porte-parole is a phrase of two, l'été is one
 *         word. A word alone is found in any of its
 *         forms (search_forms.h) when the filter says so. Operators are in capitals; what is between quotation marks is none. Other signs separate.
 * Units:  `where` of an error is the place in the query, in code points.
 * Errors: RC_INVALID (field "q") saying what to do; RC_TOO_LARGE over 32 words.
 */
#ifndef GUILLEMET_STORE_SEARCH_QUERY_H
#define GUILLEMET_STORE_SEARCH_QUERY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "store/filter.h"

/* Columns of an index, a bit each. */
enum search_column {
    SEARCH_IN_TITLE = 1,
    SEARCH_IN_STANDFIRST = 2,
    SEARCH_IN_NARRATION = 4,
    SEARCH_IN_QUOTES = 8,
    SEARCH_IN_SEAMS = 16,
    SEARCH_IN_QUOTE = 32, /* of the index of quotes */
    SEARCH_IN_CHANNEL = 64
};

/* Words that stand together, to be shown in what was found. */
struct search_phrase {
    struct slice *words; /* folded */
    size_t count;
    bool prefix;      /* the last one begins a word */
    unsigned columns; /* 0: all */
};

struct search_query {
    const char *match; /* NULL: conditions alone */
    struct search_phrase *items;
    size_t count, capacity;
};

/* `scope`: the columns of words that say none; 0: all. Conditions are added to `filter`, which may be NULL where none are
 * taken. */
enum rc search_query_compile(struct slice q, enum store_list list, unsigned scope,
                             struct arena *arena, struct store_filter *filter,
                             struct search_query *out, struct err *e);

#endif

/* The figures of `guillemet evaluate`, defined as the published scorers of names and quotes define them.
 *
 * Shape:   counts of hits, predictions and gold are summed over documents, then turned into precision, recall
 *          and F1. Entities: exact span and type, and span alone. Quotes: gold and predictions are
 *          matched one to one, most shared characters first, direct and mixed together, indirect apart;
 *          see score_quotes.c.
 * Units:   spans in code points.
 * Memory:  work space is the document's arena, which has an escape set.
 */
#ifndef GUILLEMET_CLI_SCORE_H
#define GUILLEMET_CLI_SCORE_H

#include <stdio.h>

#include "base/jsonw.h"
#include "ingest/gold.h"
#include "model/analysis.h"

struct score_count {
    long long hits, predicted, support;
};

/* "name":{"precision","recall","f1","predicted","support"} */
void score_write(struct jsonw *w, const char *name, struct score_count count);
/* 100 × part / whole with one decimal; null when there is no whole. */
void score_write_share(struct jsonw *w, const char *name, long long part, long long whole);

/* What is scored: one document, gold and found. */
struct score_case {
    const struct gold *gold;
    const struct analysis *analysis;
    const struct offsets *offsets;
    struct arena *arena;
    const uint32_t *text; /* code points */
    size_t length;
    FILE *errors;        /* where differences are listed; NULL: nowhere */
    long long *listings; /* how many more to list */
};

/* kind TAB type TAB names… TAB the span in its context */
void score_list(const struct score_case *c, const char *kind, const char *type,
                struct slice gold_name, struct slice found_name, struct gold_span span);

/* Do two names mean the same? Without case, accents and titles they are equal, one is the other's last word,
 * one contains the other, or first and last words agree, an initial standing for a first name;
 * descriptions agree when they share half of their words. */
bool score_same_name(struct arena *arena, struct slice a, struct slice b);
bool score_is_word(uint32_t cp); /* letter, digit, number or underscore */

/* ---- sets of characters, as sorted disjoint spans */

struct gold_spans score_union(struct arena *arena, const struct gold_spans *spans);
size_t score_size(const struct gold_spans *set);
size_t score_shared(const struct gold_spans *a, const struct gold_spans *b);
/* Without blanks, marks and punctuation at the ends of each span; empty ones dropped. */
struct gold_spans score_trim(const struct score_case *c, const struct gold_spans *spans);

/* ---- entities */

#define SCORE_TYPES_MOST 8

struct score_entities {
    struct slice types[SCORE_TYPES_MOST];
    struct score_count by_type[SCORE_TYPES_MOST];
    size_t type_count;
    struct score_count span;
};
void score_entities_add(struct score_entities *s, const struct score_case *c);
void score_entities_write(struct jsonw *w, const struct score_entities *s);

/* ---- quotes */

enum score_group { SCORE_DIRECT, SCORE_MIXED, SCORE_MARKED, SCORE_INDIRECT, SCORE_GROUPS };
enum score_level { SCORE_30, SCORE_80, SCORE_EXACT, SCORE_LEVELS };

/* How often quotes of one tenth of confidence are found with the right speaker: what the figure is worth. */
struct score_bin {
    long long quotes, right;
    double confidence; /* summed */
};
#define SCORE_BINS 10

struct score_quotes {
    struct score_bin reliability[SCORE_BINS];
    struct score_count content[SCORE_GROUPS][SCORE_LEVELS];
    struct score_count overlap, end_to_end;
    long long speaker_right, speaker_asked;
    long long unknown, direct;
    long long false_marks, not_quotes;
};
void score_quotes_add(struct score_quotes *s, const struct score_case *c);
void score_quotes_write(struct jsonw *w, const struct score_quotes *s);

#endif

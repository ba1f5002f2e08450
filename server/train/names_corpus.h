/* A labelled corpus as the trainer needs it: features counted, rare ones dropped, labels as masks.
 *
 * Memory: heap; names_corpus_free. A trainer may die on lack of memory: it is no service.
 */
#ifndef GUILLEMET_TRAIN_NAMES_CORPUS_H
#define GUILLEMET_TRAIN_NAMES_CORPUS_H

#include "analyse/tagger.h"

struct corpus_token {
    uint64_t first;       /* into features */
    uint32_t count, mask; /* allowed labels, one bit each */
};

struct stretch {
    uint64_t first; /* into tokens */
    uint32_t length;
    float weight;
};

struct corpus {
    struct corpus_token *tokens;
    struct stretch *stretches;
    uint32_t *features;      /* feature numbers of all tokens, one after another */
    uint32_t *keys, *counts; /* per feature number */
    uint64_t token_count, token_capacity, feature_total, feature_capacity;
    uint32_t stretch_count, stretch_capacity, feature_count;
    struct tagger_model clusters;
};

bool names_corpus_read(struct corpus *c, const char *lang, const char *corpus,
                       const char *clusters);
void names_corpus_free(struct corpus *c);

#endif

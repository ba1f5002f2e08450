/* Who and what an entity is seen with, who it speaks about, who speaks about it.
 *
 * Shape:   of the newest articles (or quotes) of the entity under the filter, the other entities in them, with how many they
 *          share, and how much that is more than chance: the log-likelihood ratio of the 2 × 2 table (here and
 *          elsewhere, with and without the other), as T. Dunning, "Accurate methods for the statistics of
 *          surprise and coincidence", Computational Linguistics 19(1), 1993; and normalised pointwise mutual
 *          information, -1 to 1 (G. Bouma, "Normalized (pointwise) mutual information in collocation
 *          extraction", GSCL 2009). Pairs that are rarer than chance come last, with a negative score.
 * Cost:    the newest STORE_RELATED_ROWS articles or quotes, however many there are.
 */
#ifndef GUILLEMET_STORE_RELATED_H
#define GUILLEMET_STORE_RELATED_H

#include "model/enums.h"
#include "store/filter.h"

#define STORE_RELATED_ROWS     1500
#define STORE_RELATED_EVIDENCE 3

enum store_relation {
    STORE_COOCCURS,     /* named in the same articles */
    STORE_SPEAKS_ABOUT, /* the entity says something about the other */
    STORE_SPOKEN_ABOUT_BY
};

struct store_evidence { /* newest first */
    uint64_t article;
    struct slice title, source;
    int64_t sort_ms;
};

struct store_related {
    uint64_t id;
    struct slice slug, name;
    enum entity_type type;
    int64_t shared; /* articles, or quotes of a directed relation */
    int64_t total;  /* of the other, in the archive */
    double score;   /* log-likelihood ratio; negative: rarer than chance */
    double npmi;
    struct store_evidence evidence[STORE_RELATED_EVIDENCE];
    size_t evidence_count;
};

struct store_related_query {
    uint64_t entity;
    enum store_relation relation;
    struct store_filter filter; /* of articles, of quotes when the relation is directed */
    unsigned types;             /* of the others, a bit each */
    bool by_count;              /* most shared first, instead of most significant */
    int64_t least;              /* shared at least so often */
    uint32_t limit;
};

struct store_related_list {
    struct store_related *items;
    size_t count;
    int64_t looked_at; /* articles or quotes of the entity */
    bool whole;        /* these are all */
    int64_t corpus;    /* articles or quotes in the archive */
};

enum rc store_entity_related(struct store_reader *reader, const struct store_related_query *query,
                             struct arena *arena, struct store_related_list *out, struct err *e);

#endif

/* The working state of one analysis, handed from stage to stage.
 *
 * Order: analyse.c fills document, pack, tokens, sentences → tagger and names fill mentions and entities →
 * roles fill titles and gender → marks, cues, quotes → speakers. A later stage reads what earlier ones
 * wrote and never changes it, but for speakers, which may add to entities' titles ("l'émissaire
 * américain" said of a name).
 *
 * Memory: all in `arena`, which has an escape set: allocations never return NULL here.
 */
#ifndef GUILLEMET_ANALYSE_READING_H
#define GUILLEMET_ANALYSE_READING_H

#include "analyse/analyse.h"
#include "text/tokens.h"

/* A mention in tokens, before clusters are final. */
struct name {
    uint32_t first, end; /* tokens, end-exclusive */
    struct span span;
    enum entity_type type;
    float confidence;
    enum mention_method method;
    uint32_t entity; /* index into reading.entities */
};

struct names {
    struct name *items; /* sorted by first, no overlaps */
    size_t count, capacity;
};

struct entities {
    struct entity *items;
    size_t count, capacity;
};

struct quotes {
    struct quote *items;
    size_t count, capacity;
};

struct marks {
    struct mark *items;
    size_t count, capacity;
};

struct warnings {
    struct warning *items;
    size_t count, capacity;
};

struct quoting;

struct lexicon; /* tagger_lexicon.h */

struct reading {
    struct arena *arena;
    const struct document *document;
    const struct analyse_options *options;
    const struct pack *pack; /* NULL: language unknown; stages then use marks only */
    struct slice lang;
    float lang_confidence;
    struct tokens tokens; /* of all blocks but boilerplate, in order */
    struct sentences sentences;
    uint32_t *name_at; /* per token: index into names, or NO_INDEX; set by names_find */
    const struct lexicon
        *lexicon; /* what the tables know of each token; set by names_find, NULL before */
    struct names names;
    struct entities entities;
    struct quotes quotes;
    struct marks marks;
    struct warnings warnings;
    struct quoting *quoting; /* what quotes_find leaves for speakers_resolve */
};

/* Stage doors, in order. Each lives in the file of its prefix. */
void names_find(struct reading *r);  /* tagger + document-level passes → names, entities */
void roles_find(struct reading *r);  /* titles, roles, gender, number → entities */
void quotes_find(struct reading *r); /* marks, cues, spans → quotes (cue and content), marks */
void speakers_resolve(struct reading *r); /* who said it → quotes' speakers, flags, confidence */

static inline struct slice reading_text(const struct reading *r, struct span span)
{
    return slice_of(r->document->text.ptr + span.start_byte, span.end_byte - span.start_byte);
}

static inline struct slice reading_token_text(const struct reading *r, uint32_t token)
{
    const struct token *t = &r->tokens.items[token];
    return slice_of(r->document->text.ptr + t->start_byte, t->end_byte - t->start_byte);
}

#endif

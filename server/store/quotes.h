/* Quotes across the archive: who said what, about whom.
 *
 * Shape:   a list and a single quote give the same rows. Entities are the archive's; what an article
 *          alone knows (printed forms, titles) stands beside them.
 */
#ifndef GUILLEMET_STORE_QUOTES_H
#define GUILLEMET_STORE_QUOTES_H

#include "model/enums.h"
#include "store/filter.h"
#include "store/rights.h"
#include "store/store.h"

struct store_span {
    uint32_t start_byte, end_byte, start_cp, end_cp;
};

struct store_quote_span {
    struct store_span span;
    bool verbatim;
};

/* A handle stands for the entity in a view that is being rendered (store_options.view): `id` is all it has. */
struct store_entity_ref {
    bool present;
    uint64_t id;
    struct slice name, slug;
    enum entity_type type;
    bool handle;
};

/* Absent when !present. As struct speaker of model/analysis.h, with archive entities. */
struct store_speaker {
    bool present, implied;
    struct store_span span; /* not printed there when implied */
    struct slice text, name, title;
    enum speaker_kind kind;
    struct store_entity_ref entity, affiliation;
};

struct store_alternative {
    struct store_entity_ref entity;
    float score;
};

struct store_quote {
    /* Present in lists that asked for views: what the renderer made of the quote, and the entities that it names, in its
     * order. Of the other members only id, article, sort_ms, text, before, after, rights and highlights are set then. */
    struct slice view;
    struct store_entity_ref *view_entities;
    size_t view_entity_count;
    uint64_t id;
    struct { /* where it stands */
        uint64_t id;
        struct slice title, source, url;
        bool has_published, published_date_only;
        int64_t published_ms;
    } article;
    int64_t sort_ms;
    struct slice lang;
    enum quote_type type;
    struct slice text;
    struct store_quote_span *spans;
    size_t span_count;
    bool has_cue;
    struct {
        struct slice text, lemma;
        enum cue_class class;
        struct store_span span;
    } cue;
    struct store_speaker speaker, reported_by, addressee;
    struct slice resolution; /* rule that found the speaker; absent: none */
    struct store_alternative *alternatives;
    size_t alternative_count;
    struct slice channel;
    bool negated, hypothetical, in_headline;
    bool has_body_quote;
    uint64_t body_quote; /* a headline's echo: the body quote's id */
    struct store_entity_ref *about;
    size_t about_count;
    struct slice before, after; /* context, as stored text; absent when the rights forbid it */
    enum store_rights rights;   /* what of the text around may be shown */
    float confidence;
    struct slice rule;
    uint32_t block;
    bool corrected;   /* a person decided something about it */
    bool highlighted; /* lists that show where the words stand: in `text` */
    struct store_highlight *highlights;
    size_t highlight_count;
    uint64_t state; /* store_quote_get: moves with whatever a person can correct of it */
};

/* In a view one of these bytes, the id of an entity's handle in decimal digits and ';' stand for an entity; other control
 * bytes mean what the renderer likes. */
enum { STORE_VIEW_ENTITY_FIRST = 1, STORE_VIEW_ENTITY_LAST = 3 };

struct store_quote_query {
    struct store_filter filter;
    /* STORE_NEWEST, OLDEST, CONFIDENCE, RELEVANCE of words; of one article OLDEST is text order */
    enum store_sort sort;
    bool reversed;  /* least certain first */
    bool highlight; /* show where the words stand */
    bool views;     /* rows may come as struct store_quote says of `view` */
    uint32_t limit;
    struct store_cursor after;
};

enum rc store_quote_list(struct store_reader *reader, const struct store_quote_query *query,
                         struct arena *arena, struct store_quote **rows, size_t *count,
                         struct store_page *page, struct err *e);
/* RC_GONE: a person said that it is no quote. */
enum rc store_quote_get(struct store_reader *reader, uint64_t id, struct arena *arena,
                        struct store_quote *out, struct err *e);

#endif

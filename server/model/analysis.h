/* An analysis: what was seen in one document (EXTRACTION: entities, quotes, marks).
 *
 * Shape:  mentions are sorted by start and do not overlap; each belongs to one entity. Entities are
 *         the within-document clusters, most prominent first. Quotes are sorted by first span.
 * Units:  spans in bytes of document.text; confidence and prominence in 0…1.
 * Memory: everything lives in the arena given to analyse_document; nothing needs freeing.
 */
#ifndef GUILLEMET_MODEL_ANALYSIS_H
#define GUILLEMET_MODEL_ANALYSIS_H

#include "model/document.h"

#define NO_INDEX UINT32_MAX

struct mention {
    struct span span;
    enum entity_type type;
    uint32_t block;  /* index into document.blocks */
    uint32_t entity; /* index into analysis.entities */
    float confidence;
    enum mention_method method;
};

struct alias {
    struct slice text; /* as printed */
    uint32_t count;
};

/* "porte-parole du Kremlin", as printed, and the span that says so. */
struct title {
    struct slice text;
    struct span span;
};

struct entity {
    struct slice name; /* the fullest printed form, without title words or article */
    enum entity_type type;
    enum gender gender;
    bool plural;
    float prominence;
    struct alias *aliases; /* every distinct printed form, most frequent first */
    size_t alias_count;
    struct title *titles; /* in order of appearance */
    size_t title_count;
    uint32_t *mentions; /* indices into analysis.mentions */
    size_t mention_count;
};

struct quote_span {
    struct span span;
    bool verbatim; /* inside quotation marks (or a dialogue dash) */
};

struct cue {
    bool present;
    struct span span;
    struct slice text, lemma;
    enum cue_class class;
};

/* A person or body behind words. Absent when !present (a floating quote). */
struct speaker {
    bool present;
    bool implied;      /* not printed near the quote: no span (continuing quote, interview) */
    struct span span;  /* the mention in the attributing clause, without M./Mme */
    struct slice text; /* what is printed there */
    enum speaker_kind kind;
    uint32_t entity;      /* index into analysis.entities, NO_INDEX when unnamed */
    struct slice name;    /* resolved: entity name, or the printed description without article */
    struct slice title;   /* the title nearest to the quote, else the first; absent: none */
    uint32_t affiliation; /* entity that a description names ("source proche du ministère…"), or NO_INDEX */
};

struct alternative {
    uint32_t entity;
    float score;
};

struct quote {
    enum quote_type type;
    struct slice text; /* the content: spans joined by " … " when discontinuous */
    struct quote_span *spans;
    size_t span_count;
    struct cue cue;
    struct speaker speaker;
    const char *resolution; /* how the speaker was found: stable rule name ("pronoun", "nearest_name"…) */
    struct alternative *alternatives; /* other candidates, best first */
    size_t alternative_count;
    struct speaker reported_by; /* who passes it on */
    struct speaker addressee;
    struct slice channel; /* "à l'AFP", "sur X", "dans un communiqué"; absent: none */
    bool negated, hypothetical, in_headline;
    uint32_t body_quote; /* for a headline echo: the body quote's index, else NO_INDEX */
    uint32_t *about;     /* entities mentioned inside the words */
    size_t about_count;
    struct span before, after; /* context: the rest of the sentence(s) around, may be empty */
    float confidence;
    const char *rule; /* how the quote was found: stable rule name */
    uint32_t block;
};

struct mark {
    struct span span; /* inside the marks, trimmed */
    enum mark_use use;
};

struct analysis {
    struct slice lang; /* "fr", "en"; absent: not sure */
    float lang_confidence;
    enum origin lang_origin;
    struct mention *mentions;
    size_t mention_count;
    struct entity *entities;
    size_t entity_count;
    struct quote *quotes;
    size_t quote_count;
    struct mark *marks; /* uses other than quote */
    size_t mark_count;
    struct warning *warnings;
    size_t warning_count;
    const char *analyser; /* version of rules and weights, e.g. "1.0.0" */
};

#endif

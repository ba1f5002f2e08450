/* The closed vocabularies of the product: enum value ↔ wire name, one home.
 *
 * Each LIST(X) expands to the enum, to NAME_name(value) and to NAME_parse(slice, &out), so a value
 * can't exist without its wire name. Wire names are part of the public API: add, never rename.
 */
#ifndef GUILLEMET_MODEL_ENUMS_H
#define GUILLEMET_MODEL_ENUMS_H

#include "base/slice.h"

#define ENUM_VALUE_(value, name) value,
#define ENUM_NAME_(value, name)                                                                    \
    case value:                                                                                    \
        return name;
#define ENUM_PARSE_(value, name)                                                                   \
    if (slice_is(s, name)) {                                                                       \
        *out = value;                                                                              \
        return true;                                                                               \
    }
#define ENUM_DEFINE(tag, LIST)                                                                     \
    enum tag { LIST(ENUM_VALUE_) };                                                                \
    static inline const char *tag##_name(enum tag value)                                           \
    {                                                                                              \
        switch (value) {                                                                           \
            LIST(ENUM_NAME_)                                                                       \
        }                                                                                          \
        return "";                                                                                 \
    }                                                                                              \
    static inline bool tag##_parse(struct slice s, enum tag *out)                                  \
    {                                                                                              \
        LIST(ENUM_PARSE_)                                                                          \
        return false;                                                                              \
    }

#define BLOCK_KINDS(X)                                                                             \
    X(BLOCK_TITLE, "title")                                                                        \
    X(BLOCK_STANDFIRST, "standfirst")                                                              \
    X(BLOCK_PARAGRAPH, "paragraph")                                                                \
    X(BLOCK_SUBHEADING, "subheading")                                                              \
    X(BLOCK_LIST_ITEM, "list_item")                                                                \
    X(BLOCK_BLOCKQUOTE, "blockquote")                                                              \
    X(BLOCK_QUESTION, "interview_question")                                                        \
    X(BLOCK_ANSWER, "interview_answer")                                                            \
    X(BLOCK_CAPTION, "caption")                                                                    \
    X(BLOCK_BOILERPLATE, "boilerplate")
ENUM_DEFINE(block_kind, BLOCK_KINDS)

/* Where a field of a document came from. */
#define ORIGINS(X)                                                                                 \
    X(ORIGIN_NONE, "none")                                                                         \
    X(ORIGIN_SUBMITTED, "submitted")                                                               \
    X(ORIGIN_TEXT, "text")                                                                         \
    X(ORIGIN_JSON_LD, "json-ld")                                                                   \
    X(ORIGIN_OPENGRAPH, "opengraph")                                                               \
    X(ORIGIN_META, "meta")                                                                         \
    X(ORIGIN_FEED, "feed")                                                                         \
    X(ORIGIN_DETECTED, "detected")
ENUM_DEFINE(origin, ORIGINS)

#define ENTITY_TYPES(X)                                                                            \
    X(ENTITY_PER, "PER")                                                                           \
    X(ENTITY_ORG, "ORG")                                                                           \
    X(ENTITY_LOC, "LOC")                                                                           \
    X(ENTITY_MISC, "MISC")
ENUM_DEFINE(entity_type, ENTITY_TYPES)

/* How a mention was found. */
#define MENTION_METHODS(X)                                                                         \
    X(MENTION_RULE, "rule")                                                                        \
    X(MENTION_GAZETTEER, "gazetteer")                                                              \
    X(MENTION_MODEL, "model")                                                                      \
    X(MENTION_DOCUMENT, "document") /* found elsewhere in the article, spread from there */        \
    X(MENTION_USER, "user")         /* a correction or the user's gazetteer */
ENUM_DEFINE(mention_method, MENTION_METHODS)

#define GENDERS(X)                                                                                 \
    X(GENDER_UNKNOWN, "unknown") X(GENDER_MASCULINE, "masculine") X(GENDER_FEMININE, "feminine")
ENUM_DEFINE(gender, GENDERS)

#define QUOTE_TYPES(X)                                                                             \
    X(QUOTE_DIRECT, "direct") X(QUOTE_INDIRECT, "indirect") X(QUOTE_MIXED, "mixed")
ENUM_DEFINE(quote_type, QUOTE_TYPES)

#define SPEAKER_KINDS(X)                                                                           \
    X(SPEAKER_PERSON, "person")                                                                    \
    X(SPEAKER_ORGANISATION, "organisation")                                                        \
    X(SPEAKER_COLLECTIVE, "collective")                                                            \
    X(SPEAKER_ANONYMOUS, "anonymous")                                                              \
    X(SPEAKER_AUTHOR, "author")                                                                    \
    X(SPEAKER_UNKNOWN, "unknown")
ENUM_DEFINE(speaker_kind, SPEAKER_KINDS)

#define CUE_CLASSES(X)                                                                             \
    X(CUE_NEUTRAL, "neutral")                                                                      \
    X(CUE_ASSERT, "assert")                                                                        \
    X(CUE_DISTANCE, "distance")                                                                    \
    X(CUE_CONCEDE, "concede")                                                                      \
    X(CUE_ANNOUNCE, "announce")                                                                    \
    X(CUE_ASK, "ask")                                                                              \
    X(CUE_ORDER, "order")                                                                          \
    X(CUE_DENY, "deny")                                                                            \
    X(CUE_CRITICISE, "criticise")                                                                  \
    X(CUE_PRAISE, "praise")                                                                        \
    X(CUE_WARN, "warn")                                                                            \
    X(CUE_THINK, "think")
ENUM_DEFINE(cue_class, CUE_CLASSES)

/* What quotation marks are for when nobody is reported as saying the words. */
#define MARK_USES(X)                                                                               \
    X(MARK_QUOTE, "quote") /* part of a quote: not listed among quotation_marks */                 \
    X(MARK_TITLE, "title")                                                                         \
    X(MARK_NICKNAME, "nickname")                                                                   \
    X(MARK_TERM, "term")                                                                           \
    X(MARK_SCARE, "scare")
ENUM_DEFINE(mark_use, MARK_USES)

/* What a write did. */
#define OUTCOMES(X)                                                                                \
    X(OUTCOME_CREATED, "created")                                                                  \
    X(OUTCOME_REVISED, "revised")                                                                  \
    X(OUTCOME_UNCHANGED, "unchanged")                                                              \
    X(OUTCOME_DELETED, "deleted")
ENUM_DEFINE(outcome, OUTCOMES)

#endif

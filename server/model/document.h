/* A document: what a reader made of the bytes, before any analysis.
 *
 * Shape:  `text` is the stored plain text; title, standfirst and every block are spans of it. Blocks
 *         are in order, do not overlap, and exclude line ends. Boilerplate blocks are kept, never
 *         analysed.
 * Units:  spans in bytes of `text`, end-exclusive (views convert to code points). Times in ms since
 *         the epoch; a date without a time keeps date_only.
 * Memory: everything borrows from the arena that the reader was given.
 */
#ifndef GUILLEMET_MODEL_DOCUMENT_H
#define GUILLEMET_MODEL_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "model/enums.h"

struct span {
    uint32_t start_byte, end_byte;
};

struct block {
    enum block_kind kind;
    struct span span;
};

/* A moment, or a day when date_only; absent when !present. */
struct moment {
    bool present, date_only;
    int64_t time_ms;
    enum origin origin;
};

/* A text field that remembers who said it. */
struct field {
    struct slice text; /* absent when unknown */
    enum origin origin;
};

struct warning {
    const char *code;    /* stable: "unknown_field", "charset_converted"… */
    struct slice detail; /* for a person: what and where */
};

struct document {
    struct slice text; /* valid UTF-8, at most DOCUMENT_TEXT_MOST bytes */
    struct block *blocks;
    size_t block_count;

    struct field title, standfirst; /* slices of `text` for plain text */
    struct field url, canonical_url, external_id;
    struct field source, section, image, dateline;
    struct field lang; /* as submitted or declared; absent: to be detected */
    struct slice *bylines;
    size_t byline_count;
    struct slice *credits; /* agencies whose copy it prints */
    size_t credit_count;
    struct slice *keywords;
    size_t keyword_count;
    struct moment published, modified;

    uint32_t word_count;
    struct warning *warnings;
    size_t warning_count;
};

/* Longest text of one article, in bytes. Longer input is RC_TOO_LARGE. */
#define DOCUMENT_TEXT_MOST (10u * 1024u * 1024u)

#endif

/* Plain text → blocks with kinds: title, standfirst, subheadings, lists, interviews, captions, boilerplate.
 *
 * Shape:  where blank lines separate blocks, lines that were only filled to one width are joined; else each
 *         line is one block. Kinds come from
 *         form (length, final stop, place) and from the language packs' phrases, see layout_kinds.c.
 *         Nothing is lost: every non-blank line is in exactly one block.
 * Errors: RC_NOMEM alone. A title or standfirst that the metadata already has is looked for in the text and
 *         then becomes a span of it; else it stays as submitted.
 * Speed:  linear in the text's length.
 */
#ifndef GUILLEMET_INGEST_LAYOUT_H
#define GUILLEMET_INGEST_LAYOUT_H

#include "ingest/formulas.h"
#include "model/document.h"

/* Fills blocks, title, standfirst, bylines, dateline and word_count of a document whose text is set. */
enum rc layout_find(struct document *document, struct arena *arena, struct err *e);

/* Words of the blocks that aren't boilerplate: runs between blanks that hold a letter or a digit. */
uint32_t layout_count_words(const struct document *document);

/* ---- between layout.c and layout_kinds.c */

enum piece_flag {
    PIECE_STOP = 1,     /* ends with . ! ? or …, closing marks aside */
    PIECE_QUESTION = 2, /* ends with ? */
    PIECE_OPEN_END = 4, /* ends with , ; or : */
    PIECE_ONE_LINE = 8,
    PIECE_BYLINE = 16,
    PIECE_UPPER = 32,     /* begins with a capital, a digit or an opening mark */
    PIECE_MARKS = 64,     /* has a quotation mark inside */
    PIECE_DASH = 128,     /* begins with a dash */
    PIECE_BULLET = 256,   /* begins with a bullet */
    PIECE_NUMBERED = 512, /* begins with "1." or "1)" */
    PIECE_COLON = 1024    /* ends with a colon */
};

struct piece {
    struct span span;
    uint32_t code_points;
    uint16_t flags; /* enum piece_flag */
    uint8_t kind;   /* enum block_kind */
};

struct pieces {
    struct piece *items;
    size_t count, capacity;
};

struct layout {
    struct arena *arena; /* has an escape set */
    struct document *document;
    struct formula_packs packs;
    struct pieces pieces;
    bool interviewed; /* a line says that this is an interview */
};

static inline struct slice layout_text(const struct layout *l, const struct piece *p)
{
    return slice_of(l->document->text.ptr + p->span.start_byte,
                    (size_t)(p->span.end_byte - p->span.start_byte));
}

/* Decides the kinds of all pieces and files title, standfirst, bylines and dateline. */
void layout_kinds(struct layout *l);

#endif

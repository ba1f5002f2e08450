/* What differs between two revisions of an article, paragraph by paragraph, and word by word inside those that changed.
 *
 * Shape:   parts in the order of reading. Paragraphs compare by their very bytes; between those in common, a removed one and
 *          an added one that share half of their words are one that changed. Words are what blanks separate, so that a
 *          comma or an accent is a difference.
 *          Quotes compare by their folded words: the same words of another speaker are a change, as are other words that
 *          share half with those before.
 * Memory:  in the arena; texts borrow from the revisions.
 * Bounds:  beyond 600 paragraphs, or 600 words of a paragraph, what lies between the equal ends is told as replaced whole.
 */
#ifndef GUILLEMET_STORE_REVISION_DIFF_H
#define GUILLEMET_STORE_REVISION_DIFF_H

#include "store/articles.h"
#include "store/occurrences.h"

#define REVISION_CHANGES(X)                                                                        \
    X(REVISION_SAME, "same")                                                                       \
    X(REVISION_ADDED, "added")                                                                     \
    X(REVISION_REMOVED, "removed")                                                                 \
    X(REVISION_CHANGED, "changed")
ENUM_DEFINE(revision_change, REVISION_CHANGES)

#define REVISION_NO_BLOCK SIZE_MAX

struct revision_part {
    enum revision_change change;
    size_t from, to;              /* blocks; REVISION_NO_BLOCK: on that side there is none */
    struct store_diff_run *words; /* of a changed one */
    size_t word_count;
};

struct revision_diff {
    struct revision_part *items;
    size_t count, capacity;
    size_t paragraphs[REVISION_CHANGED + 1]; /* how many of each */
    size_t words_added, words_removed;
};

/* RC_NOMEM alone. */
enum rc revision_diff(const struct store_revision *from, const struct store_revision *to,
                      struct arena *arena, struct revision_diff *out, struct err *e);

struct revision_quote {
    struct slice text, speaker; /* speaker: its name as printed; may be absent */
};

struct revision_quotes {
    struct revision_part *items; /* without those that are the same */
    size_t count, capacity;
    size_t same;
};

enum rc revision_quotes(const struct revision_quote *from, size_t from_count,
                        const struct revision_quote *to, size_t to_count, struct arena *arena,
                        struct revision_quotes *out, struct err *e);

#endif

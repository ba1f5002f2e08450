/* Long inputs in portions: where one item of a feed or an array ends and the next begins, without reading it.
 *
 * Shape:   given what is in memory, from the portion that is due on, portions_next says where that portion ends, asks for more, or
 *          tells the end. A feed's portion is as many whole items as make up `least` bytes, to be read behind the
 *          feed's head (what stands before its first item); an array's is one value. Nothing is looked at twice.
 * Errors:  RC_INVALID for an array that is none, RC_TOO_LARGE for an item or a head that is too long; then the end.
 * Memory:  portions borrow the bytes given.
 */
#ifndef GUILLEMET_INGEST_PORTIONS_H
#define GUILLEMET_INGEST_PORTIONS_H

#include "base/err.h"
#include "base/slice.h"

#define PORTIONS_HEAD_MOST (256u * 1024u)

enum portions_kind { PORTIONS_NONE, PORTIONS_FEED, PORTIONS_ARRAY };
enum portions_step { PORTIONS_MORE, PORTIONS_HEAD, PORTIONS_ONE, PORTIONS_END, PORTIONS_FAULT };
enum portions_place { PLACE_BEFORE, PLACE_INSIDE, PLACE_AFTER };

struct portions {
    enum portions_kind kind;
    size_t most;  /* bytes of one item */
    size_t least; /* feed: bytes of a portion, but for the last */

    /* its own */
    size_t scanned;     /* of the bytes given: looked at */
    size_t last;        /* feed: where the last item starts that was seen */
    const char *hidden; /* feed: what ends the comment or CDATA section that `scanned` is in */
    char tag[40];       /* feed: of its items, as written */
    enum portions_place place;
    size_t count, depth; /* array: values before, brackets within the value */
    bool quoted, escaped, ended;
};

/* `bytes` begin with the portion that is due; `more`: others follow them. *used are those to take away before the next
 * call, *portion is the head, one item or several. */
enum portions_step portions_next(struct portions *p, struct slice bytes, bool more,
                                 struct slice *portion, size_t *used, struct err *e);
/* Items of a feed that is whole in memory. */
size_t portions_count_feed(struct slice bytes);
/* "[" behind blanks and a byte-order mark. */
bool portions_is_array(struct slice head);

#endif

/* The items of followed sources, written with their articles. Internal to store/. */
#ifndef GUILLEMET_STORE_FOLLOWED_ROWS_H
#define GUILLEMET_STORE_FOLLOWED_ROWS_H

#include "store/sources.h"
#include "store/writer.h"

struct followed {
    int64_t source; /* rowid */
    bool known;     /* the source gave the item before */
    bool others;    /* the article is another source's */
};

/* Before the article is written; `article` 0: there is none yet. RC_NOT_FOUND: the source isn't followed any more. */
enum rc followed_rows_look(struct writer *w, const struct store_followed *item, int64_t article,
                           struct followed *out, struct err *e);
/* After: what became of it. `existed`: before the write. */
void followed_rows_note(struct writer *w, const struct store_followed *item,
                        const struct followed *followed, int64_t article, bool existed,
                        enum outcome outcome);

#endif

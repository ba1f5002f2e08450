/* A quote from its rows: internal to store/.
 *
 * Shape:   a statement that begins with QUOTE_SELECT gives all that stands in the quote's own row and its article's;
 *          people, whom it is about and who else was weighed are read beside it. VIEW_SELECT reads what a list's reply
 *          needs beside the stored view (quote_views.h).
 * Memory:  what is read lives in the arena.
 * Errors:  the db's, sticky.
 */
#ifndef GUILLEMET_STORE_QUOTE_READ_H
#define GUILLEMET_STORE_QUOTE_READ_H

#include "store/entity_refs.h"
#include "store/list_sql.h"
#include "store/quotes.h"

#define QUOTE_SELECT                                                                               \
    "SELECT x.id, x.public_id, x.ordinal, x.sort_ms, x.lang, x.type, x.text, x.spans, x.block,"    \
    " x.cue_class, x.cue_text, x.cue_lemma, x.cue_start_byte, x.cue_end_byte, x.cue_start_cp,"     \
    " x.cue_end_cp, x.speaker_kind, x.speaker_implied, x.speaker_text, x.speaker_name,"            \
    " x.speaker_title, x.speaker_start_byte, x.speaker_end_byte, x.speaker_start_cp,"              \
    " x.speaker_end_cp, x.resolution, x.rule, x.channel, x.negated, x.hypothetical, "              \
    "x.in_headline,"                                                                               \
    " x.body_quote, x.before, x.after, x.confidence, x.corrected, x.about_count, x.people_count,"  \
    " x.alternative_count, a.public_id, a.title, a.url, a.canonical_url, a.published_ms,"          \
    " a.published_day, coalesce(a.source, 0), a.text_purged_ms IS NOT "                            \
    "NULL, x.speaker, x.affiliation"
#define QUOTE_JOINS " CROSS JOIN articles a ON a.id = x.article"

#define VIEW_SELECT                                                                                \
    "SELECT x.id, x.ordinal, x.view, x.public_id, x.sort_ms, x.text, x.before, x.after, "          \
    "a.public_id,"                                                                                 \
    " a.title, a.url, a.canonical_url, a.published_ms, a.published_day, coalesce(a.source, 0),"    \
    " a.text_purged_ms IS NOT NULL"

/* Where rows of other tables are read from, and into what. */
struct around {
    struct db *db;
    struct arena *arena;
    struct entity_refs *known; /* NULL: entities stay handles, see struct store_entity_ref */
};

/* Of QUOTE_SELECT's row. */
void quote_read(const struct around *from, sqlite3_stmt *s, struct store_quote *out, int64_t *row,
                int64_t *ordinal);
/* Of VIEW_SELECT's row. False: it has no view, and nothing but *row was read. */
bool quote_read_view(const struct around *from, sqlite3_stmt *s, struct store_quote *out,
                     int64_t *row, int64_t *ordinal);
/* By row, with a statement of its own. False: there is none. */
bool quote_read_one(const struct around *from, int64_t row, struct store_quote *out,
                    int64_t *ordinal);

#endif

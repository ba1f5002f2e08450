/* Facets of articles by what is said in them: how many have a quote of that type, cue, class or kind of speaker. An article
 * counts once for each value, however many of its quotes have it. */
#include "store/facet_rows.h"

#include "store/traits.h"

enum { CUES_MOST = 256 }; /* of one article, that are told apart */

static const struct {
    enum store_facet facet;
    unsigned shift, bits, none; /* `none`: the value that says that there is none */
} sets[] = {
    {FACET_TYPE, TRAIT_TYPE_SHIFT, 2, ~0u},
    {FACET_CUE_CLASS, TRAIT_CLASS_SHIFT, 4, 15},
    {FACET_SPEAKER_KIND, TRAIT_KIND_SHIFT, 3, ~0u},
};
enum { SETS = sizeof sets / sizeof sets[0] };

/* What the article at hand has. */
struct article {
    unsigned values[SETS];
    size_t cues[CUES_MOST], cue_count; /* places in the tally */
};

const char *facet_said_sql(void)
{
    return "SELECT x.article, x.traits, x.cue_key, x.cue_lemma FROM rows_of(?1) r"
           " CROSS JOIN quotes x INDEXED BY quotes_of_article ON x.article = r.row";
}

static void count_cue(struct facet_said *said, struct db *db, sqlite3_stmt *s, struct article *has)
{
    struct tally *tally = said->tallies[FACET_CUE];
    if (tally == NULL || db_null(s, 2)) {
        return;
    }
    size_t place = tally_add_text(tally, db, db_text(s, 2), db_text(s, 3), 0);
    for (size_t i = 0; i < has->cue_count; i++) {
        if (has->cues[i] == place) {
            return;
        }
    }
    if (!db->nomem && has->cue_count < CUES_MOST) {
        has->cues[has->cue_count++] = place;
        tally->items[place].count++;
    }
}

static void note(struct facet_said *said, struct db *db, sqlite3_stmt *s, struct article *has)
{
    int64_t traits = db_int(s, 1);
    for (size_t i = 0; i < SETS; i++) {
        unsigned value = (unsigned)((traits >> sets[i].shift) & ((INT64_C(1) << sets[i].bits) - 1));
        has->values[i] |= value == sets[i].none ? 0 : 1u << value;
    }
    count_cue(said, db, s, has);
}

static void settle(struct facet_said *said, struct db *db, struct article *has)
{
    for (size_t i = 0; i < SETS; i++) {
        struct tally *tally = said->tallies[sets[i].facet];
        said->having[sets[i].facet] += has->values[i] != 0;
        for (unsigned value = 0; tally != NULL && value < 1u << sets[i].bits; value++) {
            if (has->values[i] & 1u << value) {
                tally_add(tally, db, value, 1);
            }
        }
        has->values[i] = 0;
    }
    said->having[FACET_CUE] += has->cue_count > 0;
    has->cue_count = 0;
}

void facet_said_count(struct db *db, const struct row_set *set, struct facet_said *said)
{
    struct article has = {.cue_count = 0};
    int64_t last = -1;
    sqlite3_stmt *s = db_use(db, facet_said_sql());
    row_set_bind(s, 1, set);
    while (db_step(db, s)) {
        if (db_int(s, 0) != last) {
            settle(said, db, &has);
            last = db_int(s, 0);
        }
        note(said, db, s, &has);
    }
    db_done(s);
    settle(said, db, &has);
}

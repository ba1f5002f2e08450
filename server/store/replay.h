/* Corrections applied to an analysis that is being stored. Internal to store/. */
#ifndef GUILLEMET_STORE_REPLAY_H
#define GUILLEMET_STORE_REPLAY_H

#include "store/corrections.h"
#include "store/put.h"
#include "store/writer.h"

struct replay_entity {
    bool forbidden;
    int64_t entity; /* decided: this archive entity; 0: by matching */
    enum entity_type type;
    struct slice name; /* chosen by a person; absent: none */
};

/* What people decided about entities of this folded name and type, in this article (public id) or in all, in the
 * order of deciding. */
struct replay_entity replay_entity(struct writer *w, struct slice key, enum entity_type type,
                                   uint64_t article);
/* The entity that a correction's value names, forbidden ones too. In an archive built anew it may not exist yet:
 * then it is made of the description ("ORG Bercy"). */
int64_t replay_described(struct writer *w, struct slice value, struct slice described);

struct replay_quote {
    bool touched, rejected, has_type, has_speaker;
    enum quote_type type;
    int64_t speaker; /* rowid; 0: nobody known */
    enum speaker_kind kind;
    struct slice spans; /* spans_value.h; absent: as found */
    int64_t row;        /* of the quote, once it is written */
};

/* One per quote of the analysis, in the arena; NULL when there is nothing to apply. */
struct replay_quote *replay_quotes(struct writer *w, const struct put *put,
                                   const struct analysis *analysis);

/* Rowid of the entity that remains of this public id: 0 when there is none, or it is no name. */
int64_t replay_target(struct writer *w, uint64_t id);
bool replay_is_forbidden(struct writer *w, int64_t entity);

#endif

#include "ingest/known.h"

#include <stdatomic.h>
#include <stdlib.h>

#define SLOTS 65536 /* some hundred documents under way: two of them seldom share one by chance */

struct known {
    struct store_reader *reader;
    atomic_ushort under_way[SLOTS];
};

struct known *known_new(struct store *store, struct err *e)
{
    struct known *known = calloc(1, sizeof *known);
    if (!known) {
        err_nomem(e);
        return NULL;
    }
    if (store_reader_open(store, &known->reader, e)) {
        free(known);
        return NULL;
    }
    return known;
}

void known_free(struct known *known)
{
    if (known) {
        store_reader_close(known->reader);
        free(known);
    }
}

enum rc known_outlook(struct store_reader *reader, const struct document *document,
                      const struct identity *identity, struct store_outlook *out, struct err *e)
{
    struct store_write request = {.kind = STORE_PUT,
                                  .id = identity->id,
                                  .key_kind = identity->kind,
                                  .key = identity->key,
                                  .sent_url = identity->sent_url,
                                  .document = document,
                                  .content = identity->content,
                                  .revision = identity->revision};
    return store_article_outlook(reader, &request, out, e);
}

enum rc known_look(struct known *known, const struct document *document,
                   const struct identity *identity, struct store_outlook *out, struct err *e)
{
    return known_outlook(known->reader, document, identity, out, e);
}

struct known_keys known_keys_of(const struct document *document, const struct identity *identity)
{
    struct known_keys keys = {.slots = {(uint32_t)(identity->id % SLOTS)}, .count = 1};
    const struct slice names[] = {document->url.text, document->canonical_url.text,
                                  document->external_id.text};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (slice_present(names[i])) {
            struct digest sum = digest_sha256(&names[i], 1);
            keys.slots[keys.count++] = (uint32_t)(digest_id(&sum) % SLOTS);
        }
    }
    return keys;
}

bool known_is_under_way(const struct known *known, const struct known_keys *keys)
{
    bool found = false;
    for (size_t i = 0; i < keys->count; i++) {
        found = found || atomic_load(&known->under_way[keys->slots[i]]) > 0;
    }
    return found;
}

void known_enter(struct known *known, const struct known_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        atomic_fetch_add(&known->under_way[keys->slots[i]], 1);
    }
}

void known_leave(struct known *known, const struct known_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++) {
        atomic_fetch_sub(&known->under_way[keys->slots[i]], 1);
    }
}

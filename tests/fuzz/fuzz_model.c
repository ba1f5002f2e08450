/* Any bytes → tagger_open, as they are and with the header's fixed parts made right; what opens must be safe to tag with. */
#include <stdint.h>
#include <stdlib.h>

#include "analyse/tagger.h"
#include "text/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sentence[] = "M. Dupont a reçu Anne MARTIN à Lyon, pour l'OMS et la SNCF.";

static void tag(struct arena *arena, const struct tagger_model *model)
{
    struct block block = {BLOCK_PARAGRAPH, {0, sizeof sentence - 1}};
    struct document d = {
        .text = slice_of(sentence, sizeof sentence - 1), .blocks = &block, .block_count = 1};
    struct reading r = {.arena = arena, .document = &d, .pack = pack_for(SLICE("fr"))};
    struct lexicon lexicon = {0};
    struct tags tags = {0};
    tokens_scan(arena, r.pack, d.text, 0, (uint32_t)d.text.len, 0, &r.tokens);
    sentences_split(arena, d.text, &r.tokens, 0, &r.sentences);
    tagger_lexicon_read(&r, &lexicon);
    tagger_run(&r, &lexicon, model, &tags);
    for (size_t i = 0; i < tags.count; i++) {
        if (tags.items[i].first >= tags.items[i].end || tags.items[i].end > r.tokens.count) {
            abort();
        }
    }
}

static void tag_with(const struct tagger_model *model)
{
    struct arena *arena = arena_new(0);
    jmp_buf escape;
    if (arena) {
        arena_escape(arena, &escape);
        if (setjmp(escape) == 0) {
            tag(arena, model);
        }
    }
    arena_free(arena);
}

static void open_and_use(const char *bytes, size_t size)
{
    struct tagger_model model;
    struct err e = {.rc = RC_OK};
    enum rc rc = tagger_open(slice_of(bytes, size), true, &model, &e);
    if (rc == RC_OK) {
        tag_with(&model);
    } else if (!e.message[0]) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size ? size : 1); /* aligned, and exactly as long */
    if (!copy) {
        return 0;
    }
    memcpy(copy, data, size);
    open_and_use(copy, size);
    struct tagger_header h;
    if (size >= sizeof h) {
        memcpy(&h, copy, sizeof h);
        memcpy(h.magic, TAGGER_MAGIC, sizeof TAGGER_MAGIC);
        h.version = TAGGER_VERSION;
        h.labels = TAGGER_LABELS;
        h.size = (uint32_t)size;
        memcpy(copy, &h, sizeof h);
        h.checksum = tagger_checksum(slice_of(copy, size));
        memcpy(copy, &h, sizeof h);
        open_and_use(copy, size);
    }
    free(copy);
    return 0;
}

#include "analyse/analyse.h"

#include <math.h>
#include <stdlib.h>

#include "analyse/reading.h"
#include "base/clock.h"
#include "text/langid.h"

/* A page that declares one language and is plainly in another (a template's lang="en") is believed no
 * longer than this. What a caller submits is always believed. */
static const float OVERRULES_DECLARED = 0.9F;

/* What being named at the head of an article is worth beside being named often. */
static const float IN_TITLE = 0.35F, IN_STANDFIRST = 0.2F, IN_FIRST_PARAGRAPH = 0.15F,
                   BY_FREQUENCY = 0.3F;

struct job {
    struct reading reading;
    enum origin lang_origin;
};

static void warn(struct reading *r, const char *code, struct slice detail)
{
    *ARENA_PUSH(r->arena, &r->warnings) = (struct warning){.code = code, .detail = detail};
}

/* A text whose language isn't sure is still read with the pack that leads clearly: finding what is there in a
 * short note beats finding nothing; `lang` stays open, and a warning says why. */
static void find_pack(struct reading *r)
{
    if (slice_present(r->lang)) {
        r->pack = pack_for(r->lang);
        if (!r->pack) {
            warn(r, "no_language_pack",
                 arena_printf(r->arena,
                              "no language pack for \"%.*s\": only quotation marks were read",
                              SLICE_ARG(r->lang)));
        }
        return;
    }
    struct slice guess = langid_guess(r->arena, r->document->text);
    r->pack = slice_present(guess) ? pack_for(guess) : NULL;
    if (r->pack) {
        warn(r, "language_unsure",
             arena_printf(r->arena,
                          "the language is not sure; read as \"%.*s\": give lang to say it",
                          SLICE_ARG(guess)));
    } else {
        warn(r, "language_unknown",
             SLICE(
                 "the language is not known, only quotation marks were read: give lang to say it"));
    }
}

static void find_language(struct job *job)
{
    struct reading *r = &job->reading;
    const struct field *given = &r->document->lang;
    bool has_given = slice_present(given->text) && given->text.len > 0;
    if (has_given && given->origin == ORIGIN_SUBMITTED) {
        r->lang = given->text;
        r->lang_confidence = 1.0F;
        job->lang_origin = ORIGIN_SUBMITTED;
    } else {
        float confidence = 0.0F;
        struct slice found = langid_detect(r->arena, r->document->text, &confidence);
        bool same_pack =
            has_given && slice_present(found) && pack_for(found) == pack_for(given->text);
        if (has_given && (same_pack || !slice_present(found) || confidence < OVERRULES_DECLARED)) {
            r->lang = given->text;
            r->lang_confidence = same_pack ? 1.0F : 0.8F;
            job->lang_origin = given->origin;
        } else if (slice_present(found)) {
            r->lang = found;
            r->lang_confidence = confidence;
            job->lang_origin = ORIGIN_DETECTED;
        }
    }
    find_pack(r);
}

static void read_blocks(struct reading *r)
{
    const struct document *d = r->document;
    for (uint32_t b = 0; b < d->block_count; b++) {
        if (d->blocks[b].kind == BLOCK_BOILERPLATE) {
            continue;
        }
        struct span span = d->blocks[b].span;
        size_t first = r->tokens.count;
        tokens_scan(r->arena, r->pack, d->text, span.start_byte, span.end_byte, b, &r->tokens);
        sentences_split(r->arena, d->text, &r->tokens, first, &r->sentences);
    }
    r->name_at = ARENA_ARRAY(r->arena, uint32_t, r->tokens.count);
    memset(r->name_at, 0xff, r->tokens.count * sizeof *r->name_at);
}

static void count_stage(const struct reading *r, enum analyse_stage stage, int64_t *since_us)
{
    if (r->options && r->options->stage_cpu_us) {
        int64_t now_us = clock_cpu_us();
        r->options->stage_cpu_us[stage] += now_us - *since_us;
        *since_us = now_us;
    }
}

/* The block that counts as the article's first paragraph, or NO_INDEX. */
static uint32_t first_paragraph(const struct document *d)
{
    for (uint32_t b = 0; b < d->block_count; b++) {
        if (d->blocks[b].kind == BLOCK_PARAGRAPH) {
            return b;
        }
    }
    return NO_INDEX;
}

static float prominence(const struct reading *r, const struct entity *e, uint32_t lead, size_t most)
{
    float title = 0, standfirst = 0, first = 0;
    for (size_t i = 0; i < e->mention_count; i++) {
        uint32_t b = r->tokens.items[r->names.items[e->mentions[i]].first].block;
        if (r->document->blocks[b].kind == BLOCK_TITLE) {
            title = IN_TITLE;
        } else if (r->document->blocks[b].kind == BLOCK_STANDFIRST) {
            standfirst = IN_STANDFIRST;
        } else if (b == lead) {
            first = IN_FIRST_PARAGRAPH;
        }
    }
    return title + standfirst + first + BY_FREQUENCY * (float)e->mention_count / (float)most;
}

struct ranked {
    float prominence;
    uint32_t index;
};

static int by_prominence(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->prominence < y->prominence || x->prominence > y->prominence) {
        return x->prominence < y->prominence ? 1 : -1;
    }
    return (x->index > y->index) - (x->index < y->index);
}

static void move_entity(uint32_t *entity, const uint32_t *new_index)
{
    if (*entity != NO_INDEX) {
        *entity = new_index[*entity];
    }
}

static void move_speaker(struct speaker *s, const uint32_t *new_index)
{
    if (s->present) {
        move_entity(&s->entity, new_index);
        move_entity(&s->affiliation, new_index);
    }
}

static void move_quote(struct quote *q, const uint32_t *new_index)
{
    move_speaker(&q->speaker, new_index);
    move_speaker(&q->reported_by, new_index);
    move_speaker(&q->addressee, new_index);
    for (size_t i = 0; i < q->alternative_count; i++) {
        move_entity(&q->alternatives[i].entity, new_index);
    }
    for (size_t i = 0; i < q->about_count; i++) {
        move_entity(&q->about[i], new_index);
    }
}

/* Most prominent entities first, and everything that points at them moved along. */
static void rank_entities(struct reading *r)
{
    size_t count = r->entities.count, most = 1;
    struct ranked *order = ARENA_ARRAY(r->arena, struct ranked, count);
    for (size_t i = 0; i < count; i++) {
        size_t mentions = r->entities.items[i].mention_count;
        most = mentions > most ? mentions : most;
    }
    uint32_t lead = first_paragraph(r->document);
    for (uint32_t i = 0; i < count; i++) {
        struct entity *e = &r->entities.items[i];
        e->prominence = prominence(r, e, lead, most);
        order[i] = (struct ranked){e->prominence, i};
    }
    qsort(order, count, sizeof *order, by_prominence);
    struct entity *sorted = ARENA_ARRAY(r->arena, struct entity, count);
    uint32_t *new_index = ARENA_ARRAY(r->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = r->entities.items[order[i].index];
        new_index[order[i].index] = i;
    }
    r->entities.items = sorted;
    r->entities.capacity = count;
    for (size_t i = 0; i < r->names.count; i++) {
        move_entity(&r->names.items[i].entity, new_index);
    }
    for (size_t i = 0; i < r->quotes.count; i++) {
        move_quote(&r->quotes.items[i], new_index);
    }
}

static void write_mentions(struct reading *r, struct analysis *a)
{
    a->mention_count = r->names.count;
    a->mentions = ARENA_ARRAY(r->arena, struct mention, r->names.count);
    for (size_t i = 0; i < r->names.count; i++) {
        const struct name *n = &r->names.items[i];
        a->mentions[i] = (struct mention){.span = n->span,
                                          .type = n->type,
                                          .block = r->tokens.items[n->first].block,
                                          .entity = n->entity,
                                          .confidence = n->confidence,
                                          .method = n->method};
    }
}

static struct analysis *write_analysis(struct job *job)
{
    struct reading *r = &job->reading;
    struct analysis *a = ARENA_NEW(r->arena, struct analysis);
    rank_entities(r);
    write_mentions(r, a);
    a->lang = r->lang;
    a->lang_confidence = r->lang_confidence;
    a->lang_origin = job->lang_origin;
    a->entities = r->entities.items;
    a->entity_count = r->entities.count;
    a->quotes = r->quotes.items;
    a->quote_count = r->quotes.count;
    a->marks = r->marks.items;
    a->mark_count = r->marks.count;
    a->warnings = r->warnings.items;
    a->warning_count = r->warnings.count;
    a->analyser = analyse_version();
    return a;
}

static struct analysis *read_document(struct job *job)
{
    struct reading *r = &job->reading;
    int64_t since_us = clock_cpu_us();
    find_language(job);
    read_blocks(r);
    count_stage(r, STAGE_TOKENS, &since_us);
    names_find(r);
    roles_find(r);
    count_stage(r, STAGE_NAMES, &since_us);
    quotes_find(r);
    speakers_resolve(r);
    struct analysis *a = write_analysis(job);
    count_stage(r, STAGE_QUOTES, &since_us);
    return a;
}

enum rc analyse_document(const struct document *document, const struct analyse_options *options,
                         struct arena *arena, struct analysis **out, struct err *e)
{
    jmp_buf out_of_memory;
    jmp_buf *before = arena_escape(arena, &out_of_memory);
    if (setjmp(out_of_memory)) {
        arena_escape(arena, before);
        return err_nomem(e);
    }
    struct job *job = ARENA_NEW(arena, struct job);
    job->reading.arena = arena;
    job->reading.document = document;
    job->reading.options = options;
    *out = read_document(job);
    arena_escape(arena, before);
    return RC_OK;
}

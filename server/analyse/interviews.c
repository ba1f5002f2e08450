/* Interviews: what is printed as an answer is said by the person interviewed, marks or not. */
#include "analyse/quoting.h"

static bool opens_with_dash(const struct quoting *q, uint32_t first)
{
    return word_is_any(q, first, "– — ― -");
}

/* Whether answers are told from questions by a dash: then a block without one is no answer. */
static bool dashes_tell(const struct quoting *q)
{
    const struct document *d = q->r->document;
    uint32_t last = NO_INDEX;
    for (uint32_t i = 0; i < q->r->tokens.count; i++) {
        uint32_t block = q->r->tokens.items[i].block;
        if (block != last && d->blocks[block].kind == BLOCK_ANSWER && opens_with_dash(q, i)) {
            return true;
        }
        last = block;
    }
    return false;
}

/* The person whom title, standfirst and lead name most before the first answer. */
static uint32_t interviewee(const struct quoting *q)
{
    const struct document *d = q->r->document;
    uint32_t best = NO_INDEX;
    float most = 0;
    float *score = ARENA_ARRAY(q->r->arena, float, q->r->entities.count + 1);
    for (size_t n = 0; n < q->r->names.count; n++) {
        const struct name *name = &q->r->names.items[n];
        uint32_t block = q->r->tokens.items[name->first].block;
        enum block_kind kind = d->blocks[block].kind;
        if (kind == BLOCK_ANSWER || kind == BLOCK_QUESTION) {
            break;
        }
        if (name->type != ENTITY_PER || name->entity == NO_INDEX) {
            continue;
        }
        score[name->entity] += kind == BLOCK_TITLE ? 3.0F : kind == BLOCK_STANDFIRST ? 2.0F : 1.0F;
        if (score[name->entity] > most) {
            most = score[name->entity];
            best = name->entity;
        }
    }
    return best;
}

/* "Claire Morel :" in front of an answer. */
static uint32_t behind_label(const struct quoting *q, uint32_t first, uint32_t end,
                             uint32_t *entity)
{
    uint32_t i = first + (uint32_t)opens_with_dash(q, first);
    uint32_t name = q->r->name_at && i < end ? q->r->name_at[i] : NO_INDEX;
    if (name != NO_INDEX && word_is_any(q, q->r->names.items[name].end, ": .") &&
        q->r->names.items[name].type == ENTITY_PER && q->r->names.items[name].end + 1 < end) {
        *entity = q->r->names.items[name].entity;
        return q->r->names.items[name].end + 1;
    }
    return i;
}

static void answer_read(struct quoting *q, uint32_t first, uint32_t end, uint32_t speaker,
                        uint32_t frame)
{
    struct draft d = {.type = QUOTE_DIRECT,
                      .rule = "interview",
                      .block = q->r->tokens.items[first].block,
                      .frame = frame,
                      .floating = speaker == NO_INDEX,
                      .confidence = 0.8F};
    d.by.verb = d.by.cue_first = NO_INDEX;
    d.by.source = d.by.reporter =
        (struct phrase){.first = NO_INDEX, .end = NO_INDEX, .name = NO_INDEX};
    uint32_t from = behind_label(q, first, end, &speaker);
    draft_span(q, &d, from, end, true);
    if (draft_write(q, &d) != NO_INDEX) {
        q->notes[q->note_count - 1].entity = speaker;
    }
}

/* « … » over an interview: whoever is interviewed says so. */
static void headlines_claim(struct quoting *q, uint32_t speaker)
{
    for (size_t i = 0; speaker != NO_INDEX && i < q->r->quotes.count; i++) {
        if (q->r->quotes.items[i].in_headline && q->notes[i].floating) {
            q->notes[i].entity = speaker;
        }
    }
}

void interviews_read(struct quoting *q)
{
    const struct document *d = q->r->document;
    bool any = false;
    for (size_t b = 0; b < d->block_count && !any; b++) {
        any = d->blocks[b].kind == BLOCK_ANSWER;
    }
    if (!any) {
        return;
    }
    bool dashes = dashes_tell(q);
    uint32_t speaker = interviewee(q), frame = 0;
    q->interviewee = speaker;
    headlines_claim(q, speaker);
    for (uint32_t i = 0; i < q->r->tokens.count;) {
        uint32_t end = i, block = q->r->tokens.items[i].block;
        while (end < q->r->tokens.count && q->r->tokens.items[end].block == block) {
            end++;
        }
        while (frame + 1 < q->frames.count && q->frames.items[frame].end <= i) {
            frame++;
        }
        if (d->blocks[block].kind == BLOCK_ANSWER && (!dashes || opens_with_dash(q, i))) {
            answer_read(q, i, end, speaker, frame);
        }
        i = end;
    }
}

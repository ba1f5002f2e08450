#include "sample.h"

#include <assert.h>

static const char text[] =
    "Été à Dieppe\n« Ça ira à Dieppe », aurait dit à l'AFP Zoé Lebrun, maire. "
    "Un « été » dit long.";

struct span sample_span(const struct sample *s, const char *words, int n)
{
    size_t at = slice_find(s->document.text, slice_cstr(words), 0);
    while (n-- > 0) {
        at = slice_find(s->document.text, slice_cstr(words), at + 1);
    }
    assert(at != SIZE_MAX);
    return (struct span){(uint32_t)at, (uint32_t)(at + strlen(words))};
}

static void fill_document(struct sample *s)
{
    struct document *d = &s->document;
    d->text = slice_cstr(text);
    s->blocks[0] = (struct block){BLOCK_TITLE, sample_span(s, "Été à Dieppe", 0)};
    s->blocks[1] =
        (struct block){BLOCK_PARAGRAPH, {s->blocks[0].span.end_byte + 1, (uint32_t)d->text.len}};
    d->blocks = s->blocks;
    d->block_count = 2;
    d->title = (struct field){SLICE("Été à Dieppe"), ORIGIN_TEXT};
    d->url = (struct field){SLICE("https://gazette.example/a?b=\"c\""), ORIGIN_SUBMITTED};
    d->published = (struct moment){true, true, 1770076800000, ORIGIN_SUBMITTED};
    d->word_count = 15;
    s->warnings[0] = (struct warning){"unknown_field", SLICE("/colour is not read")};
    d->warnings = s->warnings;
    d->warning_count = 1;
}

static void fill_entities(struct sample *s)
{
    s->mentions[0] =
        (struct mention){sample_span(s, "Dieppe", 0), ENTITY_LOC, 0, 1, 0.75f, MENTION_GAZETTEER};
    s->mentions[1] =
        (struct mention){sample_span(s, "Dieppe", 1), ENTITY_LOC, 1, 1, 0.5f, MENTION_DOCUMENT};
    s->mentions[2] =
        (struct mention){sample_span(s, "Zoé Lebrun", 0), ENTITY_PER, 1, 0, 1.0f, MENTION_MODEL};
    s->mentions_of[0][0] = 2;
    s->mentions_of[1][0] = 0;
    s->mentions_of[1][1] = 1;
    s->aliases[0] = (struct alias){SLICE("Zoé Lebrun"), 1};
    s->aliases[1] = (struct alias){SLICE("Dieppe"), 2};
    s->titles[0] = (struct title){SLICE("maire"), sample_span(s, "maire", 0)};
    s->entities[0] = (struct entity){.name = SLICE("Zoé Lebrun"),
                                     .type = ENTITY_PER,
                                     .prominence = 0.5f,
                                     .aliases = &s->aliases[0],
                                     .alias_count = 1,
                                     .titles = s->titles,
                                     .title_count = 1,
                                     .mentions = s->mentions_of[0],
                                     .mention_count = 1};
    s->entities[1] = (struct entity){.name = SLICE("Dieppe"),
                                     .type = ENTITY_LOC,
                                     .prominence = 0.25f,
                                     .aliases = &s->aliases[1],
                                     .alias_count = 1,
                                     .mentions = s->mentions_of[1],
                                     .mention_count = 2};
}

static void fill_quotes(struct sample *s)
{
    struct span words = sample_span(s, "Ça ira à Dieppe", 0);
    s->spans[0] = (struct quote_span){words, true};
    s->alternatives[0] = (struct alternative){1, 0.125f};
    s->about[0] = 1;
    s->quotes[0] =
        (struct quote){.type = QUOTE_DIRECT,
                       .text = SLICE("Ça ira à Dieppe"),
                       .spans = &s->spans[0],
                       .span_count = 1,
                       .cue = {true, sample_span(s, "aurait dit", 0), SLICE("aurait dit"),
                               SLICE("dire"), CUE_NEUTRAL},
                       .speaker = {.present = true,
                                   .span = sample_span(s, "Zoé Lebrun", 0),
                                   .text = SLICE("Zoé Lebrun"),
                                   .kind = SPEAKER_PERSON,
                                   .entity = 0,
                                   .name = SLICE("Zoé Lebrun"),
                                   .title = SLICE("maire"),
                                   .affiliation = 1},
                       .resolution = "nearest_name",
                       .alternatives = s->alternatives,
                       .alternative_count = 1,
                       .channel = SLICE("à l'AFP"),
                       .hypothetical = true,
                       .body_quote = NO_INDEX,
                       .about = s->about,
                       .about_count = 1,
                       .after = sample_span(s, ", aurait dit à l'AFP Zoé Lebrun, maire.", 0),
                       .confidence = 0.875f,
                       .rule = "marks_cue",
                       .block = 1};
    s->spans[1] = (struct quote_span){sample_span(s, "long", 0), false};
    s->quotes[1] = (struct quote){.type = QUOTE_INDIRECT,
                                  .text = SLICE("long"),
                                  .spans = &s->spans[1],
                                  .span_count = 1,
                                  .speaker = {.present = true,
                                              .implied = true,
                                              .kind = SPEAKER_UNKNOWN,
                                              .entity = NO_INDEX,
                                              .affiliation = NO_INDEX},
                                  .body_quote = 0,
                                  .confidence = 0.25f,
                                  .rule = "cue_clause",
                                  .block = 1};
}

void sample_init(struct sample *s)
{
    *s = (struct sample){0};
    fill_document(s);
    fill_entities(s);
    fill_quotes(s);
    s->marks[0] = (struct mark){sample_span(s, "été", 0), MARK_TERM};
    s->warnings[1] = (struct warning){"short_text", SLICE("the language is a guess")};
    s->analysis = (struct analysis){.lang = SLICE("fr"),
                                    .lang_confidence = 0.5f,
                                    .lang_origin = ORIGIN_DETECTED,
                                    .mentions = s->mentions,
                                    .mention_count = 3,
                                    .entities = s->entities,
                                    .entity_count = 2,
                                    .quotes = s->quotes,
                                    .quote_count = 2,
                                    .marks = s->marks,
                                    .mark_count = 1,
                                    .warnings = &s->warnings[1],
                                    .warning_count = 1,
                                    .analyser = "1.0.0"};
}

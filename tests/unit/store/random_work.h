/* Random articles over a small world of names, so that counters, aliases and titles collide a lot. */
#ifndef GUILLEMET_TESTS_STORE_RANDOM_WORK_H
#define GUILLEMET_TESTS_STORE_RANDOM_WORK_H

#include "fixture.h"

static const struct {
    const char *full, *alone, *title;
    enum entity_type type;
} world[] = {
    {"Emmanuel Macron", "Macron", "président", ENTITY_PER},
    {"Brigitte Macron", "Macron", "épouse", ENTITY_PER},
    {"Steve Witkoff", "Witkoff", "émissaire", ENTITY_PER},
    {"Marco Rubio", "Rubio", "ministre", ENTITY_PER},
    {"Bloomberg", NULL, NULL, ENTITY_ORG},
    {"Kremlin", NULL, NULL, ENTITY_ORG},
    {"Washington", NULL, NULL, ENTITY_LOC},
    {"Genève", NULL, NULL, ENTITY_LOC},
};
#define WORLD (sizeof world / sizeof world[0])

static unsigned draw(unsigned *seed, unsigned most)
{
    *seed = *seed * 1103515245u + 12345u;
    return (*seed >> 16) % most;
}

/* The words of random article `number` in version `version`. */
static void random_article(struct fixture *f, unsigned number, unsigned version)
{
    unsigned seed = number * 7919u + version * 104729u + 1, chosen[3];
    static char url[64], body[2000], words[4][32];
    size_t count = 1 + draw(&seed, 3), quotes = draw(&seed, 4);
    snprintf(url, sizeof url, "https://example.org/random/%u", number);
    body[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        chosen[i] = (draw(&seed, WORLD - 2) + (unsigned)i) % WORLD;
        const char *title = world[chosen[i]].title ? world[chosen[i]].title : "là";
        snprintf(body + strlen(body), sizeof body - strlen(body), "%s, %s, parle à %s. ",
                 world[chosen[i]].full, title,
                 world[chosen[i]].alone ? world[chosen[i]].alone : "eux");
    }
    for (size_t i = 0; i < quotes; i++) {
        snprintf(words[i], sizeof words[i], "mots %u", draw(&seed, 5));
        snprintf(body + strlen(body), sizeof body - strlen(body), "« %s ». ", words[i]);
    }
    fixture_begin(f, url, "Titre", body);
    f->document.published.time_ms += draw(&seed, 100) * 1000LL;
    f->document.published.present = draw(&seed, 10) > 0;
    f->document.source.text = draw(&seed, 2)   ? SLICE("A")
                              : draw(&seed, 2) ? SLICE("B")
                                               : SLICE_NONE;
    f->analysis.lang = draw(&seed, 5) ? SLICE("fr") : draw(&seed, 2) ? SLICE("en") : SLICE_NONE;
    for (size_t i = 0; i < count; i++) {
        uint32_t at = fixture_entity(f, world[chosen[i]].full, world[chosen[i]].type);
        fixture_mention(f, at, world[chosen[i]].full);
        if (world[chosen[i]].alone != NULL) {
            fixture_mention(f, at, world[chosen[i]].alone);
            fixture_title(f, at, world[chosen[i]].title);
        }
    }
    for (size_t i = 0; i < quotes; i++) {
        struct quote *q =
            fixture_quote(f, words[i], draw(&seed, 4) ? draw(&seed, (unsigned)count) : NO_INDEX,
                          (enum quote_type)draw(&seed, 3));
        fixture_about(f, q, draw(&seed, (unsigned)count));
        fixture_about(f, q, draw(&seed, (unsigned)count));
    }
}

#endif

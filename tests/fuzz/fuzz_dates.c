/* Any bytes as a date: of a feed, of a page's prose, of an address, of a parameter. What is found lies within the years that are
 * promised, and what is written of it is read again as the same. The first byte picks the language. */
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "ingest/datetext.h"
#include "text/dates.h"
#include "text/utf8.h"

CLEANUP_DEFINE(arena_free, struct arena)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool true_thing)
{
    if (!true_thing) {
        abort();
    }
}

static void check(int64_t time_ms, bool date_only)
{
    char text[32];
    int64_t again_ms;
    bool again_only;
    dates_format(time_ms, date_only, text);
    must(dates_parse_iso(slice_cstr(text), &again_ms, &again_only));
    must(again_only == date_only);
    must(date_only || again_ms / 1000 == time_ms / 1000);
}

static void read_all(struct slice text, struct arena *arena, struct slice lang)
{
    struct formula_packs packs = formula_packs_for(lang);
    struct moment moment = {.present = false};
    if (datetext_read(text, &packs, arena, &moment)) {
        check(moment.time_ms, moment.date_only);
    }
    if (datetext_marked(text, &packs, arena, "published", &moment)) {
        check(moment.time_ms, moment.date_only);
    }
    if (datetext_of_url(text, &moment)) {
        check(moment.time_ms, moment.date_only);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_free_p) struct arena *arena = arena_new(64u << 20);
    if (size < 1 || !arena) {
        return 0;
    }
    struct slice text = slice_of((const char *)data + 1, size - 1);
    struct slice langs[] = {SLICE("fr"), SLICE("en"), SLICE_NONE};
    int64_t time_ms;
    bool date_only;
    if (dates_parse_iso(text, &time_ms, &date_only)) {
        check(time_ms, date_only);
    }
    if (!utf8_valid(text, NULL)) {
        return 0; /* readers decode first */
    }
    jmp_buf out;
    arena_escape(arena, &out);
    if (setjmp(out) == 0) {
        read_all(text, arena, langs[data[0] % 3]);
    }
    return 0;
}

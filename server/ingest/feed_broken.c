#include "ingest/feed_broken.h"

#include <stdint.h>
#include <strings.h>

#define AROUND_MOST 4096u /* it is parsed anew with each item */
#define OPEN_MOST   3     /* elements that items stand in */

static const char *const holders[] = {"rss", "rdf", "feed", "channel"};

/* The local name of the tag whose name starts here. */
static struct slice local_name(struct slice s)
{
    size_t len = 0, from = 0;
    while (len < s.len && !strchr(" \t\r\n/>", s.ptr[len])) {
        from = s.ptr[len++] == ':' ? len : from;
    }
    return slice_of(s.ptr + from, len - from);
}

static bool is_holder(struct slice name)
{
    for (size_t i = 0; i < sizeof holders / sizeof holders[0]; i++) {
        if (name.len == strlen(holders[i]) && strncasecmp(name.ptr, holders[i], name.len) == 0) {
            return true;
        }
    }
    return false;
}

/* Start tags that are open at the end of `head`, one after the other; absent: too long, or no memory. */
static struct slice open_tags(struct slice head, struct arena *arena)
{
    struct slice open[OPEN_MOST], around = SLICE("");
    size_t count = 0;
    for (size_t at = slice_find(head, SLICE("<"), 0); at != SIZE_MAX;
         at = slice_find(head, SLICE("<"), at + 1)) {
        bool closes = at + 1 < head.len && head.ptr[at + 1] == '/';
        size_t name_at = at + 1 + closes, end = slice_find(head, SLICE(">"), at);
        if (end == SIZE_MAX ||
            !is_holder(local_name(slice_of(head.ptr + name_at, end + 1 - name_at)))) {
            continue;
        }
        if (closes) {
            count -= count > 0;
        } else if (head.ptr[end - 1] != '/' && count < OPEN_MOST) {
            open[count++] = slice_of(head.ptr + at, end + 1 - at);
        }
    }
    for (size_t i = 0; i < count && slice_present(around); i++) {
        around = around.len + open[i].len > AROUND_MOST
                     ? SLICE_NONE
                     : arena_printf(arena, "%.*s%.*s", SLICE_ARG(around), SLICE_ARG(open[i]));
    }
    return count > 0 ? around : SLICE_NONE;
}

/* Neither the item nor the feed has an end. */
static bool is_cut(const struct portions *portions, struct slice item)
{
    struct slice tag = slice_cstr(portions->tag);
    for (size_t at = slice_find(item, SLICE("</"), 0); at != SIZE_MAX;
         at = slice_find(item, SLICE("</"), at + 1)) {
        struct slice rest = slice_of(item.ptr + at + 2, item.len - at - 2);
        if (slice_starts(rest, tag) || is_holder(local_name(rest))) {
            return false;
        }
    }
    return true;
}

bool feed_broken_open(struct slice text, struct arena *arena, struct feed_broken *out)
{
    struct err ignored;
    struct slice head = SLICE_NONE;
    size_t used = 0;
    *out = (struct feed_broken){.portions = {.kind = PORTIONS_FEED, .most = SIZE_MAX, .least = 1},
                                .rest = text};
    if (portions_next(&out->portions, text, false, &head, &used, &ignored) != PORTIONS_HEAD) {
        return false;
    }
    out->rest = slice_of(text.ptr + used, text.len - used);
    out->around = open_tags(head, arena);
    return slice_present(out->around);
}

bool feed_broken_next(struct feed_broken *broken, struct arena *arena, struct slice *xml)
{
    struct err ignored;
    struct slice item = SLICE_NONE;
    size_t used = 0;
    if (portions_next(&broken->portions, broken->rest, false, &item, &used, &ignored) !=
        PORTIONS_ONE) {
        return false;
    }
    broken->rest = slice_of(broken->rest.ptr + used, broken->rest.len - used);
    broken->cut = broken->rest.len == 0 && is_cut(&broken->portions, item);
    *xml = arena_printf(arena, "%.*s%.*s", SLICE_ARG(broken->around), SLICE_ARG(item));
    return true;
}

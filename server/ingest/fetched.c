#include "ingest/fetched.h"

#include <string.h>
#include <strings.h>

#include "ingest/identity.h"
#include "ingest/ingest.h"

/* Below these a domain is given away: "presse.co.uk" is one site and "autre.co.uk" another. */
static const char *const second_levels[] = {"co",   "com", "org", "net", "ac",
                                            "gouv", "gov", "edu", "asso"};

static struct slice host_of(struct slice url)
{
    size_t start = slice_find(url, SLICE("://"), 0), end;
    start = start == SIZE_MAX ? url.len : start + 3;
    for (end = start; end < url.len && !memchr("/?#:", url.ptr[end], 4); end++) {
    }
    return slice_of(url.ptr + start, end - start);
}

static bool is_second_level(struct slice label)
{
    for (size_t i = 0; i < sizeof second_levels / sizeof second_levels[0]; i++) {
        if (label.len == strlen(second_levels[i]) &&
            strncasecmp(label.ptr, second_levels[i], label.len) == 0) {
            return true;
        }
    }
    return false;
}

static size_t label_before(struct slice host, size_t end)
{
    while (end > 0 && host.ptr[end - 1] != '.') {
        end--;
    }
    return end;
}

/* "www.presse.example" → "presse.example"; an address of numbers is whole. */
static struct slice domain_of(struct slice host)
{
    bool numbers =
        host.len > 0 &&
        (host.ptr[0] == '[' || (host.ptr[host.len - 1] >= '0' && host.ptr[host.len - 1] <= '9'));
    size_t last = label_before(host, host.len);
    if (numbers || last == 0) {
        return host;
    }
    size_t second = label_before(host, last - 1);
    if (second > 0 && is_second_level(slice_of(host.ptr + second, last - 1 - second))) {
        second = label_before(host, second - 1);
    }
    return slice_of(host.ptr + second, host.len - second);
}

bool fetched_is_one_site(struct slice url, struct slice other)
{
    struct slice a = domain_of(host_of(url)), b = domain_of(host_of(other));
    return a.len == b.len && a.len > 0 && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

enum rc fetched_settle(struct document *document, struct slice address, struct arena *arena,
                       struct err *e)
{
    struct slice canonical;
    if (slice_present(document->canonical_url.text) &&
        fetched_is_one_site(document->canonical_url.text, address)) {
        return RC_OK;
    }
    enum rc rc = identity_canonical_url(address, arena, &canonical, e);
    if (rc == RC_OK) {
        document->canonical_url = (struct field){canonical, ORIGIN_SUBMITTED};
    }
    return rc;
}

/* Servers seldom know what they send: the bytes tell. */
const char *fetched_type(struct slice body)
{
    static const struct {
        const char *reader, *type;
    } types[] = {{"feed", "application/rss+xml"},
                 {"jsonfeed", "application/feed+json"},
                 {"html", "text/html"}};
    struct ingest_hints nothing = {.name = SLICE_NONE};
    struct err ignored;
    const struct ingest_reader *reader = ingest_reader_find(&nothing, body, &ignored);
    for (size_t i = 0; reader && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(ingest_reader_name(reader), types[i].reader) == 0) {
            return types[i].type;
        }
    }
    return NULL;
}

#include "http/negotiate.h"

#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool negotiate_equal_nocase(struct slice a, const char *b)
{
    size_t i = 0;
    for (; i < a.len && b[i] != '\0'; i++) {
        if (lower(a.ptr[i]) != lower(b[i])) {
            return false;
        }
    }
    return i == a.len && b[i] == '\0';
}

bool negotiate_is_token(struct slice s)
{
    /* RFC 9110 §5.6.2: visible ASCII but the delimiters. One bit per character from 0x20 on. */
    static const uint32_t allowed[3] = {0x03ff6cfa, 0xc7fffffe, 0x57ffffff};
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 || c > 0x7f || !(allowed[(c - 0x20) / 32] >> (c % 32) & 1)) {
            return false;
        }
    }
    return s.len > 0;
}

/* Cuts the next element of a list at `separator`, leaving quoted strings whole; trimmed. */
static struct slice next_element(struct slice *rest, char separator)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->len && (quoted || rest->ptr[i] != separator); i++) {
        if (rest->ptr[i] == '"') {
            quoted = !quoted;
        } else if (quoted && rest->ptr[i] == '\\' && i + 1 < rest->len) {
            i++;
        }
    }
    struct slice element = slice_of(rest->ptr, i);
    *rest = i < rest->len ? slice_of(rest->ptr + i + 1, rest->len - i - 1) : SLICE_NONE;
    return slice_trim(element);
}

/* "0.75" → 750; anything else → 1000, so that a broken weight is no refusal. */
static int parse_weight(struct slice s)
{
    if (s.len == 0 || s.len > 5 || (s.ptr[0] != '0' && s.ptr[0] != '1') ||
        (s.len > 1 && s.ptr[1] != '.')) {
        return 1000;
    }
    int weight = (s.ptr[0] - '0') * 1000;
    int unit = 100;
    for (size_t i = 2; i < s.len; i++, unit /= 10) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9') {
            return 1000;
        }
        weight += (s.ptr[i] - '0') * unit;
    }
    return weight > 1000 ? 1000 : weight;
}

/* Splits "text/html;level=1;q=0.5" into its name and its weight in thousandths. */
static struct slice split_weight(struct slice element, int *weight)
{
    *weight = 1000;
    struct slice rest = element;
    struct slice name = next_element(&rest, ';');
    while (slice_present(rest)) {
        struct slice parameter = next_element(&rest, ';');
        if (parameter.len >= 2 && lower(parameter.ptr[0]) == 'q' && parameter.ptr[1] == '=') {
            *weight = parse_weight(slice_of(parameter.ptr + 2, parameter.len - 2));
        }
    }
    return name;
}

/* How closely a range fits an offer: 3 exactly, 2 by type, 1 by everything, 0 not at all. */
static int range_fit(struct slice range, const char *offer)
{
    if (slice_is(range, "*/*")) {
        return 1;
    }
    if (range.len > 2 && range.ptr[range.len - 1] == '*' && range.ptr[range.len - 2] == '/') {
        size_t type_len = range.len - 1;
        struct slice type = slice_of(range.ptr, type_len);
        char start[64];
        if (type_len >= sizeof start || strlen(offer) < type_len) {
            return 0;
        }
        memcpy(start, offer, type_len);
        start[type_len] = '\0';
        return negotiate_equal_nocase(type, start) ? 2 : 0;
    }
    return negotiate_equal_nocase(range, offer) ? 3 : 0;
}

static bool is_media_range(struct slice name)
{
    const char *slash = name.len ? memchr(name.ptr, '/', name.len) : NULL;
    return slash && negotiate_is_token(slice_of(name.ptr, (size_t)(slash - name.ptr))) &&
           negotiate_is_token(slice_of(slash + 1, name.len - (size_t)(slash - name.ptr) - 1));
}

/* The weight that the closest range of the header gives the offer; -1 when the header has no readable range. */
static int offer_weight(struct slice accept, const char *offer)
{
    int best_fit = 0, best_weight = 0;
    bool readable = false;
    struct slice rest = accept;
    while (slice_present(rest)) {
        int weight = 0;
        struct slice range = split_weight(next_element(&rest, ','), &weight);
        if (!is_media_range(range)) {
            continue;
        }
        readable = true;
        int fit = range_fit(range, offer);
        if (fit > best_fit) {
            best_fit = fit;
            best_weight = weight;
        }
    }
    return readable ? best_weight : -1;
}

int negotiate_accept(struct slice accept, const char *const *offers, size_t count)
{
    if (slice_trim(accept).len == 0) {
        return count > 0 ? 0 : -1;
    }
    int best = -1, best_weight = 0;
    for (size_t i = 0; i < count; i++) {
        int weight = offer_weight(accept, offers[i]);
        if (weight < 0) {
            return 0;
        }
        if (weight > best_weight) {
            best = (int)i;
            best_weight = weight;
        }
    }
    return best;
}

bool negotiate_gzip(struct slice accept_encoding)
{
    int star = 0, named = -1;
    struct slice rest = accept_encoding;
    while (slice_present(rest)) {
        int weight = 0;
        struct slice name = split_weight(next_element(&rest, ','), &weight);
        if (negotiate_equal_nocase(name, "gzip") || negotiate_equal_nocase(name, "x-gzip")) {
            named = weight;
        } else if (slice_is(name, "*")) {
            star = weight;
        }
    }
    return named >= 0 ? named > 0 : star > 0;
}

static struct slice opaque_tag(struct slice tag)
{
    return tag.len > 2 && tag.ptr[0] == 'W' && tag.ptr[1] == '/'
               ? slice_of(tag.ptr + 2, tag.len - 2)
               : tag;
}

/* Tags may contain commas and backslashes but no quotes, so they are cut at the quotes. */
bool negotiate_etag(struct slice header, struct slice etag)
{
    if (slice_is(slice_trim(header), "*")) {
        return true;
    }
    struct slice wanted = opaque_tag(etag);
    size_t at = 0;
    while (at < header.len) {
        const char *open = memchr(header.ptr + at, '"', header.len - at);
        if (!open) {
            return false;
        }
        size_t start = (size_t)(open - header.ptr);
        const char *close = memchr(open + 1, '"', header.len - start - 1);
        if (!close) {
            return false;
        }
        if (slice_equal(slice_of(open, (size_t)(close - open) + 1), wanted)) {
            return true;
        }
        at = (size_t)(close - header.ptr) + 1;
    }
    return false;
}

static struct slice lower_copy(struct arena *arena, struct slice s)
{
    char *copy = arena_alloc(arena, s.len + 1);
    for (size_t i = 0; copy && i < s.len; i++) {
        copy[i] = lower(s.ptr[i]);
    }
    return copy ? slice_of(copy, s.len) : SLICE_NONE;
}

bool negotiate_media_type(struct arena *arena, struct slice header, struct slice *type,
                          struct slice *charset)
{
    *type = *charset = SLICE_NONE;
    struct slice rest = header;
    struct slice name = slice_present(rest) ? next_element(&rest, ';') : SLICE_NONE;
    if (!is_media_range(name)) {
        return false;
    }
    *type = lower_copy(arena, name);
    while (slice_present(rest) && !slice_present(*charset)) {
        struct slice value = next_element(&rest, ';');
        struct slice key = slice_cut(&value, '=');
        if (!slice_present(value) || !negotiate_equal_nocase(slice_trim(key), "charset")) {
            continue;
        }
        value = slice_trim(value);
        if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"') {
            value = slice_of(value.ptr + 1, value.len - 2);
        }
        *charset = lower_copy(arena, value);
    }
    return true;
}

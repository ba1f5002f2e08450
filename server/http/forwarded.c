#include "http/forwarded.h"

#include <string.h>

#include "http/negotiate.h"

enum { ELEMENTS_MOST = 64, HOST_BYTES_MOST = 255, PREFIX_BYTES_MOST = 255 };

/* The elements of a header's lines, in order; of more than fit the last ones. */
struct elements {
    struct slice items[ELEMENTS_MOST];
    size_t count;
};

static void push(struct elements *list, struct slice element)
{
    if (list->count == ELEMENTS_MOST) {
        memmove(list->items, list->items + 1, (ELEMENTS_MOST - 1) * sizeof list->items[0]);
        list->count--;
    }
    list->items[list->count++] = element;
}

/* Up to `separator` outside quotation marks, as slice_cut. */
static struct slice cut_unquoted(struct slice *rest, char separator)
{
    bool quoted = false;
    for (size_t i = 0; i < rest->len; i++) {
        char c = rest->ptr[i];
        if (quoted && c == '\\') {
            i++;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == separator && !quoted) {
            struct slice before = slice_of(rest->ptr, i);
            *rest = slice_of(rest->ptr + i + 1, rest->len - i - 1);
            return before;
        }
    }
    struct slice all = *rest;
    *rest = SLICE_NONE;
    return all;
}

static void collect(const struct request_header *headers, size_t count, const char *name,
                    struct elements *out)
{
    out->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!negotiate_equal_nocase(headers[i].name, name)) {
            continue;
        }
        struct slice rest = headers[i].value;
        while (slice_present(rest)) {
            push(out, slice_trim(cut_unquoted(&rest, ',')));
        }
    }
}

static struct slice last_of(const struct request_header *headers, size_t count, const char *name)
{
    struct elements list;
    collect(headers, count, name, &list);
    return list.count > 0 ? list.items[list.count - 1] : SLICE_NONE;
}

/* ---- values */

static struct slice good_proto(struct slice proto)
{
    if (negotiate_equal_nocase(proto, "https")) {
        return SLICE("https");
    }
    return negotiate_equal_nocase(proto, "http") ? SLICE("http") : SLICE_NONE;
}

static bool has_only(struct slice text, const char *more)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (c == '\0' || !strchr(more, c))) {
            return false;
        }
    }
    return true;
}

static struct slice good_host(struct slice host)
{
    bool good = host.len > 0 && host.len <= HOST_BYTES_MOST && has_only(host, ".-_:[]");
    return good ? host : SLICE_NONE;
}

/* "//evil.example" would make of every link one to another host. */
static struct slice good_prefix(struct slice prefix)
{
    while (prefix.len > 0 && prefix.ptr[prefix.len - 1] == '/') {
        prefix.len--;
    }
    bool good = prefix.len <= PREFIX_BYTES_MOST && has_only(prefix, "/-._~%!$&'()*+,;=:@") &&
                (prefix.len == 0 || prefix.ptr[0] == '/') && !slice_starts(prefix, SLICE("//"));
    return good ? prefix : SLICE_NONE;
}

/* "192.0.2.7:4711", "[2001:db8::1]:4711" → the address. */
static struct slice without_port(struct slice node)
{
    if (node.len > 0 && node.ptr[0] == '[') {
        size_t close = slice_find(node, SLICE("]"), 0);
        return close == SIZE_MAX ? SLICE_NONE : slice_of(node.ptr + 1, close - 1);
    }
    size_t colon = slice_find(node, SLICE(":"), 0);
    bool one = colon != SIZE_MAX && slice_find(node, SLICE(":"), colon + 1) == SIZE_MAX;
    return one ? slice_of(node.ptr, colon) : node;
}

/* ---- Forwarded: for=192.0.2.60;proto=https;host="news.example" */

static struct slice pair_value(struct slice element, const char *name)
{
    while (slice_present(element)) {
        struct slice value = slice_trim(cut_unquoted(&element, ';'));
        struct slice key = slice_trim(slice_cut(&value, '='));
        if (!slice_present(value) || !negotiate_equal_nocase(key, name)) {
            continue;
        }
        value = slice_trim(value);
        bool quoted = value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"';
        return quoted ? slice_of(value.ptr + 1, value.len - 2) : value;
    }
    return SLICE_NONE;
}

static struct slice last_pair(const struct elements *list, const char *name)
{
    for (size_t i = list->count; i > 0; i--) {
        struct slice value = pair_value(list->items[i - 1], name);
        if (slice_present(value)) {
            return value;
        }
    }
    return SLICE_NONE;
}

static struct slice find_client(const struct elements *list, bool pairs,
                                const struct networks *trusted)
{
    struct slice client = SLICE_NONE;
    for (size_t i = list->count; i > 0; i--) {
        struct slice node = list->items[i - 1];
        struct slice address = without_port(pairs ? pair_value(node, "for") : node);
        if (!networks_is_address(address)) {
            break; /* "unknown", "_hidden": whoever named it is the last one known */
        }
        client = address;
        if (!networks_hold(trusted, address)) {
            break;
        }
    }
    return client;
}

void forwarded_read(const struct request_header *headers, size_t count,
                    const struct networks *trusted, struct forwarded *out)
{
    struct elements list;
    collect(headers, count, "Forwarded", &list);
    bool standard = list.count > 0;
    if (standard) {
        out->proto = good_proto(last_pair(&list, "proto"));
        out->host = good_host(last_pair(&list, "host"));
    } else {
        out->proto = good_proto(last_of(headers, count, "X-Forwarded-Proto"));
        out->host = good_host(last_of(headers, count, "X-Forwarded-Host"));
        collect(headers, count, "X-Forwarded-For", &list);
    }
    out->client = find_client(&list, standard, trusted);
    out->prefix = SLICE_NONE;
    struct slice prefix = last_of(headers, count, "X-Forwarded-Prefix");
    if (slice_present(prefix)) {
        out->prefix = good_prefix(prefix);
    }
}

#include "base/networks.h"

#include <arpa/inet.h>
#include <string.h>

enum { ADDRESS_BITS = 128, V4_BITS = 32, LONGEST_ENTRY = INET6_ADDRSTRLEN + 4 };

struct in6_addr networks_map_v4(struct in_addr v4)
{
    struct in6_addr mapped = {.s6_addr = {[10] = 0xff, [11] = 0xff}};
    memcpy(&mapped.s6_addr[12], &v4, sizeof v4);
    return mapped;
}

/* Every address is written as IPv6; *width is how many bits its own family has. */
static bool read_address(struct slice text, struct in6_addr *out, unsigned *width)
{
    char copy[INET6_ADDRSTRLEN];
    struct in_addr v4;
    if (text.len == 0 || text.len >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET, copy, &v4) == 1) {
        *out = networks_map_v4(v4);
        *width = V4_BITS;
        return true;
    }
    *width = ADDRESS_BITS;
    return inet_pton(AF_INET6, copy, out) == 1;
}

static bool read_bits(struct slice text, unsigned width, unsigned *bits)
{
    unsigned value = 0;
    if (text.len == 0 || text.len > 3) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        value = value * 10 + (unsigned)(text.ptr[i] - '0');
    }
    *bits = value + (ADDRESS_BITS - width);
    return value <= width;
}

static bool read_network(struct slice entry, struct network *out)
{
    struct slice address = slice_cut(&entry, '/');
    unsigned width;
    if (!read_address(address, &out->address, &width)) {
        return false;
    }
    out->bits = ADDRESS_BITS;
    return !slice_present(entry) || read_bits(entry, width, &out->bits);
}

static bool is_separator(char c)
{
    return c == ' ' || c == ',' || c == '\t';
}

enum rc networks_parse(const char *option, const char *text, struct networks *out, struct err *e)
{
    struct networks list = {.count = 0};
    const char *at = text ? text : "";
    for (;;) {
        while (is_separator(*at)) {
            at++;
        }
        size_t len = 0;
        while (at[len] && !is_separator(at[len])) {
            len++;
        }
        if (len == 0) {
            break;
        }
        struct slice entry = slice_of(at, len);
        at += len;
        if (slice_is(entry, "unix")) {
            list.unix_sockets = true;
        } else if (list.count == NETWORKS_MOST) {
            return err_field(e, RC_INVALID, option, "more than %d networks", (int)NETWORKS_MOST);
        } else if (!read_network(entry, &list.items[list.count++])) {
            return err_field(e, RC_INVALID, option,
                             "'%.*s' is no network: write 192.0.2.7, 10.0.0.0/8, fd00::/8 or unix",
                             (int)(len < LONGEST_ENTRY ? len : LONGEST_ENTRY), entry.ptr);
        }
    }
    *out = list;
    return RC_OK;
}

bool networks_is_address(struct slice text)
{
    struct in6_addr address;
    unsigned width;
    return read_address(text, &address, &width);
}

bool networks_is_empty(const struct networks *networks)
{
    return networks->count == 0 && !networks->unix_sockets;
}

static bool starts_alike(const struct in6_addr *a, const struct in6_addr *b, unsigned bits)
{
    unsigned bytes = bits / 8, rest = bits % 8;
    if (memcmp(a->s6_addr, b->s6_addr, bytes) != 0) {
        return false;
    }
    return rest == 0 || (a->s6_addr[bytes] >> (8 - rest)) == (b->s6_addr[bytes] >> (8 - rest));
}

bool networks_hold_address(const struct networks *networks, const struct in6_addr *address)
{
    for (size_t i = 0; i < networks->count; i++) {
        if (starts_alike(&networks->items[i].address, address, networks->items[i].bits)) {
            return true;
        }
    }
    return false;
}

bool networks_hold(const struct networks *networks, struct slice peer)
{
    struct in6_addr address;
    unsigned width;
    if (slice_is(peer, "unix")) {
        return networks->unix_sockets;
    }
    return read_address(peer, &address, &width) && networks_hold_address(networks, &address);
}

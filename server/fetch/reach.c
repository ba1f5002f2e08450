#include "fetch/reach.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct range {
    const char *range, *why;
};

/* https://www.iana.org/assignments/iana-ipv4-special-registry, and 168.63.129.16, where Azure's machines find their host. */
static const struct range v4_ranges[] = {
    {"0.0.0.0/8", "no address of a host"},
    {"10.0.0.0/8", "a private network"},
    {"100.64.0.0/10", "a provider's inner network"},
    {"127.0.0.0/8", "the loopback"},
    {"168.63.129.16/32", "where a cloud keeps metadata"},
    {"169.254.0.0/16", "the local link, where clouds keep metadata"},
    {"172.16.0.0/12", "a private network"},
    {"192.0.0.0/24", "a range for protocols"},
    {"192.0.2.0/24", "a range for documentation"},
    {"192.88.99.0/24", "a range of relays"},
    {"192.168.0.0/16", "a private network"},
    {"198.18.0.0/15", "a range for measurements"},
    {"198.51.100.0/24", "a range for documentation"},
    {"203.0.113.0/24", "a range for documentation"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "a reserved range"},
};

/* https://www.iana.org/assignments/iana-ipv6-special-registry. Only 2000::/3 is given to hosts of the public internet: what
 * is neither named here nor in there is refused too. */
static const struct range v6_ranges[] = {
    {"::/128", "no address of a host"},
    {"::1/128", "the loopback"},
    {"::/96", "a range that is out of use"},
    {"64:ff9b:1::/48", "a private network behind NAT64"},
    {"100::/64", "a range that leads nowhere"},
    {"2001::/23", "a range for protocols"},
    {"2001:db8::/32", "a range for documentation"},
    {"3fff::/20", "a range for documentation"},
    {"fc00::/7", "a private network"},
    {"fe80::/10", "the local link"},
    {"fec0::/10", "a private network"},
    {"ff00::/8", "multicast"},
};
static const struct range unassigned = {"::/0", "a range that isn't given to hosts"};

/* Where an IPv4 address lies in an IPv6 one. */
static const struct {
    const char *range;
    unsigned at; /* byte */
} embeddings[] = {{"::ffff:0:0/96", 12}, {"64:ff9b::/96", 12}, {"2002::/16", 2}};

static bool lies_in(const struct in6_addr *address, const char *range)
{
    struct networks one;
    struct err e;
    return networks_parse("", range, &one, &e) == RC_OK && networks_hold_address(&one, address);
}

static const struct range *find(const struct range *ranges, size_t count,
                                const struct in6_addr *address)
{
    for (size_t i = 0; i < count; i++) {
        if (lies_in(address, ranges[i].range)) {
            return &ranges[i];
        }
    }
    return NULL;
}

static bool embedded_v4(const struct in6_addr *address, struct in6_addr *out)
{
    for (size_t i = 0; i < sizeof embeddings / sizeof embeddings[0]; i++) {
        struct in_addr v4;
        if (lies_in(address, embeddings[i].range)) {
            memcpy(&v4, &address->s6_addr[embeddings[i].at], sizeof v4);
            *out = networks_map_v4(v4);
            return true;
        }
    }
    return false;
}

static const struct range *special(const struct in6_addr *address, const struct in6_addr *v4)
{
    if (v4) {
        return find(v4_ranges, sizeof v4_ranges / sizeof v4_ranges[0], v4);
    }
    const struct range *named = find(v6_ranges, sizeof v6_ranges / sizeof v6_ranges[0], address);
    return named || lies_in(address, "2000::/3") ? named : &unassigned;
}

static bool read_address(const struct sockaddr *address, socklen_t len, struct in6_addr *out,
                         char text[64])
{
    if (address->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        *out = networks_map_v4(v4.sin_addr);
        return inet_ntop(AF_INET, &v4.sin_addr, text, 64) != NULL;
    }
    if (address->sa_family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        *out = v6.sin6_addr;
        return inet_ntop(AF_INET6, out, text, 64) != NULL;
    }
    return false;
}

bool reach_allows(const struct sockaddr *address, socklen_t len, const struct networks *allowed,
                  struct reach_refusal *why)
{
    struct in6_addr whole, v4;
    *why = (struct reach_refusal){.why = "no internet address", .allow = ""};
    if (!read_address(address, len, &whole, why->address)) {
        return false;
    }
    bool embedded = embedded_v4(&whole, &v4);
    if (networks_hold_address(allowed, &whole) ||
        (embedded && networks_hold_address(allowed, &v4))) {
        return true;
    }
    const struct range *range = special(&whole, embedded ? &v4 : NULL);
    if (range) {
        why->why = range->why;
        why->allow = range == &unassigned ? why->address : range->range;
    }
    return range == NULL;
}

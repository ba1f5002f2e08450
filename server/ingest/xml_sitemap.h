/* Sitemaps: which pages a site has, which of them are news, and which other sitemaps there are.
 *
 * Shape:   <urlset> gives entries, <sitemapindex> gives the addresses of sitemaps, each with its time; a text with one
 *          address a line is a sitemap too. What Google's news extension says of an article (title, time, language,
 *          publication) stands in its entry. Packed ones (.xml.gz) are unpacked.
 * Errors:  RC_INVALID for what is no sitemap. Entries without an address of http or https are left out and counted.
 * Memory:  what is read lives in the arena: one entry at a time is parsed, whatever the length of the file.
 * Safety:  as for feeds: no DTD, no entities, nothing is fetched.
 * Source:  https://www.sitemaps.org/protocol.html
 */
#ifndef GUILLEMET_INGEST_XML_SITEMAP_H
#define GUILLEMET_INGEST_XML_SITEMAP_H

#include "ingest/ingest.h"

#define SITEMAP_ENTRIES_MOST 50000u                /* as the protocol has it: more are left out */
#define SITEMAP_BYTES_MOST   (50u * 1024u * 1024u) /* unpacked */

struct sitemap_moment {
    bool present, date_only;
    int64_t time_ms;
};

struct sitemap_entry {
    struct slice url;
    struct sitemap_moment modified;
    /* Of news; absent otherwise. */
    struct slice title, source, lang;
    struct sitemap_moment published;
};

struct sitemap {
    struct sitemap_entry *items;
    size_t count, capacity;
    size_t left_out; /* without an address, or over the limit */
    size_t news;     /* entries that news says something of */
    bool is_index;   /* the entries are sitemaps */
};

bool sitemap_sniff(struct slice head);
/* Of the hints: url (what relative addresses start from), content_type, charset, content_encoding. */
enum rc sitemap_read(struct slice bytes, const struct ingest_hints *hints, struct arena *arena,
                     struct sitemap *out, struct err *e);

#endif

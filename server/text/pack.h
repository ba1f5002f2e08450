/* Language packs: everything that depends on a language, as data.
 *
 * Shape:  a pack is a folder server/lang/<code>/ of *.tsv tables and binary sections (any other file),
 *         compiled to one read-only blob: hash tables that need no parsing at start and no memory of
 *         their own. In a TSV the first line is `# source: …`, other `#` lines and blank lines are
 *         skipped, the first column is the key, the rest (tabs kept) is the value. A key on several
 *         lines has its values joined by '\n'. Keys are in fold_lower form; words of a multi-word key
 *         are separated by one blank, and each leading part is findable by pack_prefix, which makes
 *         longest-match scanning cheap. A table that the code asks for and the pack lacks is empty.
 * Memory: packs borrow their blob; compiled-in packs live for ever.
 * Threads: read-only after start; pack_register is for start-up and tests.
 * The tables, their columns and their meaning are listed in server/lang/README.md.
 */
#ifndef GUILLEMET_TEXT_PACK_H
#define GUILLEMET_TEXT_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct pack;

struct pack_table {
    const uint8_t *base; /* NULL: empty */
    const struct pack *pack;
    uint64_t bit; /* in what pack_tables_with says */
};

/* The pack of a language ("fr"; "fr-CA" falls back to "fr"), or NULL. */
const struct pack *pack_for(struct slice lang);
size_t pack_count(void);
const struct pack *pack_at(size_t index);
struct slice pack_lang(const struct pack *pack);

struct pack_table pack_table(const struct pack *pack, const char *name);
/* The whole value ("" when the key has none). */
bool pack_find(const struct pack_table *table, struct slice key, struct slice *value);
/* True when a longer key starts with `key` and goes on at a word's end: with a blank, with a hyphen, or
 * with anything when `key` ends in an apostrophe ("d'" of "d'après"), for that is where tokens are cut. */
bool pack_prefix(const struct pack_table *table, struct slice key);
/* Both answers with one look: PACK_FOUND and PACK_LONGER, or'ed. */
enum pack_seen { PACK_FOUND = 1, PACK_LONGER = 2 };
unsigned pack_look(const struct pack_table *table, struct slice key, struct slice *value);
/* The same in many tables: the key is hashed once, and only tables whose bit pack_tables_with gives may have it. */
uint64_t pack_key_hash(struct slice key);
uint64_t pack_tables_with(const struct pack *pack, uint64_t hash);
unsigned pack_look_hashed(const struct pack_table *table, struct slice key, uint64_t hash,
                          struct slice *value);
/* Column n (0 = first after the key) of the first line of a value; absent when there is none. */
struct slice pack_column(struct slice value, size_t n);
size_t pack_size(const struct pack_table *table);
void pack_entry(const struct pack_table *table, size_t index, struct slice *key,
                struct slice *value);
/* A binary section, absent when the pack has none. 8-byte aligned. */
struct slice pack_section(const struct pack *pack, const char *name);

/* Opens a blob made by pack_compile; checks it whole: a damaged one is RC_INVALID. The blob must outlive
 * the pack. */
enum rc pack_open(struct slice blob, struct pack **out, struct err *e);
void pack_close(struct pack *pack);
/* Makes an opened pack answer to pack_for, in front of a compiled-in one of the same language. */
enum rc pack_register(const struct pack *pack, struct err *e);

struct pack_source {
    const char *name; /* "cue_verbs.tsv", "entities.model" */
    struct slice bytes;
};
/* Compiles a folder's files; errors name file and line. */
enum rc pack_compile(const char *lang, const struct pack_source *files, size_t count,
                     struct buf *out, struct err *e);
/* As above, reading all plain files of `dir`. RC_UNAVAILABLE when one can't be read. */
enum rc pack_compile_folder(const char *lang, const char *dir, struct buf *out, struct err *e);

#endif

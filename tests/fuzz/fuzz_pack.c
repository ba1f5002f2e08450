/* Any bytes → pack_open, as they are and with the checksum made right, then every kind of question: nothing may be read
 * outside the bytes. And any text as a table: what compiles must open, and every key must be found. */
#include <stdint.h>
#include <stdlib.h>

#include "text/pack_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void touch(struct slice s)
{
    volatile char sink = 0;
    for (size_t i = 0; i < s.len; i++) {
        sink = (char)(sink ^ s.ptr[i]);
    }
}

static void use_table(const struct pack_table *table, bool sound)
{
    for (size_t i = 0; i < pack_size(table); i++) {
        struct slice key, value, found = SLICE("");
        pack_entry(table, i, &key, &value);
        touch(key);
        touch(value);
        bool known = pack_find(table, key, &found);
        touch(found);
        check(!sound || (known && slice_equal(found, value)));
        uint64_t where = pack_tables_with(table->pack, pack_key_hash(key));
        check(!sound || (where & table->bit));
    }
    (void)pack_look(table, SLICE("no such key"), NULL);
}

static void use_pack(const struct pack *pack, bool sound)
{
    for (size_t i = 0; i < pack->part_count; i++) {
        struct pack_table table = pack_table(pack, pack->parts[i].name);
        use_table(&table, sound);
        touch(pack_section(pack, pack->parts[i].name));
    }
    touch(pack_lang(pack));
}

static void open_and_use(const char *bytes, size_t size, bool sound)
{
    struct pack *pack = NULL;
    struct err e = {.rc = RC_OK};
    enum rc rc = pack_open(slice_of(bytes, size), &pack, &e);
    check(rc == RC_OK ? pack != NULL : !sound && pack == NULL && e.message[0]);
    if (pack) {
        use_pack(pack, sound);
        pack_close(pack);
    }
}

static void open_damaged(const uint8_t *data, size_t size)
{
    char *copy = malloc(size ? size : 1); /* aligned, and exactly as long */
    if (!copy) {
        return;
    }
    memcpy(copy, data, size);
    open_and_use(copy, size, false);
    if (size >= sizeof(struct pack_header)) {
        struct pack_header h;
        memcpy(&h, copy, sizeof h);
        memcpy(h.magic, PACK_MAGIC, sizeof h.magic);
        h.version = PACK_VERSION;
        h.size = (uint32_t)size;
        h.checksum = pack_hash(copy + sizeof h, size - sizeof h);
        memcpy(copy, &h, sizeof h);
        open_and_use(copy, size, false);
    }
    free(copy);
}

static void compile_and_use(const uint8_t *data, size_t size)
{
    struct buf table, blob;
    struct err e = {.rc = RC_OK};
    buf_init(&table);
    buf_init(&blob);
    buf_text(&table, "# source: fuzz\n");
    buf_append(&table, data, size);
    const struct pack_source files[] = {{"t.tsv", buf_view(&table)},
                                        {"raw", slice_of((const char *)data, size)}};
    if (!table.failed && pack_compile("xx", files, 2, &blob, &e) == RC_OK) {
        open_and_use(blob.data, blob.len, true);
    }
    buf_done(&table);
    buf_done(&blob);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    open_damaged(data, size);
    compile_and_use(data, size);
    return 0;
}

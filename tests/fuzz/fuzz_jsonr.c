/* Any bytes as the JSON that replies are remade from: walking them ends, never reads past their end, and gives parts of them;
 * what Jansson takes for an object has as many members here. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH_MOST = 8 };

static void must(int true_thing)
{
    if (!true_thing) {
        abort();
    }
}

static void must_be_within(struct slice part, struct slice whole)
{
    must(part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len);
}

static size_t walk(struct slice value, struct arena *arena, int depth)
{
    struct jsonr r = jsonr_open(value);
    struct slice key, part;
    size_t count = 0;
    (void)jsonr_int(value, 0);
    (void)jsonr_true(value);
    (void)jsonr_string(value, arena);
    if (depth == 0) {
        return 0;
    }
    switch (jsonr_kind(value)) {
    case JSONR_OBJECT:
        while (jsonr_member(&r, &key, &part)) {
            must_be_within(key, value);
            must_be_within(part, value);
            walk(part, arena, depth - 1);
            count++;
        }
        break;
    case JSONR_ARRAY:
        while (jsonr_item(&r, &part)) {
            must_be_within(part, value);
            walk(part, arena, depth - 1);
            count++;
        }
        break;
    default:
        break;
    }
    must(count <= value.len);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(0);
    char *copy =
        malloc(size ? size : 1); /* its own bytes: a sanitizer sees what is read past them */
    must(arena && copy);
    memcpy(copy, data, size);
    struct slice text = slice_of(copy, size);
    size_t count = walk(text, arena, DEPTH_MOST);
    (void)jsonr_get(text, "items.article.id");
    json_t *same = json_loadb(copy, size, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(same) && copy[0] == '{') {
        must(count == json_object_size(same));
    } else if (json_is_array(same) && copy[0] == '[') {
        must(count == json_array_size(same));
    }
    json_decref(same);
    free(copy);
    arena_free(arena);
    return 0;
}

#include "base/config.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST_NAME = 63 };

static size_t least_of(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Letters to insert, drop, change, or swap with their neighbour (optimal string alignment). */
static size_t distance(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > LONGEST_NAME || b_len > LONGEST_NAME) {
        return SIZE_MAX;
    }
    size_t rows[3][LONGEST_NAME + 1];
    for (size_t j = 0; j <= b_len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = least_of(above[j] + 1, row[j - 1] + 1, change);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && above2[j - 2] + 1 < row[j]) {
                row[j] = above2[j - 2] + 1;
            }
        }
    }
    return rows[a_len % 3][b_len];
}

const char *config_nearest(const char *given, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t least = strlen(given) / 3;
    for (size_t i = 0; i < count; i++) {
        size_t here = distance(given, names[i]);
        if (here <= least && here != SIZE_MAX && (!best || here < least)) {
            best = names[i];
            least = here;
        }
    }
    return best;
}

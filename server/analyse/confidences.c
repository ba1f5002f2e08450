/* How sure a quote is, as a share that holds: rules and resolutions give scores that are alike in all languages, and a
 * language's texts say how often such a score was right (convention `calibration`: "35:50 80:86", hundredths, in order). */
#include "analyse/quoting.h"

#define POINTS_MOST 12u

struct point {
    float score, share;
};

static float hundredths(struct slice digits)
{
    float value = 0;
    for (size_t i = 0; i < digits.len && digits.ptr[i] >= '0' && digits.ptr[i] <= '9'; i++) {
        value = value * 10.0F + (float)(digits.ptr[i] - '0');
    }
    return value / 100.0F;
}

static size_t points_read(const struct quoting *q, struct point *points)
{
    struct slice v, rest = SLICE_NONE;
    size_t count = 1;
    points[0] = (struct point){0, 0};
    if (pack_find(&q->conventions, SLICE("calibration"), &v)) {
        rest = pack_column(v, 0);
    }
    while (slice_present(rest) && count + 1 < POINTS_MOST) {
        struct slice share = slice_cut(&rest, ' '), score = slice_cut(&share, ':');
        points[count++] = (struct point){hundredths(score), hundredths(share)};
    }
    points[count++] = (struct point){1.0F, 1.0F};
    return count;
}

/* Straight lines between the points. */
static float calibrated(const struct point *points, size_t count, float score)
{
    for (size_t i = 1; i < count; i++) {
        if (score <= points[i].score) {
            float width = points[i].score - points[i - 1].score;
            float part = width > 0 ? (score - points[i - 1].score) / width : 1.0F;
            return points[i - 1].share + part * (points[i].share - points[i - 1].share);
        }
    }
    return 1.0F;
}

void confidences_calibrate(struct quoting *q)
{
    struct point points[POINTS_MOST];
    size_t count = points_read(q, points);
    for (size_t i = 0; i < q->r->quotes.count; i++) {
        struct quote *quote = &q->r->quotes.items[i];
        quote->confidence = calibrated(points, count, quote->confidence);
    }
}

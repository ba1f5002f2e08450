/* What feeds say of when to ask them. */
#include "given.h"

#include "ingest/feed_rhythm.h"

#define MINUTE INT64_C(60000)

static void feeds_say_when(void **state)
{
    (void)state;
    static const struct {
        const char *feed;
        int64_t ttl_ms;
        uint32_t hours, days;
    } cases[] = {
        {"<rss><channel><ttl>90</ttl><item><ttl>5000</ttl></item></channel></rss>", 90 * MINUTE, 0,
         0},
        {"<rss><channel><item/><ttl> 15 </ttl></channel></rss>", 15 * MINUTE, 0, 0},
        {"<rss><channel><ttl>-4</ttl></channel></rss>", 0, 0, 0},
        {"<rss><channel><ttl>soon</ttl></channel></rss>", 0, 0, 0},
        {"<rss><channel><skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>25</hour>"
         "</skipHours><skipDays><day>Sunday</day><day>saturday</day><day>Caturday</day></skipDays>"
         "</channel></rss>",
         0, 1 | 1u << 23, 1 | 1 << 6},
        {"<rss xmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"><channel>"
         "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
         "<ttl>10</ttl></channel></rss>",
         30 * MINUTE, 0, 0},
        {"<?xml version=\"1.0\"?><feed "
         "xmlns=\"http://www.w3.org/2005/Atom\"><title>A</title></feed>",
         0, 0, 0},
        {"{\"version\":\"https://jsonfeed.org/version/1.1\"}", 0, 0, 0},
        {"", 0, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct feed_rhythm rhythm = feed_rhythm_read(slice_cstr(cases[i].feed));
        if (rhythm.ttl_ms != cases[i].ttl_ms) {
            fail_msg("%s: %lld", cases[i].feed, (long long)rhythm.ttl_ms);
        }
        assert_int_equal(rhythm.skip_hours, cases[i].hours);
        assert_int_equal(rhythm.skip_days, cases[i].days);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(feeds_say_when)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

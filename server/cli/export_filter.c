#include "cli/export_filter.h"

int export_filter_read(const struct cli *cli, enum store_list list, struct arena *arena,
                       struct store_filter *out)
{
    int64_t from_ms = INT64_MIN, to_ms = INT64_MAX;
    struct slice source = cli_slice(cli, "source");
    bool dated = cli_value(cli, "from") || cli_value(cli, "to");
    if (!cli_moment(cli, "from", &from_ms) || !cli_moment(cli, "to", &to_ms)) {
        return CLI_USAGE;
    }
    if (from_ms >= to_ms) {
        cli_complain("--from must be before --to, which is not part of what is exported");
        return CLI_USAGE;
    }
    if (slice_present(source) && !store_filter_fits(list, STORE_BY_SOURCE)) {
        cli_complain("entities belong to no source: leave --source out");
        return CLI_USAGE;
    }
    if ((dated && !store_filter_range(arena, out, STORE_BY_DATE, from_ms, to_ms - 1)) ||
        (slice_present(source) &&
         !store_filter_value(arena, out, STORE_BY_SOURCE, "source", source))) {
        cli_complain("out of memory");
        return CLI_ENVIRONMENT;
    }
    return CLI_OK;
}

void export_filter_hint(const struct store_page *page)
{
    for (size_t i = 0; i < page->hints.count; i++) {
        const struct store_hint *hint = &page->hints.items[i];
        bool near = slice_present(hint->nearest);
        cli_complain("nothing comes from a %s called \"%.*s\"%s%.*s%s", hint->field,
                     SLICE_ARG(hint->value), near ? "; did you mean \"" : "",
                     SLICE_ARG(near ? hint->nearest : SLICE("")), near ? "\"?" : "");
    }
}

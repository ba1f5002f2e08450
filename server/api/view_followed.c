#include "api/view_followed.h"

#include "api/links.h"
#include "api/view.h"

const char *view_followed_status(const struct store_source *source)
{
    if (source->choice.state != SOURCE_ACTIVE) {
        return source_state_name(source->choice.state);
    }
    return slice_present(source->error) ? "failing" : source->success_ms ? "ok" : "new";
}

static void write_seconds(struct jsonw *w, const char *key, int64_t ms)
{
    if (ms > 0) {
        jsonw_key_int(w, key, ms / 1000);
    } else {
        jsonw_key_null(w, key);
    }
}

static void write_choice(struct jsonw *w, const struct store_source_choice *choice)
{
    jsonw_key_string(w, "url", choice->url);
    jsonw_key_text(w, "kind", source_kind_name(choice->kind));
    jsonw_key_text(w, "state", source_state_name(choice->state));
    jsonw_key_string(w, "name", choice->name);
    jsonw_key_string(w, "lang", choice->lang);
    jsonw_key_string(w, "section", choice->section);
    jsonw_key_bool(w, "full", choice->full);
    write_seconds(w, "min_interval_s", choice->least_ms);
    write_seconds(w, "max_interval_s", choice->most_ms);
}

static void write_health(struct jsonw *w, const struct store_source *source)
{
    jsonw_key(w, "health");
    jsonw_object(w);
    jsonw_key_text(w, "status", view_followed_status(source));
    jsonw_key_string(w, "error", source->error);
    if (source->status) {
        jsonw_key_int(w, "http_status", source->status);
    } else {
        jsonw_key_null(w, "http_status");
    }
    jsonw_key_int(w, "failures", source->failures);
    view_time(w, "last_attempt_at", source->attempt_ms, source->attempt_ms);
    view_time(w, "last_success_at", source->success_ms, source->success_ms);
    view_time(w, "next_attempt_at", source->choice.state == SOURCE_ACTIVE, source->next_ms);
    view_time(w, "missing_since", source->missing_ms, source->missing_ms);
    jsonw_key_real(w, "items_per_day", (double)source->week_items / 7);
    jsonw_key_string(w, "moving_to", source->moved_to);
    jsonw_key_string(w, "moved_from", source->moved_from);
    view_time(w, "moved_at", source->moved_ms, source->moved_ms);
    jsonw_end(w);
}

static void write_counts(struct jsonw *w, const struct store_source *source)
{
    const struct {
        const char *key;
        int64_t value;
    } counts[] = {{"requests", source->requests},   {"not_modified", source->not_modified},
                  {"created", source->created},     {"revised", source->revised},
                  {"unchanged", source->unchanged}, {"duplicates", source->duplicates},
                  {"refused", source->refused}};
    jsonw_key(w, "counts");
    jsonw_object(w);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        jsonw_key_int(w, counts[i].key, counts[i].value);
    }
    jsonw_end(w);
}

void view_followed_write(struct jsonw *w, struct slice base, const struct store_source *source)
{
    jsonw_object(w);
    links_write_id(w, "id", source->id);
    jsonw_key_int(w, "revision", source->revision);
    write_choice(w, &source->choice);
    view_time(w, "created_at", true, source->created_ms);
    view_time(w, "changed_at", true, source->changed_ms);
    write_health(w, source);
    write_counts(w, source);
    jsonw_key(w, "links");
    jsonw_object(w);
    links_write(w, base, "self", "sources", source->id, "");
    links_write(w, base, "fetch", "sources", source->id, "/fetch");
    jsonw_end(w);
    jsonw_end(w);
}

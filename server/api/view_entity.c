#include "api/view_entity.h"

#include "api/links.h"
#include "api/view.h"

static void write_name(struct jsonw *w, uint64_t id, struct slice slug, struct slice name,
                       enum entity_type type)
{
    links_write_id(w, "id", id);
    jsonw_key_string(w, "slug", slug);
    jsonw_key_string(w, "name", name);
    jsonw_key_text(w, "type", entity_type_name(type));
}

static void write_titles(struct jsonw *w, const struct store_entity *entity)
{
    jsonw_key(w, "titles");
    jsonw_array(w);
    for (size_t i = 0; i < entity->title_count; i++) {
        const struct store_title *title = &entity->titles[i];
        jsonw_object(w);
        jsonw_key_string(w, "text", title->text);
        jsonw_key_int(w, "count", title->count);
        view_time(w, "first_seen", true, title->first_seen_ms);
        view_time(w, "last_seen", true, title->last_seen_ms);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void write_recent(struct jsonw *w, struct slice base,
                         const struct store_entity_recent *recent)
{
    jsonw_key_text(w, "gender",
                   recent->gender == GENDER_UNKNOWN ? NULL : gender_name(recent->gender));
    jsonw_key(w, "recent");
    jsonw_object(w);
    jsonw_key_int(w, "articles", recent->articles);
    view_time(w, "since", recent->articles > 0, recent->since_ms);
    jsonw_key_int(w, "speaks", recent->speaks);
    jsonw_key_int(w, "spoken_about", recent->spoken_about);
    jsonw_key(w, "seen_with");
    jsonw_array(w);
    for (size_t i = 0; i < recent->companion_count; i++) {
        const struct store_companion *companion = &recent->companions[i];
        jsonw_object(w);
        write_name(w, companion->id, companion->slug, companion->name, companion->type);
        jsonw_key_int(w, "articles", companion->articles);
        jsonw_key(w, "links");
        jsonw_object(w);
        links_write(w, base, "self", "entities", companion->id, "");
        jsonw_end(w);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
}

void view_entity_write(struct jsonw *w, struct slice base, const struct store_entity *entity,
                       const struct store_entity_recent *recent, struct slice resolved_from)
{
    bool seen = entity->first_seen_ms != 0 || entity->last_seen_ms != 0;
    jsonw_object(w);
    write_name(w, entity->id, entity->slug, entity->name, entity->type);
    view_aliases(w, entity->aliases, entity->alias_count);
    write_titles(w, entity);
    view_time(w, "first_seen", seen, entity->first_seen_ms);
    view_time(w, "last_seen", seen, entity->last_seen_ms);
    jsonw_key_int(w, "articles", entity->articles);
    jsonw_key_int(w, "mentions", entity->mentions);
    jsonw_key_int(w, "quotes_by", entity->quotes_by);
    jsonw_key_int(w, "quotes_about", entity->quotes_about);
    if (recent) {
        write_recent(w, base, recent);
    }
    if (slice_present(resolved_from)) {
        jsonw_key_string(w, "resolved_from", resolved_from);
    }
    jsonw_key(w, "links");
    jsonw_object(w);
    links_write(w, base, "self", "entities", entity->id, "");
    links_write(w, base, "articles", "entities", entity->id, "/articles");
    links_write(w, base, "quotes", "entities", entity->id, "/quotes");
    jsonw_end(w);
    jsonw_end(w);
}

static void write_mentions(struct jsonw *w, const struct store_article_entity *entity)
{
    jsonw_key(w, "mentions");
    jsonw_array(w);
    for (size_t i = 0; i < entity->mention_count; i++) {
        const struct store_mention *mention = &entity->mentions[i];
        jsonw_object(w);
        jsonw_key_int(w, "start", mention->start_cp);
        jsonw_key_int(w, "end", mention->end_cp);
        jsonw_key_string(w, "text", mention->text);
        jsonw_key_text(w, "type", entity_type_name(mention->type));
        jsonw_key_real(w, "confidence", (double)mention->confidence);
        jsonw_key_text(w, "method", mention_method_name(mention->method));
        jsonw_end(w);
    }
    jsonw_end(w);
}

void view_article_entity_write(struct jsonw *w, struct slice base,
                               const struct store_article_entity *entity)
{
    jsonw_object(w);
    write_name(w, entity->id, entity->slug, entity->name, entity->type);
    jsonw_key_real(w, "prominence", (double)entity->prominence);
    jsonw_key_int(w, "quotes_by", entity->quotes_by);
    jsonw_key_int(w, "quotes_about", entity->quotes_about);
    view_aliases(w, entity->aliases, entity->alias_count);
    jsonw_key(w, "titles");
    jsonw_array(w);
    for (size_t i = 0; i < entity->title_count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "text", entity->titles[i].text);
        jsonw_key_int(w, "start", entity->titles[i].start_cp);
        jsonw_key_int(w, "end", entity->titles[i].end_cp);
        jsonw_end(w);
    }
    jsonw_end(w);
    write_mentions(w, entity);
    jsonw_key(w, "links");
    jsonw_object(w);
    links_write(w, base, "self", "entities", entity->id, "");
    jsonw_end(w);
    jsonw_end(w);
}

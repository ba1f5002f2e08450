#include "api/view_facets.h"

#include "api/links.h"

void view_facet_value(struct jsonw *w, struct slice base, const struct store_facet_value *value)
{
    jsonw_key_string(w, "value", value->value);
    if (value->is_entity) {
        links_write_id(w, "id", value->id);
        jsonw_key_string(w, "slug", value->slug);
        jsonw_key_text(w, "type", entity_type_name(value->type));
        jsonw_key(w, "links");
        jsonw_object(w);
        links_write(w, base, "self", "entities", value->id, "");
        jsonw_end(w);
    }
}

void view_facet_number(struct jsonw *w, const char *key, int64_t number)
{
    if (number < 0) {
        jsonw_key_null(w, key);
    } else {
        jsonw_key_int(w, key, number);
    }
}

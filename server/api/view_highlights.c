#include "api/view_highlights.h"

static void write_snippet(struct jsonw *w, const struct store_snippet *snippet)
{
    if (!slice_present(snippet->text)) {
        jsonw_key_null(w, "snippet");
        return;
    }
    jsonw_key(w, "snippet");
    jsonw_object(w);
    jsonw_key_text(w, "field", snippet->field);
    jsonw_key_string(w, "text", snippet->text);
    jsonw_key_int(w, "start", snippet->start_cp);
    jsonw_key_int(w, "end", snippet->end_cp);
    jsonw_end(w);
}

void view_highlights_write(struct jsonw *w, const struct store_highlight *highlights, size_t count,
                           const struct store_snippet *snippet)
{
    jsonw_key(w, "highlights");
    jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        jsonw_object(w);
        jsonw_key_text(w, "field", highlights[i].field);
        jsonw_key_int(w, "start", highlights[i].start_cp);
        jsonw_key_int(w, "end", highlights[i].end_cp);
        jsonw_end(w);
    }
    jsonw_end(w);
    if (snippet != NULL) {
        write_snippet(w, snippet);
    }
}

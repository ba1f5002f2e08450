#include "api/view_revision.h"

#include <stdio.h>

#include "api/links.h"
#include "base/clock.h"

static void write_head(struct jsonw *w, const struct store_revision *revision)
{
    char time[32], hash[65];
    clock_format_utc(revision->recorded_ms, time);
    digest_format_hex(&revision->hash, hash);
    jsonw_key_int(w, "revision", revision->revision);
    jsonw_key_text(w, "hash", hash);
    jsonw_key_text(w, "recorded_at", time);
    jsonw_key_bool(w, "current", revision->current);
    jsonw_key_string(w, "title", revision->title);
}

static void write_counts(struct jsonw *w, const struct revision_diff *diff)
{
    jsonw_object(w);
    jsonw_key(w, "paragraphs");
    jsonw_object(w);
    for (int change = REVISION_SAME; change <= REVISION_CHANGED; change++) {
        jsonw_key_int(w, revision_change_name((enum revision_change)change),
                      (int64_t)diff->paragraphs[change]);
    }
    jsonw_end(w);
    jsonw_key(w, "words");
    jsonw_object(w);
    jsonw_key_int(w, "added", (int64_t)diff->words_added);
    jsonw_key_int(w, "removed", (int64_t)diff->words_removed);
    jsonw_end(w);
    jsonw_end(w);
}

static void write_link(struct jsonw *w, struct slice base, const char *key, uint64_t article,
                       uint32_t revision)
{
    char tail[40];
    snprintf(tail, sizeof tail, "/revisions/%u", (unsigned)revision);
    links_write(w, base, key, "articles", article, tail);
}

static void write_links(struct jsonw *w, struct slice base, uint64_t article,
                        const struct store_revision *revision)
{
    jsonw_key(w, "links");
    jsonw_object(w);
    write_link(w, base, "self", article, revision->revision);
    links_write(w, base, "article", "articles", article, "");
    links_write(w, base, "revisions", "articles", article, "/revisions");
    jsonw_end(w);
}

void view_revision_summary(struct jsonw *w, struct slice base, uint64_t article,
                           const struct store_revision *revision,
                           const struct revision_diff *changes)
{
    jsonw_object(w);
    write_head(w, revision);
    jsonw_key(w, "changes");
    if (changes) {
        write_counts(w, changes);
    } else {
        jsonw_null(w);
    }
    write_links(w, base, article, revision);
    jsonw_end(w);
}

static void write_block(struct jsonw *w, const struct store_revision *revision, size_t i)
{
    jsonw_key_text(w, "kind", block_kind_name(revision->blocks[i].kind));
    jsonw_key_int(w, "start", revision->block_cps[i].start_cp);
    jsonw_key_int(w, "end", revision->block_cps[i].end_cp);
}

void view_revision_whole(struct jsonw *w, struct slice base, uint64_t article,
                         const struct store_revision *revision)
{
    jsonw_object(w);
    links_write_id(w, "article", article);
    write_head(w, revision);
    jsonw_key_string(w, "standfirst", revision->standfirst);
    jsonw_key_text(w, "text_rights", store_rights_name(revision->rights));
    jsonw_key_string(w, "text", revision->text);
    jsonw_key(w, "blocks");
    jsonw_array(w);
    for (size_t i = 0; i < revision->block_count; i++) {
        jsonw_object(w);
        write_block(w, revision, i);
        jsonw_end(w);
    }
    jsonw_end(w);
    write_links(w, base, article, revision);
    jsonw_end(w);
}

/* ---- differences */

static void write_runs(struct jsonw *w, const struct store_diff_run *runs, size_t count)
{
    jsonw_key(w, "words");
    jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        jsonw_object(w);
        jsonw_key_text(w, "op", store_diff_name(runs[i].op));
        jsonw_key_string(w, "text", runs[i].text);
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* Where a paragraph stands in its revision, with its words unless they may not be shown. */
static void write_side(struct jsonw *w, const char *key, const struct store_revision *revision,
                       size_t block)
{
    jsonw_key(w, key);
    if (block == REVISION_NO_BLOCK) {
        jsonw_null(w);
        return;
    }
    struct span span = revision->blocks[block].span;
    bool shown = revision->rights == STORE_RIGHTS_FULL;
    jsonw_object(w);
    write_block(w, revision, block);
    jsonw_key_string(
        w, "text",
        shown ? slice_of(revision->text.ptr + span.start_byte, span.end_byte - span.start_byte)
              : SLICE_NONE);
    jsonw_end(w);
}

static void write_paragraph(struct jsonw *w, const struct view_revisions *view,
                            const struct revision_part *part)
{
    bool shown = view->to->rights == STORE_RIGHTS_FULL;
    jsonw_object(w);
    jsonw_key_text(w, "change", revision_change_name(part->change));
    write_side(w, "from", view->from, part->from);
    write_side(w, "to", view->to, part->to);
    write_runs(w, part->words, shown ? part->word_count : 0);
    jsonw_end(w);
}

static void write_quote(struct jsonw *w, const char *key, const struct revision_quote *quotes,
                        size_t at)
{
    jsonw_key(w, key);
    if (at == REVISION_NO_BLOCK) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_key_string(w, "text", quotes[at].text);
    jsonw_key_string(w, "speaker", quotes[at].speaker);
    jsonw_end(w);
}

static void write_quotes(struct jsonw *w, const struct view_revisions *view)
{
    jsonw_key(w, "quotes");
    jsonw_object(w);
    jsonw_key_int(w, "same", (int64_t)view->quotes->same);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (size_t i = 0; i < view->quotes->count; i++) {
        const struct revision_part *part = &view->quotes->items[i];
        jsonw_object(w);
        jsonw_key_text(w, "change", revision_change_name(part->change));
        write_quote(w, "from", view->from_quotes, part->from);
        write_quote(w, "to", view->to_quotes, part->to);
        write_runs(w, part->words, part->word_count);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
}

static void write_end(struct jsonw *w, const char *key, const struct store_revision *revision)
{
    jsonw_key(w, key);
    jsonw_object(w);
    write_head(w, revision);
    jsonw_end(w);
}

void view_revision_diff(struct jsonw *w, struct slice base, const struct view_revisions *view)
{
    jsonw_object(w);
    links_write_id(w, "article", view->article);
    write_end(w, "from", view->from);
    write_end(w, "to", view->to);
    jsonw_key_text(w, "text_rights", store_rights_name(view->to->rights));
    jsonw_key(w, "changes");
    write_counts(w, view->diff);
    jsonw_key(w, "paragraphs");
    jsonw_array(w);
    for (size_t i = 0; i < view->diff->count; i++) {
        write_paragraph(w, view, &view->diff->items[i]);
    }
    jsonw_end(w);
    write_quotes(w, view);
    jsonw_key(w, "links");
    jsonw_object(w);
    write_link(w, base, "from", view->article, view->from->revision);
    write_link(w, base, "to", view->article, view->to->revision);
    links_write(w, base, "article", "articles", view->article, "");
    jsonw_end(w);
    jsonw_end(w);
}

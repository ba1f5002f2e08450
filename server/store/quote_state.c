#include "store/quote_state.h"

#include <stdio.h>

#include "store/list_sql.h"
#include "store/pack_rows.h"
#include "text/digest.h"

uint64_t quote_state_of(const struct store_quote *quote)
{
    const struct store_speaker *speaker = &quote->speaker;
    char numbers[64];
    int len = snprintf(numbers, sizeof numbers, "%d %d %d %016llx", (int)quote->type,
                       speaker->present, speaker->entity.present,
                       speaker->entity.present ? (unsigned long long)speaker->entity.id : 0ull);
    struct slice name = speaker->entity.present ? SLICE_NONE : speaker->name;
    uint32_t places[2] = {0, (uint32_t)quote->span_count};
    for (size_t i = 0; i < quote->span_count; i++) {
        struct store_span span = quote->spans[i].span;
        places[0] = places[0] * 31 + span.start_byte * 2 + quote->spans[i].verbatim;
        places[1] = places[1] * 31 + span.end_byte;
    }
    struct slice parts[] = {slice_of(numbers, (size_t)len),
                            slice_of("", 1),
                            name,
                            slice_of("", 1),
                            slice_of((const char *)places, sizeof places),
                            quote->text};
    struct digest sum = digest_sha256(parts, sizeof parts / sizeof parts[0]);
    return digest_id(&sum);
}

uint64_t quote_state_read(struct db *db, int64_t quote, struct arena *arena)
{
    struct store_quote row = {0};
    sqlite3_stmt *s =
        db_use(db, "SELECT q.type, q.text, q.spans, q.speaker_kind IS NOT NULL, q.speaker_name,"
                   " e.id IS NOT NULL, e.public_id FROM quotes q"
                   " LEFT JOIN entities e ON e.id = q.speaker WHERE q.id = ?1");
    db_bind_int(s, 1, quote);
    if (db_step(db, s)) {
        struct columns c = {db, s, arena, 0};
        row.type = (enum quote_type)next_int(&c);
        row.text = next_text(&c);
        unpack_spans(db_blob(s, c.at++), arena, &row.spans, &row.span_count);
        row.speaker.present = next_int(&c) != 0;
        row.speaker.name = next_text(&c);
        row.speaker.entity.present = next_int(&c) != 0;
        row.speaker.entity.id = next_id(&c);
    }
    db_done(s);
    return quote_state_of(&row);
}

enum rc quote_missing(struct db *db, uint64_t id, struct err *e)
{
    char text[DIGEST_ID_CHARS + 1];
    digest_format_id(id, text);
    sqlite3_stmt *s = db_use(db, "SELECT number FROM corrections WHERE target = ?1"
                                 " AND kind = 'quote_reject' AND undone_ms IS NULL AND NOT orphaned"
                                 " ORDER BY number DESC LIMIT 1");
    db_bind_int(s, 1, db_id(id));
    int64_t number = db_step(db, s) ? db_int(s, 0) : 0;
    db_done(s);
    return number == 0
               ? err_set(e, RC_NOT_FOUND, "there is no quote %s", text)
               : err_set(e, RC_GONE, "quote %s was rejected: correction %lld says that it is none",
                         text, (long long)number);
}

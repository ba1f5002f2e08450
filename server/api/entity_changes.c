#include "api/entity_changes.h"

#include "api/entities.h"
#include "api/fields.h"
#include "store/corrections.h"
#include "store/entities.h"
#include "text/digest.h"
#include "text/fold.h"

enum { NAME_MOST = 256, NOTE_MOST = 1000, PARTS_MOST = 1000, CORRECTIONS_MOST = 2 };

/* What was done, for the reply. */
struct done {
    int64_t numbers[CORRECTIONS_MOST]; /* first ones; a split has consecutive ones */
    size_t count;
    uint64_t entity, made; /* 0: none */
};

static enum rc write_done(struct call *call, const struct done *done, struct err *e)
{
    struct jsonw w = reply_jsonw(call->reply);
    call_reads_anew(call);
    jsonw_object(&w);
    jsonw_key(&w, "corrections");
    jsonw_array(&w);
    for (size_t i = 0; i < done->count; i++) {
        jsonw_int(&w, i < CORRECTIONS_MOST ? done->numbers[i] : done->numbers[0] + (int64_t)i);
    }
    jsonw_end(&w);
    const struct {
        const char *key;
        uint64_t id;
    } parts[] = {{"entity", done->entity}, {"made", done->made}};
    enum rc rc = RC_OK;
    for (size_t i = 0; i < 2 && rc == RC_OK; i++) {
        jsonw_key(&w, parts[i].key);
        if (parts[i].id == 0) {
            jsonw_null(&w);
        } else {
            rc = entities_write(call, &w, parts[i].id, SLICE_NONE, e);
        }
    }
    if (rc == RC_OK) { /* else the object stands open, and nobody sees it */
        jsonw_end(&w);
    }
    return rc;
}

/* Waits for the commit: corrections are rare, and this runs on a worker. */
static enum rc correct(struct call *call, enum correction_kind kind, uint64_t target,
                       struct slice value, struct slice note, struct done *done, struct err *e)
{
    struct store_correction correction = {.kind = kind,
                                          .target = target,
                                          .value = value,
                                          .author = request_caller(call->request),
                                          .request = slice_cstr(request_id(call->request)),
                                          .note = note};
    int64_t affected;
    enum rc rc =
        store_correct(call_store(call), &correction, &done->numbers[done->count], &affected, e);
    done->count += rc == RC_OK;
    return rc;
}

static enum rc check_type(const struct field_text *field, enum entity_type *type, struct err *e)
{
    if (field->given && !entity_type_parse(field->text, type)) {
        return err_field(e, RC_INVALID, field->name, "'%.*s' is no type: PER, ORG, LOC or MISC",
                         (int)(field->text.len < 40 ? field->text.len : 40), field->text.ptr);
    }
    return RC_OK;
}

/* A name of signs alone could be found by nobody. */
static enum rc check_name(struct call *call, const struct field_text *field, struct err *e)
{
    if (field->given && fold_key(call->arena, field->text).len == 0) {
        return err_field(e, RC_INVALID, field->name, "a name needs a letter or a digit");
    }
    return RC_OK;
}

enum rc entity_changes_patch(struct call *call, struct err *e)
{
    enum { NAME, TYPE, NOTE, FIELDS };
    struct field_text fields[FIELDS] = {[NAME] = {.name = "name", .most_bytes = NAME_MOST},
                                        [TYPE] = {.name = "type", .most_bytes = NAME_MOST},
                                        [NOTE] = {.name = "note", .most_bytes = NOTE_MOST}};
    const struct store_candidate *found;
    enum entity_type type;
    enum rc rc = fields_read(call, fields, FIELDS, e);
    rc = rc == RC_OK ? check_name(call, &fields[NAME], e) : rc;
    rc = rc == RC_OK ? check_type(&fields[TYPE], &type, e) : rc;
    if (rc == RC_OK && !fields[NAME].given && !fields[TYPE].given) {
        rc = err_field(e, RC_INVALID, "name", "say what changes: name or type");
    }
    rc = rc == RC_OK ? entities_resolve(call, &found, e) : rc;
    if (rc != RC_OK || !found) {
        return rc;
    }
    struct done done = {.entity = found->id};
    if (fields[NAME].given) {
        rc = correct(call, CORRECTION_ENTITY_RENAME, found->id, fields[NAME].text,
                     fields[NOTE].text, &done, e);
    }
    if (rc == RC_OK && fields[TYPE].given) {
        rc = correct(call, CORRECTION_ENTITY_RETYPE, found->id, fields[TYPE].text,
                     fields[NOTE].text, &done, e);
    }
    return rc == RC_OK ? write_done(call, &done, e) : rc;
}

enum rc entity_changes_merge(struct call *call, struct err *e)
{
    enum { INTO, NOTE, FIELDS };
    struct field_text fields[FIELDS] = {[INTO] = {.name = "into", .most_bytes = NAME_MOST},
                                        [NOTE] = {.name = "note", .most_bytes = NOTE_MOST}};
    const struct store_candidate *found;
    struct done done = {0};
    enum rc rc = fields_read(call, fields, FIELDS, e);
    if (rc == RC_OK && !fields[INTO].given) {
        rc = err_field(e, RC_INVALID, "into", "say which entity remains: id, slug, name or alias");
    }
    rc = rc == RC_OK ? entities_resolve(call, &found, e) : rc;
    if (rc != RC_OK || !found) {
        return rc;
    }
    rc = call_entity(call, "into", fields[INTO].text, &done.entity, e);
    if (rc == RC_NOT_FOUND || rc == RC_GONE) { /* the address is right, what the body says is not */
        return err_field(e, RC_INVALID, "into", "no entity is known as '%.*s'",
                         (int)(fields[INTO].text.len < 100 ? fields[INTO].text.len : 100),
                         fields[INTO].text.ptr);
    }
    if (rc == RC_OK && done.entity == found->id) {
        rc = err_field(e, RC_INVALID, "into", "an entity can't be merged into itself");
    }
    if (rc == RC_OK) {
        char id[DIGEST_ID_CHARS + 1];
        digest_format_id(done.entity, id);
        rc = correct(call, CORRECTION_ENTITY_MERGE, found->id, slice_cstr(id), fields[NOTE].text,
                     &done, e);
    }
    return rc == RC_OK ? write_done(call, &done, e) : rc;
}

static enum rc parse_articles(struct call *call, const struct field_text *field, uint64_t **out,
                              struct err *e)
{
    *out = ARENA_ARRAY(call->arena, uint64_t, field->item_count);
    if (field->item_count > 0 && !*out) {
        return err_nomem(e);
    }
    for (size_t i = 0; i < field->item_count; i++) {
        if (!digest_parse_id(field->items[i], &(*out)[i])) {
            return err_field(e, RC_INVALID, field->name, "'%.*s' is no article's id",
                             (int)(field->items[i].len < 40 ? field->items[i].len : 40),
                             field->items[i].ptr);
        }
    }
    return RC_OK;
}

enum rc entity_changes_split(struct call *call, struct err *e)
{
    enum { ALIASES, ARTICLES, NAME, TYPE, NOTE, FIELDS };
    struct field_text fields[FIELDS] = {
        [ALIASES] = {.name = "aliases", .most_bytes = NAME_MOST, .most_items = PARTS_MOST},
        [ARTICLES] = {.name = "articles", .most_bytes = NAME_MOST, .most_items = PARTS_MOST},
        [NAME] = {.name = "name", .most_bytes = NAME_MOST},
        [TYPE] = {.name = "type", .most_bytes = NAME_MOST},
        [NOTE] = {.name = "note", .most_bytes = NOTE_MOST}};
    const struct store_candidate *found;
    struct store_split split = {0};
    uint64_t *articles = NULL;
    enum rc rc = fields_read(call, fields, FIELDS, e);
    rc = rc == RC_OK ? check_name(call, &fields[NAME], e) : rc;
    rc = rc == RC_OK ? check_type(&fields[TYPE], &split.type, e) : rc;
    rc = rc == RC_OK ? parse_articles(call, &fields[ARTICLES], &articles, e) : rc;
    if (rc == RC_OK && fields[ALIASES].given == fields[ARTICLES].given) {
        rc = err_field(e, RC_INVALID, "aliases",
                       "say what becomes an entity of its own: either "
                       "aliases or articles");
    }
    rc = rc == RC_OK ? entities_resolve(call, &found, e) : rc;
    if (rc != RC_OK || !found) {
        return rc;
    }
    split.entity = found->id;
    split.aliases = fields[ALIASES].items;
    split.alias_count = fields[ALIASES].item_count;
    split.articles = articles;
    split.article_count = fields[ARTICLES].item_count;
    split.name = fields[NAME].text;
    split.has_type = fields[TYPE].given;
    split.author = request_caller(call->request);
    split.request = slice_cstr(request_id(call->request));
    split.note = fields[NOTE].text;
    struct done done = {.entity = found->id};
    rc = store_split(call_store(call), &split, &done.made, &done.numbers[0], &done.count, e);
    done.numbers[1] = done.numbers[0] + 1;
    if (rc == RC_OK) {
        call->reply->status = 201;
        rc = write_done(call, &done, e);
    }
    return rc;
}

enum rc entity_changes_delete(struct call *call, struct err *e)
{
    const struct store_candidate *found;
    enum rc rc = entities_resolve(call, &found, e);
    if (rc != RC_OK || !found) {
        return rc;
    }
    struct done done = {0};
    rc = correct(call, CORRECTION_ENTITY_FORBID, found->id, SLICE(""),
                 call_param(call, P_NOTE)->text, &done, e);
    return rc == RC_OK ? write_done(call, &done, e) : rc;
}

/* `guillemet evaluate`: how good is the analysis on texts that people annotated? */
#include <stdlib.h>
#include <string.h>

#include "analyse/analyse.h"
#include "analyse/gazetteer.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/score.h"
#include "text/utf8.h"

#define FILE_MOST_BYTES ((size_t)1 << 30)

struct run {
    struct gazetteer *gazetteer;
    struct slice lang; /* of lines that name none */
    bool quotes;       /* the task; else entities */
    struct score_entities entities_score;
    struct score_quotes quotes_score;
    long long documents, listings;
};

static uint32_t *decode(struct arena *arena, struct slice text, size_t *length)
{
    uint32_t *out = ARENA_ARRAY(arena, uint32_t, text.len);
    *length = 0;
    for (size_t at = 0; at < text.len;) {
        out[(*length)++] = utf8_decode(text, at, &at);
    }
    return out;
}

static void add_case(struct run *run, const struct gold *gold, const struct analysis *analysis,
                     struct arena *arena)
{
    struct score_case c = {.gold = gold,
                           .analysis = analysis,
                           .offsets = offsets_new(arena, gold->document->text),
                           .arena = arena,
                           .errors = run->listings > 0 ? stderr : NULL,
                           .listings = &run->listings};
    c.text = decode(arena, gold->document->text, &c.length);
    if (run->quotes) {
        score_quotes_add(&run->quotes_score, &c);
    } else {
        score_entities_add(&run->entities_score, &c);
    }
}

static enum rc score_line(struct run *run, struct slice line, struct arena *arena, struct err *e)
{
    struct gold gold;
    struct analysis *analysis = NULL;
    struct analyse_options options = {.gazetteer = run->gazetteer};
    enum rc rc = gold_read(line, run->lang, arena, &gold, e);
    rc = rc ? rc : analyse_document(gold.document, &options, arena, &analysis, e);
    if (rc) {
        return rc;
    }
    jmp_buf out;
    jmp_buf *before = arena_escape(arena, &out);
    if (setjmp(out)) {
        arena_escape(arena, before);
        return err_nomem(e);
    }
    add_case(run, &gold, analysis, arena);
    arena_escape(arena, before);
    run->documents++;
    return RC_OK;
}

static int score_file(struct run *run, const char *path)
{
    struct buf file;
    struct err e = {0};
    buf_init(&file);
    struct arena *arena = arena_new(0);
    enum rc rc = arena ? files_read(path, FILE_MOST_BYTES, &file, &e) : err_nomem(&e);
    struct slice rest = buf_view(&file);
    int code = rc ? cli_fail(NULL, &e) : CLI_OK;
    for (size_t line = 1; rc == RC_OK && slice_present(rest); line++) {
        struct slice text = slice_trim(slice_cut(&rest, '\n'));
        arena_reset(arena);
        rc = text.len > 0 ? score_line(run, text, arena, &e) : RC_OK;
        if (rc) {
            code = cli_fail_at(path, line, &e);
        }
    }
    arena_free(arena);
    buf_done(&file);
    return code;
}

static bool read_types(struct run *run, const char *types)
{
    struct slice rest = slice_cstr(types ? types : "PER,ORG,LOC");
    struct score_entities *s = &run->entities_score;
    while (slice_present(rest)) {
        struct slice type = slice_trim(slice_cut(&rest, ','));
        enum entity_type known;
        if (s->type_count == SCORE_TYPES_MOST || !entity_type_parse(type, &known)) {
            cli_complain("--types takes PER, ORG, LOC and MISC, not \"%.*s\"", SLICE_ARG(type));
            return false;
        }
        s->types[s->type_count++] = type;
    }
    return true;
}

static bool read_task(struct run *run, const struct cli *cli)
{
    const char *task = cli_value(cli, "task"), *errors = cli_value(cli, "errors");
    run->quotes = task && strcmp(task, "quotes") == 0;
    if (!task || (!run->quotes && strcmp(task, "entities") != 0)) {
        cli_complain("evaluate needs --task entities or --task quotes");
        return false;
    }
    char *end = NULL;
    run->listings = errors ? strtoll(errors, &end, 10) : 0;
    if (errors && (*end != '\0' || run->listings < 0)) {
        cli_complain("--errors takes a number, not \"%s\"", errors);
        return false;
    }
    return read_types(run, cli_value(cli, "types"));
}

static void print_score(const struct run *run, bool compact)
{
    struct buf out;
    struct jsonw w;
    buf_init(&out);
    jsonw_init(&w, &out, compact ? 0 : 1);
    if (run->quotes) {
        score_quotes_write(&w, &run->quotes_score);
    } else {
        score_entities_write(&w, &run->entities_score);
    }
    printf("%.*s\n", SLICE_ARG(buf_view(&out)));
    buf_done(&out);
}

static int run_evaluate(struct cli *cli)
{
    struct run run = {.documents = 0};
    struct err e = {0};
    if (!read_task(&run, cli)) {
        return CLI_USAGE;
    }
    const char *lang = config_text(cli->config, "lang");
    run.lang = lang ? slice_cstr(lang) : SLICE("fr");
    if (files_lang_pack(cli, &e) || files_models(cli, &e) ||
        files_gazetteer(cli, &run.gazetteer, &e)) {
        cli_report(NULL, &e);
        return CLI_USAGE;
    }
    int code = CLI_OK;
    for (int i = 0; code == CLI_OK && i < cli->operand_count; i++) {
        code = score_file(&run, cli->operands[i]);
    }
    gazetteer_free(run.gazetteer);
    if (code == CLI_OK) {
        print_score(&run, cli_switch(cli, "json"));
    }
    return code;
}

static const struct cli_option options[] = {
    {"task", 0, "entities|quotes", "what is scored"},
    {"types", 0, "LIST", "types of entities that count [PER,ORG,LOC]"},
    {"errors", 0, "N", "list the first N differences on stderr, in context"},
    {"json", 0, NULL, "on one line"},
    {NULL, 0, NULL, NULL}};
static const char *const config[] = {"gazetteer", "lang", "lang-pack", "model", "config", NULL};

const struct cli_command cmd_evaluate = {
    .name = "evaluate",
    .summary = "score the analysis against texts that people annotated",
    .usage = "--task entities|quotes [OPTION…] FILE…",
    .about = "Analyses the texts of gold files (a JSON object a line, offsets in code points) and "
             "prints\n"
             "precision, recall and F1 as JSON. Entities: exact span and type. Quotes: content "
             "covered at 30 %,\n"
             "at 80 % and exactly, word overlap, the right speaker, and both together. Texts that "
             "name no\nlanguage are taken for those of --lang, else French.",
    .examples = "  guillemet evaluate --task entities gold.jsonl\n"
                "  guillemet evaluate --task entities --lang en --errors 50 english.jsonl\n"
                "  guillemet evaluate --task quotes --errors 20 --json gold.jsonl",
    .options = options,
    .config = config,
    .least = 1,
    .most = -1,
    .run = run_evaluate,
};

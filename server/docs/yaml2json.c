/* Build tool: YAML on stdin → JSON on stdout. One document; plain scalars are read by YAML 1.2's core schema (null,
 * true, false, numbers; else text); anchors and tags are refused, because openapi.yaml needs none.
 *
 * libyaml parses: indentation, folding and quoting are not worth doing at home. It is used here only, not in
 * the service. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { DEPTH_MOST = 64 };

struct level {
    bool is_mapping, at_key;
    size_t count;
};

static struct level levels[DEPTH_MOST];
static int depth;

static void fail(const yaml_mark_t *mark, const char *message)
{
    fprintf(stderr, "yaml2json: line %zu: %s\n", mark->line + 1, message);
    exit(1);
}

static void write_text(const char *text, size_t len)
{
    putchar('"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            printf("\\%c", c);
        } else if (c == '\n') {
            fputs("\\n", stdout);
        } else if (c < 0x20) {
            printf("\\u%04x", c);
        } else {
            putchar(c);
        }
    }
    putchar('"');
}

/* JSON's own number form, which is what the core schema's decimal numbers that we write look like. */
static bool is_number(const char *text)
{
    const char *at = text + (*text == '-');
    size_t digits = strspn(at, "0123456789");
    if (digits == 0 || (digits > 1 && *at == '0')) {
        return false;
    }
    at += digits;
    if (*at == '.') {
        digits = strspn(++at, "0123456789");
        if (digits == 0) {
            return false;
        }
        at += digits;
    }
    return *at == '\0';
}

static void write_scalar(const yaml_event_t *event, bool as_key)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !as_key;
    if (plain && (len == 0 || strcmp(text, "~") == 0 || strcmp(text, "null") == 0)) {
        fputs("null", stdout);
    } else if (plain &&
               (strcmp(text, "true") == 0 || strcmp(text, "false") == 0 || is_number(text))) {
        fputs(text, stdout);
    } else {
        write_text(text, len);
    }
}

/* Commas and colons before a value or key; true when what comes is a key. */
static bool begin_node(void)
{
    if (depth == 0) {
        return false;
    }
    struct level *level = &levels[depth - 1];
    bool is_key = level->is_mapping && level->at_key;
    if (level->is_mapping && !level->at_key) {
        putchar(':');
    } else if (level->count++ > 0) {
        putchar(',');
    }
    level->at_key = level->is_mapping && !level->at_key;
    return is_key;
}

static void open_level(const yaml_event_t *event, bool is_mapping)
{
    if (begin_node()) {
        fail(&event->start_mark, "a key must be a scalar");
    }
    if (depth == DEPTH_MOST) {
        fail(&event->start_mark, "too deep");
    }
    levels[depth++] = (struct level){is_mapping, is_mapping, 0};
    putchar(is_mapping ? '{' : '[');
}

static void write_event(const yaml_event_t *event)
{
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        write_scalar(event, begin_node());
        break;
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        open_level(event, event->type == YAML_MAPPING_START_EVENT);
        break;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        depth--;
        putchar(event->type == YAML_MAPPING_END_EVENT ? '}' : ']');
        break;
    case YAML_ALIAS_EVENT:
        fail(&event->start_mark, "aliases are not taken");
        break;
    default:
        break;
    }
}

int main(void)
{
    yaml_parser_t parser;
    yaml_event_t event;
    bool more = true;
    if (!yaml_parser_initialize(&parser)) {
        return 1;
    }
    yaml_parser_set_input_file(&parser, stdin);
    while (more) {
        if (!yaml_parser_parse(&parser, &event)) {
            fail(&parser.problem_mark, parser.problem);
        }
        write_event(&event);
        more = event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    putchar('\n');
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

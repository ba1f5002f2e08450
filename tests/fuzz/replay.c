/* Runs a fuzz target over files: `replay_NAME FILE|FOLDER…`. No fuzzer is needed, so every `make test` does it. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A target may have one, as under libFuzzer. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv);

static size_t replayed;

/* The copy is exactly as long as the input, so that a read past its end is seen. */
static void replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size ? size : 1);
    if (!file || !data || fread(data, 1, size, file) != size) {
        fprintf(stderr, "replay: can't read %s\n", path);
        exit(2);
    }
    fclose(file);
    /* Said before the run: after a crash the last line names the input. */
    fprintf(stderr, "replay: %s (%zu bytes)\n", path, size);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    replayed++;
}

static void replay_path(const char *path);

static void replay_folder(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char inner[4096];
        if (entries[i]->d_name[0] != '.' &&
            snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name) < (int)sizeof inner) {
            replay_path(inner);
        }
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
}

static void replay_path(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return; /* a target without past crashes has no regression folder */
    }
    if (S_ISDIR(status.st_mode)) {
        replay_folder(path);
    } else {
        replay_file(path, (size_t)status.st_size);
    }
}

int main(int argc, char **argv)
{
    if (LLVMFuzzerInitialize) {
        LLVMFuzzerInitialize(&argc, &argv);
    }
    for (int i = 1; i < argc; i++) {
        replay_path(argv[i]);
    }
    fprintf(stderr, "replay: %zu inputs\n", replayed);
    /* No input at all means that a corpus got lost. */
    return replayed > 0 ? 0 : 2;
}

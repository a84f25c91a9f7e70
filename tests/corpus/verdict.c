/* verdict FILE…: prints for each table "good", "semantic" (its elements and attributes are as they must be, what they say is not) or "structural", and the file.
 * A file is read as one that another includes, so that <table> and <ruleset> are alike; what it includes itself is left out. */
#include "kmsrules/kmsrules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_whole(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    char *data = NULL;
    if (file && fseek(file, 0, SEEK_END) == 0) {
        long end = ftell(file);
        rewind(file);
        data = end < 0 ? NULL : malloc((size_t)end + 1);
        *size = data ? fread(data, 1, (size_t)end, file) : 0;
    }
    if (file) fclose(file);
    return data;
}

/* KR901 to KR909 and their like: what the schema of the tables can see as well. */
static int is_structural(const char *code) {
    static const char *const others[] = {"KR915", "KR918"};
    if (strcmp(code, "KR901") >= 0 && strcmp(code, "KR909") <= 0) return 1;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(code, others[i]) == 0) return 1;
    return 0;
}

static const char *verdict_of(const kmsrules_builder *builder) {
    const char *verdict = "good";
    for (size_t i = 0; i < kmsrules_builder_problem_count(builder); i++) {
        const kmsrules_problem *problem = kmsrules_builder_problem(builder, i);
        if (!problem->is_error) continue;
        if (is_structural(problem->code)) return "structural";
        verdict = "semantic";
    }
    return verdict;
}

static int judge(const char *path) {
    static const char root[] = "<ruleset xmlns='urn:kmsrules:1' id='root' revision='1'><include href='table.xml'/></ruleset>";
    kmsrules_builder *builder = NULL;
    kmsrules_ruleset *ruleset = NULL;
    size_t size = 0;
    char *data = read_whole(path, &size);
    kmsrules_limits limits = *kmsrules_default_limits();
    limits.problem_count = 100000; /* a table of ours alone lacks every id of the others */
    int is_judged = data && kmsrules_builder_new(&builder) == KMSRULES_OK && kmsrules_builder_set_limits(builder, &limits) == KMSRULES_OK &&
                    kmsrules_builder_provide(builder, "table.xml", data, size) == KMSRULES_OK &&
                    kmsrules_builder_provide(builder, "root.xml", root, strlen(root)) == KMSRULES_OK;
    if (is_judged) {
        kmsrules_builder_add(builder, "root.xml");
        kmsrules_builder_build(builder, &ruleset);
        printf("%s %s\n", verdict_of(builder), path);
    }
    kmsrules_ruleset_free(ruleset);
    kmsrules_builder_free(builder);
    free(data);
    return is_judged;
}

int main(int argument_count, char **arguments) {
    int status = 0;
    for (int i = 1; i < argument_count; i++)
        if (!judge(arguments[i])) status = 1;
    return status;
}

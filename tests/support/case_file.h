/* Case files: plain text in, cases out. The form is told in tests/cases/README.md.
 * Says what is wrong with a case file itself as a failure with the file's own name and line. */
#ifndef TESTS_CASE_FILE_H
#define TESTS_CASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words of a list, in the text of their file. */
struct case_words {
    char **items;
    size_t count;
};

/* `each host A, B`: the case is asked once for A and once for B; `host A` or `edition A, B`: all of it in one question. */
struct case_list {
    struct case_words words;
    bool is_each;
};

struct case_expectation {
    unsigned line;
    char *text; /* "no KR104 not-listed" */
};

struct test_case {
    const char *file; /* "tests/cases/issue-2.case" */
    unsigned line;
    char *title;
    char *ruleset;
    struct case_words overlays;
    struct case_list hosts, editions, keys;
    struct case_words owned, updates;
    bool complete;
    char *host_build;
    int64_t machines[3]; /* by kind, -1: not given */
    struct case_expectation *expectations;
    size_t expectation_count;
};

struct case_file {
    char *name, *text;
    struct test_case *cases;
    size_t count;
};

/* Reads `KMSRULES_SOURCE_DIR/name`; what is wrong in it has been reported. */
void case_file_read(const char *name, struct case_file *file);
/* The same for a text, which is copied. */
void case_file_parse(const char *name, const char *text, struct case_file *file);
void case_file_free(struct case_file *file);

/* All files under tests/cases that end in .case, sorted; names as case_file_read() wants them. */
struct case_words case_file_find(void);
void case_words_free(struct case_words *names);

/* A CUnit check that is placed at a line of a case file. */
void case_assert(bool holds, const char *file, unsigned line, const char *message);

/* From now on failures are not given to CUnit but written down as "2 5 9 ", the lines they are at; NULL ends that. For tests of the runner itself. */
#define CASE_LINES_SIZE 256
void case_write_failures(char lines[CASE_LINES_SIZE]);

/* Cuts "A, B" up; the pieces stay in `text`. False when a piece is empty. */
bool case_split(char *text, struct case_words *words);

#endif

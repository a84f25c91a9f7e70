/* A runbook as Markdown, for a wiki or a ticket; the form may change. Texts are escaped, commands stand in indented blocks. See runbook.h. */
#include "runbook/runbook.h"

/* Text that is already safe for a terminal, so that no reader of Markdown takes a character of it for more than that. */
static void add_text(struct kr_buffer *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '&') {
            kr_buffer_add_string(out, "&amp;");
            continue;
        }
        if (strchr("\\|`*_<>[]#~!$", *text) != NULL) kr_buffer_add_string(out, "\\");
        kr_buffer_add(out, (struct kr_text){text, 1});
    }
}

/* The words of a buffer, which is emptied. */
static void add_words(struct kr_buffer *out, struct kr_buffer *words) {
    if (words->has_failed) out->has_failed = true;
    if (words->data != NULL) add_text(out, words->data);
    kr_buffer_free(words);
}

static void add_item(struct kr_buffer *out, const char *label, const char *text) {
    if (text == NULL) return;
    kr_buffer_add_string(out, label);
    add_text(out, text);
    kr_buffer_add_string(out, "\n");
}

static void add_commands(struct kr_buffer *out, const kmsrules_step *step) {
    for (size_t i = 0; i < step->command_count; i++) {
        const kmsrules_command *command = &step->commands[i];
        if (i > 0 && command->is_alternative) kr_buffer_add_string(out, "or\n\n");
        kr_buffer_add_string(out, "    ");
        kr_buffer_add_string(out, command->text);
        bool is_last = i + 1 == step->command_count || step->commands[i + 1].is_alternative;
        kr_buffer_add_string(out, is_last ? "\n\n" : "\n");
    }
}

static void add_sources(struct kr_buffer *out, const kmsrules_runbook *runbook, const kmsrules_step *step) {
    struct kr_buffer words = {0};
    kr_buffer_add_string(out, "- Source: ");
    for (size_t i = 0; i < step->source_count; i++) kr_words_say(&words, i == 0 ? "%" : ", %", runbook->ruleset->sources[step->sources[i]].id);
    add_words(out, &words);
    kr_buffer_add_string(out, "\n\n");
}

static void add_step(struct kr_buffer *out, const kmsrules_runbook *runbook, size_t index) {
    const struct kr_planned_step *step = &runbook->steps[index];
    kr_buffer_add_string(out, "### ");
    kr_buffer_add_number(out, index + 1);
    kr_buffer_add_string(out, ". ");
    add_text(out, step->shown.title);
    kr_buffer_add_string(out, "\n\n*");
    kr_buffer_add_string(out, kr_runbook_where(step->row));
    kr_buffer_add_string(out, step->shown.is_elevated ? ", elevated" : "");
    kr_buffer_add_string(out, step->shown.command_count == 0                     ? ", by hand*\n\n"
                              : step->shown.commands[0].shell == kr_shell_words[1] ? ", in PowerShell*\n\n"
                                                                                 : ", in a command prompt*\n\n");
    add_commands(out, &step->shown);
    add_item(out, "- Check: ", step->shown.check);
    add_item(out, "- Undo: ", step->shown.undo);
    add_item(out, "- Note: ", step->shown.note);
    add_sources(out, runbook, &step->shown);
}

static void add_head(struct kr_buffer *out, const kmsrules_runbook *runbook) {
    struct kr_reason_place place = {0, 0};
    struct kr_buffer words = {0};
    kr_buffer_add_string(out, "# KMS runbook\n\n");
    kr_words_summary(&words, runbook->answer);
    add_words(out, &words);
    kr_buffer_add_string(out, "\n\n");
    if (runbook->answer->verdict != KMSRULES_YES) add_item(out, "> **Warning.** ", kr_runbook_warning(runbook));
    while (kr_runbook_next_reason(runbook, &place, &words)) {
        kr_buffer_add_string(out, "> - ");
        add_words(out, &words);
        kr_buffer_add_string(out, "\n");
    }
    if (runbook->answer->verdict != KMSRULES_YES) kr_buffer_add_string(out, "\n");
    kr_runbook_add_host(&words, runbook);
    add_words(out, &words);
    kr_buffer_add_string(out, "\n\n");
}

static void add_notes(struct kr_buffer *out, const kmsrules_runbook *runbook) {
    struct kr_buffer words = {0};
    if (runbook->answer->note_count > 0) kr_buffer_add_string(out, "## Notes\n\n");
    for (size_t i = 0; i < runbook->answer->note_count; i++) {
        kr_buffer_add_string(out, "- ");
        kr_words_note(&words, runbook->answer, &runbook->answer->notes[i]);
        add_words(out, &words);
        kr_buffer_add_string(out, i + 1 == runbook->answer->note_count ? "\n\n" : "\n");
    }
}

static void add_source_list(struct kr_buffer *out, const kmsrules_runbook *runbook) {
    struct kr_buffer words = {0};
    kr_buffer_add_string(out, "## Sources\n\n");
    for (kmsrules_id i = 0; i < runbook->ruleset->source_count; i++) {
        if (!kr_runbook_names(runbook, i)) continue;
        kr_words_say(&words, "%: ", runbook->ruleset->sources[i].id);
        kr_runbook_add_source(&words, runbook, i);
        kr_buffer_add_string(out, "- ");
        add_words(out, &words);
        kr_buffer_add_string(out, "\n");
    }
    kr_buffer_add_string(out, "\n");
}

kmsrules_status kmsrules_runbook_markdown(const kmsrules_runbook *runbook, char **text, size_t *size) {
    if (runbook == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct kr_page page = {.ruleset = runbook->ruleset};
    struct kr_buffer words = {0};
    add_head(&page.out, runbook);
    for (size_t i = 0; i < runbook->step_count; i++) {
        const struct kr_step *row = runbook->steps[i].row;
        if (i == 0 || runbook->steps[i - 1].row->phase != row->phase) kr_words_say(&page.out, "## %\n\n", kr_runbook_heading(row->phase));
        add_step(&page.out, runbook, i);
    }
    add_notes(&page.out, runbook);
    if (runbook->step_count > 0) add_source_list(&page.out, runbook);
    kr_runbook_add_origin(&words, runbook);
    add_words(&page.out, &words);
    kr_buffer_add_string(&page.out, "\n");
    return kr_page_finish(&page, text, size);
}

/* A runbook as a PowerShell script: it does what is to be done on the host and says what is to be done elsewhere or by hand. See runbook.h and expression.h. */
#include "runbook/expression.h"

#define NAME_PATTERN "'^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$'"

struct script {
    struct kr_buffer out;
    const kmsrules_runbook *runbook;
    size_t step_count, number; /* a step for each zone is one step here */
};

static void say(struct script *script, const char *text) { kr_buffer_add_string(&script->out, text); }

/* A comment ends with its line, and filled texts hold no line end; what is beyond ASCII comes out as an escape. */
static void add_comment(struct script *script, const char *label, const char *text) {
    struct kr_text rest = kr_text_of(text);
    say(script, "# ");
    say(script, label);
    for (size_t offset = 0; offset < rest.size;) {
        size_t start = offset;
        uint32_t character = kr_utf8_next(rest, &offset);
        if (character >= 0x20 && character < 0x7F) kr_buffer_add(&script->out, (struct kr_text){rest.data + start, 1});
        else say(script, "?");
    }
    say(script, "\n");
}

/* The words of a buffer as a comment; empties it. */
static void add_comment_of(struct script *script, const char *label, struct kr_buffer *words) {
    if (words->has_failed) script->out.has_failed = true;
    add_comment(script, label, words->data == NULL ? "" : words->data);
    kr_buffer_free(words);
}

static void add_text(struct script *script, const char *text) {
    struct kr_expression value = {0};
    kr_expression_add_text(&value, kr_text_of(text));
    kr_expression_finish(&value, &script->out);
}

/* ---- Head ---- */

static void add_reasons(struct script *script) {
    struct kr_reason_place place = {0, 0};
    struct kr_buffer words = {0};
    if (script->runbook->answer->verdict != KMSRULES_YES) add_comment(script, "Warning: ", kr_runbook_warning(script->runbook));
    while (kr_runbook_next_reason(script->runbook, &place, &words)) add_comment_of(script, "  ", &words);
}

static void add_title(struct script *script) {
    struct kr_buffer words = {0};
    kr_words_summary(&words, script->runbook->answer);
    add_comment_of(script, "KMS runbook. ", &words);
    add_reasons(script);
    if (script->runbook->entry_count > 0) {
        kr_runbook_add_host(&words, script->runbook);
        add_comment_of(script, "", &words);
    }
    kr_runbook_add_origin(&words, script->runbook);
    add_comment_of(script, "", &words);
}

static void add_parameters(struct script *script) {
    const kmsrules_runbook *runbook = script->runbook;
    say(script, "# Run it on the host. It holds no product key and asks for it when it is needed. -WhatIf shows what it would do; -From goes on at a later step.\n"
                "[CmdletBinding(SupportsShouldProcess = $true)]\nparam(\n    [ValidatePattern(" NAME_PATTERN ")] [string] $HostName = ");
    add_text(script, runbook->fqdn);
    say(script, ",\n    [ValidatePattern(" NAME_PATTERN ")] [string[]] $Zone = @(");
    for (size_t i = 0; i < runbook->zone_count; i++) {
        if (i > 0) say(script, ", ");
        add_text(script, runbook->zones[i]);
    }
    say(script, "),\n    [ValidateRange(1, ");
    kr_buffer_add_number(&script->out, script->step_count);
    say(script, ")] [int] $From = 1\n)\n");
}

static void add_functions(struct script *script) {
    say(script,
        "Set-StrictMode -Version 2\n"
        "$ErrorActionPreference = 'Stop'\n"
        "$global:LASTEXITCODE = 0\n"
        "\n"
        "$Identity = [Security.Principal.WindowsIdentity]::GetCurrent()\n"
        "$Principal = New-Object Security.Principal.WindowsPrincipal($Identity)\n"
        "if (-not $Principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {\n"
        "    throw 'This script changes the licensing of this computer: run it from an elevated PowerShell.'\n"
        "}\n"
        "if ((@($HostName) + $Zone) -match '([A-Za-z0-9]{5}-){4}[A-Za-z0-9]{5}') {\n"
        "    throw 'A name is wanted that does not look like a product key.'\n"
        "}\n"
        "\n"
        "# Typed unseen, and kept for no longer than its step; the tool that takes it gets it on its command line.\n"
        "function Read-HostKey {\n"
        "    param([string] $Name)\n"
        "    $Secret = Read-Host -Prompt ('KMS host key of ' + $Name) -AsSecureString\n"
        "    $Pointer = [Runtime.InteropServices.Marshal]::SecureStringToBSTR($Secret)\n"
        "    try { [Runtime.InteropServices.Marshal]::PtrToStringBSTR($Pointer) }\n"
        "    finally { [Runtime.InteropServices.Marshal]::ZeroFreeBSTR($Pointer) }\n"
        "}\n"
        "\n"
        "function Assert-Success {\n"
        "    param([int] $Step)\n"
        "    if ($LASTEXITCODE -ne 0) {\n"
        "        throw ('Step ' + $Step + ' ended with exit code ' + $LASTEXITCODE + '. Put it right, then go on with -From ' + $Step + '.')\n"
        "    }\n"
        "}\n");
}

/* ---- Commands ---- */

/* The next word of a command; blanks between double quotes are part of it. */
static bool next_word(struct kr_text command, size_t *offset, struct kr_text *word) {
    bool is_quoted = false;
    while (*offset < command.size && command.data[*offset] == ' ') ++*offset;
    size_t start = *offset;
    for (; *offset < command.size && (is_quoted || command.data[*offset] != ' '); ++*offset)
        if (command.data[*offset] == '"') is_quoted = !is_quoted;
    *word = (struct kr_text){command.data + start, *offset - start};
    return word->size > 0;
}

/* -Name of a cmdlet, which must not be quoted. */
static bool is_parameter(struct kr_text word) {
    if (word.size < 2 || word.data[0] != '-') return false;
    for (size_t i = 1; i < word.size; i++)
        if (kr_ascii_lower(word.data[i]) < 'a' || kr_ascii_lower(word.data[i]) > 'z') return false;
    return true;
}

/* A word without its double quotes. */
static void add_word(struct script *script, const struct kr_planned_step *step, struct kr_text word) {
    struct kr_expression value = {0};
    for (size_t start = 0, end; start < word.size; start = end + 1) {
        for (end = start; end < word.size && word.data[end] != '"'; end++) {}
        kr_expression_add_template(&value, step, script->runbook, (struct kr_text){word.data + start, end - start}, KR_FOR_RUNNING);
    }
    kr_expression_finish(&value, &script->out);
}

static void add_call(struct script *script, const struct kr_planned_step *step, const struct kr_command *command) {
    struct kr_text word;
    say(script, "        &");
    for (size_t offset = 0; next_word(command->text, &offset, &word);) {
        say(script, " ");
        if (command->is_powershell && is_parameter(word)) kr_buffer_add(&script->out, word);
        else add_word(script, step, word);
    }
    say(script, "\n");
    if (command->is_powershell || command->may_fail) return;
    say(script, "        Assert-Success ");
    kr_buffer_add_number(&script->out, script->number);
    say(script, "\n");
}

static bool has_placeholder(struct kr_text template, enum kr_placeholder wanted) {
    struct kr_text literal;
    enum kr_placeholder placeholder;
    for (size_t offset = 0; kr_template_next(template, &offset, &literal, &placeholder);)
        if (placeholder == wanted) return true;
    return false;
}

/* A line that asks for what only the person at the prompt knows. */
static void ask(struct script *script, const struct kr_planned_step *step, const char *line, const char *template) {
    struct kr_expression value = {0};
    say(script, line);
    kr_expression_add_template(&value, step, script->runbook, kr_text_of(template), KR_FOR_READING);
    kr_expression_finish(&value, &script->out);
    say(script, "\n");
}

static void add_questions(struct script *script, const struct kr_planned_step *step, const struct kr_command *command) {
    bool is_id_known = kr_runbook_activation_id(script->runbook, &step->scene) != NULL;
    if (has_placeholder(command->text, KR_FILL_KEY)) ask(script, step, "        $HostKey = Read-HostKey ", "{key-group}");
    if (has_placeholder(command->text, KR_FILL_CONFIRMATION_ID)) ask(script, step, "        $ConfirmationId = Read-Host -Prompt ", "Confirmation id of {application}");
    if (!is_id_known && has_placeholder(command->text, KR_FILL_ACTIVATION_ID))
        ask(script, step, "        $ActivationId = Read-Host -Prompt ", "Activation id of {application}");
}

/* ---- Steps ---- */

static void print_template(struct script *script, const struct kr_planned_step *step, const char *before, struct kr_text template) {
    struct kr_expression value = {0};
    kr_expression_add_text(&value, kr_text_of(before));
    kr_expression_add_template(&value, step, script->runbook, template, KR_FOR_READING);
    say(script, "    Write-Output ");
    kr_expression_finish(&value, &script->out);
    say(script, "\n");
}

static void run_commands(struct script *script, const struct kr_planned_step *step) {
    for (uint32_t i = 0; i < step->row->command_count; i++) {
        const struct kr_command *command = &step->row->commands[i];
        struct kr_expression shown = {0};
        if (step->shown.commands[i].is_alternative) continue;
        say(script, "    if ($PSCmdlet.ShouldProcess('this computer', ");
        kr_expression_add_template(&shown, step, script->runbook, command->text, KR_FOR_READING);
        kr_expression_finish(&shown, &script->out);
        say(script, ")) {\n");
        add_questions(script, step, command);
        add_call(script, step, command);
        if (has_placeholder(command->text, KR_FILL_KEY)) say(script, "        $HostKey = $null\n");
        say(script, "    }\n");
    }
}

static void print_commands(struct script *script, const struct kr_planned_step *step) {
    for (uint32_t i = 0; i < step->row->command_count; i++)
        print_template(script, step, step->shown.commands[i].is_alternative ? "  or:        " : "  run there: ", step->row->commands[i].text);
}

static void stop(struct script *script) {
    say(script, "    Write-Warning 'This is done by hand. ");
    if (script->number < script->step_count) {
        say(script, "Do it, then run the script again with -From ");
        kr_buffer_add_number(&script->out, script->number + 1);
        say(script, ".'\n");
    } else {
        say(script, "It is the last step.'\n");
    }
    say(script, "    if (-not $WhatIfPreference) { return }\n");
}

static void add_step_comments(struct script *script, const struct kr_planned_step *step) {
    const kmsrules_step *shown = &step->shown;
    struct kr_buffer words = {0};
    say(script, "\n");
    kr_buffer_add_number(&words, script->number);
    kr_words_say(&words, ": ");
    kr_buffer_add_string(&words, shown->title);
    add_comment_of(script, "Step ", &words);
    add_comment(script, "Undo: ", shown->undo);
    if (shown->note != NULL) add_comment(script, "Note: ", shown->note);
    for (size_t i = 0; i < shown->source_count; i++) {
        kr_runbook_add_source(&words, script->runbook, shown->sources[i]);
        add_comment_of(script, "Source: ", &words);
    }
}

static void add_heading(struct script *script, const struct kr_planned_step *step) {
    struct kr_buffer before = {0};
    kr_words_say(&before, "Step ");
    kr_buffer_add_number(&before, script->number);
    kr_words_say(&before, " of ");
    kr_buffer_add_number(&before, script->step_count);
    kr_words_say(&before, ", %: ", kr_runbook_where(step->row));
    if (before.has_failed) script->out.has_failed = true;
    print_template(script, step, before.data == NULL ? "" : before.data, step->row->title);
    kr_buffer_free(&before);
}

static void add_step(struct script *script, const struct kr_planned_step *step) {
    bool is_on_host = step->row->where == KR_ON_HOST, is_for_zones = step->scene.zone != NULL;
    script->number++;
    add_step_comments(script, step);
    say(script, "if ($From -le ");
    kr_buffer_add_number(&script->out, script->number);
    say(script, is_for_zones ? ") { foreach ($OneZone in $Zone) {\n" : ") {\n");
    add_heading(script, step);
    if (is_on_host && step->row->command_count > 0) run_commands(script, step);
    else print_commands(script, step);
    print_template(script, step, "  check: ", step->row->check);
    if (is_on_host && step->row->command_count == 0) stop(script);
    say(script, is_for_zones ? "} }\n" : "}\n");
}

kmsrules_status kmsrules_runbook_powershell(const kmsrules_runbook *runbook, char **text, size_t *size) {
    if (runbook == NULL || text == NULL || size == NULL) return KMSRULES_INVALID_ARGUMENT;
    struct script script = {.runbook = runbook};
    for (size_t i = 0; i < runbook->step_count; i++) script.step_count += runbook->steps[i].is_first_of_zones;
    add_title(&script);
    if (script.step_count == 0) {
        say(&script, "throw 'There is no runbook for this question: the lines above say why.'\n");
    } else {
        add_parameters(&script);
        add_functions(&script);
    }
    for (size_t i = 0; i < runbook->step_count; i++)
        if (runbook->steps[i].is_first_of_zones) add_step(&script, &runbook->steps[i]);
    struct kr_page page = {.out = script.out};
    return kr_page_finish(&page, text, size);
}

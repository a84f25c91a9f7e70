# Makes a manual page of the pages of codes: awk -v version=… -v output=FILE -f manual.awk docs/codes/*.md
# Of Markdown it knows what the pages hold: headings, fenced examples, lists, `code`, links.

function put(text) { print text > output }

# Text that troff takes as it is: backslashes, dashes, and no dot or quote at the start of a line.
function plain(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    sub(/^[.']/, "\\\\\\&&", text)
    return text
}

# A line of text: links lose their target, `code` gets bold.
function marked(text,    parts, count, i, line) {
    while (match(text, /\]\([^)]*\)/)) text = substr(text, 1, RSTART - 1) substr(text, RSTART + RLENGTH)
    gsub(/\[/, "", text)
    count = split(plain(text), parts, "`")
    line = parts[1]
    for (i = 2; i <= count; i++) line = line (i % 2 == 0 ? "\\fB" : "\\fR") parts[i]
    return line
}

BEGIN {
    put(".\\\" Made by cmake/manual.awk from docs/codes.")
    put(".TH KMSRULES\\-CODES 7 \"\" \"kmsrules " version "\" \"kmsrules\"")
    put(".SH NAME\nkmsrules\\-codes \\- checks, table problems and activation errors")
    put(".SH DESCRIPTION\nOne section for each code: checks (KR101 \\&...), problems of tables (KR901 \\&...), errors that Windows shows (0x\\&...).")
    put(".BR kmsrules (1)\n.B explain\n.I CODE\nprints one of them.")
}

/^```/ { is_example = !is_example; is_apart = 0; put(is_example ? ".PP\n.RS 4\n.nf" : ".fi\n.RE"); next }
is_example { put(plain($0)); next }
/^$/ { is_apart = 1; next }
/^# / { put(".SH " plain(substr($0, 3))); is_apart = 0; next }
/^## / { put(".SS " plain(substr($0, 4))); is_apart = 0; next }
/^\* / { put(".IP \\(bu 2\n" marked(substr($0, 3))); is_apart = 0; next }
is_apart { put(".PP"); is_apart = 0 }
{ sub(/^  /, ""); put(marked($0)) }

END { put(".SH SEE ALSO\n.BR kmsrules (1)") }

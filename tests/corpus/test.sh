#!/bin/sh
# test.sh VERDICT: holds rules/kmsrules.rng (by xmllint) and our own checker (the program VERDICT) to the same verdict on every table of this folder:
# good (both accept), bad (both refuse) and semantic (the checker alone refuses: ids, cycles, contradictions, and forms that the schema cannot say or
# does not yet). The tables we ship are good to both, as far as one file can tell.
set -u
verdict=$1
here=$(cd -- "$(dirname -- "$0")" && pwd)
top=$(cd -- "$here/../.." && pwd)
schema=$top/rules/kmsrules.rng
command -v xmllint >/dev/null || { echo 'xmllint is not installed'; exit 77; }
status=0
cd "$here" || exit 1 # names without the folder hold no blanks

complain() {
    echo "$1"
    status=1
}

# expect FOLDER OURS RNG: the verdicts on all tables of a folder.
expect() {
    tables=$(find "$1" -name '*.xml' | LC_ALL=C sort)
    [ -n "$tables" ] || complain "$1: no tables"
    # shellcheck disable=SC2086 # words
    ours=$("$verdict" $tables) || complain "$1: $verdict failed"
    wrong=$(printf '%s\n' "$ours" | grep -Ev "^($2) ") && complain "checker, expected $2:
$wrong"
    # shellcheck disable=SC2086
    theirs=$(xmllint --noout --relaxng "$schema" $tables 2>&1 | grep -E ' (validates|fails to validate)$')
    [ "$(printf '%s\n' "$theirs" | wc -l)" = "$(printf '%s\n' "$tables" | wc -l)" ] || complain "$1: xmllint did not judge every table"
    wrong=$(printf '%s\n' "$theirs" | grep -v " $3\$") && complain "schema, expected '$3':
$wrong"
}

expect good good validates
expect bad structural 'fails to validate'
expect semantic 'semantic|structural' validates

for table in "$top"/data/*.xml "$top"/rules/*.xml; do
    case $("$verdict" "$table") in
    structural*) complain "checker refuses $table" ;;
    esac
    xmllint --noout --relaxng "$schema" "$table" >/dev/null 2>&1 || complain "schema refuses $table"
done
exit $status

#!/bin/sh
# symbols.sh LIBRARY: it exports exactly tests/exported-symbols.txt, and imports nothing that prints, ends the process or looks at its surroundings.
set -u
library=$1
here=$(dirname -- "$0")
status=0

exported=$(nm -D --defined-only -- "$library" | awk '{print $NF}' | LC_ALL=C sort)
if ! printf '%s\n' "$exported" | diff -u --label exported-symbols.txt --label "$library" "$here/exported-symbols.txt" -; then
    echo 'The exported symbols changed: a review matter; the list is tests/exported-symbols.txt.'
    status=1
fi

# Environment, clock, locale, standard streams, end of the process, signals, directories, randomness, other programs.
forbidden='getenv secure_getenv setenv unsetenv putenv environ __environ
    time gettimeofday clock clock_gettime localtime localtime_r gmtime gmtime_r mktime strftime ctime tzset sleep usleep nanosleep
    setlocale newlocale uselocale localeconv nl_langinfo strcoll strxfrm strerror strerror_r gettext dcgettext
    strcasecmp strncasecmp tolower toupper isalpha isdigit isspace __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc
    strtod strtof strtold strtol strtoul strtoll strtoull atoi atol atof sscanf __isoc99_sscanf
    stdin stdout stderr printf __printf_chk vprintf fprintf __fprintf_chk vfprintf dprintf puts putchar putc fputs fputc fwrite write perror syslog
    exit _exit _Exit quick_exit abort atexit on_exit __assert_fail __assert
    signal sigaction raise kill chdir fchdir umask rand random srand srandom getrandom system popen fork vfork execve posix_spawn
    xmlCleanupParser xmlMemSetup xmlSetGenericErrorFunc xmlParseFile xmlReadFile xmlCtxtReadFile'
imported=$(nm -D --undefined-only -- "$library" | awk '{print $NF}' | sed 's/@.*//')
for symbol in $forbidden; do
    if printf '%s\n' "$imported" | grep -qxF -- "$symbol"; then
        echo "The library must not use $symbol()."
        status=1
    fi
done
exit $status

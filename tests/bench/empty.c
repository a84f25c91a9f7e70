/* A program that only links libxml2: what a process costs before it does anything. */
#include <libxml/parser.h>

int main(void) {
    xmlInitParser();
    return 0;
}

/* What all fuzz targets share. */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include "kmsrules/kmsrules.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run, which is how a fuzzer is told of a fault. */
void require(bool holds, const char *what);
/* The built-in tables, read once. */
kmsrules_ruleset *tables(void);
/* What a renderer gave: a text that ends where it says; freed. */
void require_text(kmsrules_status status, char **text, const size_t *size);

#endif

// The public header, first and alone, in C++.
#include "kmsrules/kmsrules.h"

const char *version_of_header();
const char *version_of_header() {
    kmsrules_facts facts = KMSRULES_NO_FACTS;
    return facts.updates == nullptr ? KMSRULES_VERSION : nullptr;
}

#include <CUnit/Basic.h>
void test_tabular_register(void);
void test_tabular_register(void) {}

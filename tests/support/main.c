/* Runs the suites named on the command line, or all. Exit status 0 only if every check holds.
 * A new test_<stage>.c needs a prototype and a row here. */
#include <CUnit/Basic.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>

void test_base_register(void);
void test_files_register(void);
void test_cases_register(void);
void test_codes_register(void);
void test_decide_register(void);
void test_difference_register(void);
void test_events_register(void);
void test_flip_register(void);
void test_names_register(void);
void test_identify_register(void);
void test_dialect_register(void);
void test_fleet_register(void);
void test_ledger_register(void);
void test_pattern_register(void);
void test_policy_register(void);
void test_plan_register(void);
void test_runbook_register(void);
void test_plan_limits_register(void);
void test_json_rows_register(void);
void test_faults_register(void);
void test_load_register(void);
void test_memory_register(void);
void test_remedy_register(void);
void test_slmgr_register(void);
void test_srv_register(void);
void test_vocabulary_register(void);
void test_tabular_register(void);
void test_text_input_register(void);

static const struct stage {
    const char *name;
    void (*add_suite)(void);
} stages[] = {
    {"base", test_base_register},
    {"files", test_files_register},
    {"cases", test_cases_register},
    {"codes", test_codes_register},
    {"decide", test_decide_register},
    {"difference", test_difference_register},
    {"events", test_events_register},
    {"flip", test_flip_register},
    {"names", test_names_register},
    {"identify", test_identify_register},
    {"dialect", test_dialect_register},
    {"fleet", test_fleet_register},
    {"ledger", test_ledger_register},
    {"pattern", test_pattern_register},
    {"policy", test_policy_register},
    {"plan", test_plan_register},
    {"runbook", test_runbook_register},
    {"plan_limits", test_plan_limits_register},
    {"json", test_json_rows_register},
    {"faults", test_faults_register},
    {"load", test_load_register},
    {"memory", test_memory_register},
    {"remedy", test_remedy_register},
    {"slmgr", test_slmgr_register},
    {"srv", test_srv_register},
    {"vocabulary", test_vocabulary_register},
    {"tabular", test_tabular_register},
    {"text_input", test_text_input_register},
};
enum { STAGE_COUNT = sizeof stages / sizeof stages[0] };

static const struct stage *find_stage(const char *name) {
    for (size_t i = 0; i < STAGE_COUNT; i++) {
        if (strcmp(stages[i].name, name) == 0) return &stages[i];
    }
    return NULL;
}

static int add_named(int count, char **names) {
    for (int i = 0; i < count; i++) {
        const struct stage *stage = find_stage(names[i]);
        if (!stage) {
            fprintf(stderr, "unit-tests: no suite is called %s\n", names[i]);
            return 2;
        }
        stage->add_suite();
    }
    return 0;
}

static int run(void) {
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    if (CU_get_error() != CUE_SUCCESS) return 2;
    if (CU_get_number_of_asserts() == 0) return 2; /* nothing was tested: not a success */
    return CU_get_number_of_failures() || CU_get_number_of_failure_records() ? 1 : 0;
}

int main(int argument_count, char **arguments) {
    if (CU_initialize_registry() != CUE_SUCCESS) return 2;
    int status = add_named(argument_count - 1, arguments + 1);
    for (size_t i = 0; argument_count < 2 && i < STAGE_COUNT; i++) stages[i].add_suite();
    if (status == 0) status = run();
    CU_cleanup_registry();
    return status;
}

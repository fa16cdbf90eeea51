/* The ABI as a C compiler lays it out, for the C++ test to compare with its own. */
#ifndef ZOE_TESTS_ABI_AS_C_H
#define ZOE_TESTS_ABI_AS_C_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct zoe_test_fact {
  const char* what;
  size_t value;
} zoe_test_fact;

extern const zoe_test_fact zoe_test_facts_in_c[];
extern const size_t zoe_test_fact_count_in_c;

#ifdef __cplusplus
}
#endif

#endif

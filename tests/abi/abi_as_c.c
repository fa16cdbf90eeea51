/* Compiled as C11: the frozen facts hold there too. */
#include "tests/abi/abi_as_c.h"

#include "engine/plugin/abi/analysis.h"
#include "engine/plugin/abi/auth.h"
#include "engine/plugin/abi/codec.h"
#include "engine/plugin/abi/transport.h"

#define ZOE_SIZE(type, size) _Static_assert(sizeof(type) == (size), "size of " #type);
#define ZOE_AT(type, member, offset) _Static_assert(offsetof(type, member) == (offset), "offset of " #type "." #member);
#define ZOE_VALUE(name, value) _Static_assert((name) == (value), "value of " #name);
#define ZOE_NAME(name, text) _Static_assert(sizeof(name) == sizeof(text), "length of " #name);
#include "tests/abi/frozen.h"
#undef ZOE_SIZE
#undef ZOE_AT
#undef ZOE_VALUE
#undef ZOE_NAME

#define ZOE_SIZE(type, size) {#type, sizeof(type)},
#define ZOE_AT(type, member, offset) {#type "." #member, offsetof(type, member)},
#define ZOE_VALUE(name, value) {#name, (size_t)(name)},
#define ZOE_NAME(name, text)
const zoe_test_fact zoe_test_facts_in_c[] = {
#include "tests/abi/frozen.h"
};

const size_t zoe_test_fact_count_in_c = sizeof zoe_test_facts_in_c / sizeof zoe_test_facts_in_c[0];

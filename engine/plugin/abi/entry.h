/* The one symbol that a plugin exports, and the life that the host gives it.
 *
 * The states of one loaded copy (a generation):
 *
 *   loaded --init ok--> initialised --published--> active --replaced--> draining --last pin gone--> idle
 *     |                     |                        |  \                                            |
 *     |init fails           |never published         |   `--host stops--> draining                   |
 *     v                     v                        v                                               v
 *    gone <-----------------+------------------------+----------------- deinit, unload ------------ gone
 *
 *   - The entry's strings and numbers may be read in every state; no function is called before `init`.
 *   - `init` is called at most once per generation. When it fails it has released all it took, and there is no
 *     `deinit`.
 *   - `deinit` is called exactly once for each successful `init`, after the last object of the plugin (codec session,
 *     connection, pending call) was closed and no function of it runs any more.
 *   - `drain` is called at most once, before `deinit`: from then on the plugin is handed no new work, and it should
 *     bring what it has to an end.
 *   - When `deinit` returns, no thread, timer, callback or job of the plugin is left, and nothing that it allocated is
 *     referenced by the host any more; the library is unloaded.
 *   - Two generations of one plugin may live at once in separate libraries; they share nothing but their tables in the
 *     database, and their migrations only add.
 *   - A plugin installs no signal handler, sets no process-wide callback or locale, and starts no child process itself:
 * that is what ZOE_PROCESSES_V1 (host.h) is for. None of those is left when `deinit` returns.
 */
#ifndef ZOE_ABI_ENTRY_H
#define ZOE_ABI_ENTRY_H

#include "engine/plugin/abi/base.h"

ZOE_EXTERN_C_BEGIN

/* The host loads a plugin whose abi_major equals its own, and whose abi_minor is not above its own. */
#define ZOE_ABI_MAJOR 1
#define ZOE_ABI_MINOR 4

typedef enum zoe_plugin_kind {
  ZOE_PLUGIN_CODEC = 1,
  ZOE_PLUGIN_TRANSPORT = 2,
  ZOE_PLUGIN_AUTH = 3,
  ZOE_PLUGIN_ANALYSIS = 4
} zoe_plugin_kind;

struct zoe_host; /* host.h */

/* The plugin's own instance, opaque to the host. */
typedef struct zoe_plugin zoe_plugin;

typedef struct zoe_plugin_entry_v1 {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  const char* id;      /* "codec_jpeg": [a-z0-9_]{1,48}; one active generation per id */
  const char* name;    /* for people: "JPEG frames" */
  const char* version; /* "1.0.0" */
  uint32_t kind;       /* zoe_plugin_kind */
  uint32_t reserved;   /* 0 */

  /* [main] Makes the instance. `host` outlives it. On failure returns a status below 0 and fills `error`;
   * ZOE_E_UNAVAILABLE means that it has nothing to do under this configuration ("not enabled"): the host reports the
   * plugin as skipped, not as failed. */
  zoe_status (*init)(const struct zoe_host* host, zoe_plugin** out, zoe_error* error);

  /* [any] The table of an interface ("zoe.codec/1"), valid until `deinit`; null where it is not offered. */
  const void* (*get_interface)(zoe_plugin* self, const char* id);

  /* [main] No new work will come. May be null. Returns at once. */
  void (*drain)(zoe_plugin* self);

  /* [main] Ends the instance; see above. */
  void (*deinit)(zoe_plugin* self);
} zoe_plugin_entry_v1;

/* A plugin defines exactly this, with ZOE_EXPORT:
 *   ZOE_EXPORT const zoe_plugin_entry_v1 zoe_plugin_entry = { ... };
 */
#define ZOE_PLUGIN_ENTRY_SYMBOL "zoe_plugin_entry"

/* Optional interface: a check that the trial load runs between init and deinit. */
#define ZOE_SELF_TEST_V1 "zoe.self_test/1"
typedef struct zoe_self_test_v1 {
  uint32_t struct_size;
  /* [main] ZOE_OK, or a failure with words. */
  zoe_status (*run)(zoe_plugin* self, zoe_error* error);
} zoe_self_test_v1;

ZOE_EXTERN_C_END

#endif

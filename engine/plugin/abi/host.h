/* What the host offers to every plugin: services, each a table fetched by id. A null answer means that this host does
 * not offer it; a plugin that cannot do without says so in init's error. Tables live as long as the host. */
#ifndef ZOE_ABI_HOST_H
#define ZOE_ABI_HOST_H

#include "engine/plugin/abi/base.h"

ZOE_EXTERN_C_BEGIN

/* One per generation, so that what a plugin asks for can be told apart; passed back to every host function. */
typedef struct zoe_host {
  uint32_t struct_size;
  uint16_t abi_major;
  uint16_t abi_minor;
  void* context; /* the host's own */

  /* [any] */
  const void* (*get_service)(const struct zoe_host* host, const char* id);
} zoe_host;

/* ---- log ---- */
#define ZOE_LOG_V1 "zoe.log/1"
enum { ZOE_LOG_TRACE = 1, ZOE_LOG_DEBUG = 2, ZOE_LOG_INFO = 3, ZOE_LOG_WARNING = 4, ZOE_LOG_ERROR = 5 };
typedef struct zoe_log_v1 {
  uint32_t struct_size;
  /* [any] The line is marked with the plugin's id. */
  void (*write)(const zoe_host* host, uint32_t level, zoe_str message);
  /* [any] Non-zero when lines of this level are kept. */
  int32_t (*is_enabled)(const zoe_host* host, uint32_t level);
} zoe_log_v1;

/* ---- config ---- */
#define ZOE_CONFIG_V1 "zoe.config/1"
typedef struct zoe_config_v1 {
  uint32_t struct_size;
  /* [any] The plugin's own table of the configuration file, `[plugins.<id>]`, as a JSON object ("{}" when absent).
   * Valid until deinit. */
  zoe_str (*json)(const zoe_host* host);
  /* [any] A folder of the plugin's own for data that must last, made on the first call; empty on failure. */
  zoe_str (*data_folder)(const zoe_host* host);
} zoe_config_v1;

/* ---- clock ---- */
#define ZOE_CLOCK_V1 "zoe.clock/1"
typedef struct zoe_clock_v1 {
  uint32_t struct_size;
  int64_t (*now_ns)(const zoe_host* host); /* [any] monotonic */
  int64_t (*utc_ns)(const zoe_host* host); /* [any] since 1970-01-01 */
} zoe_clock_v1;

/* ---- metrics ---- */
#define ZOE_METRICS_V1 "zoe.metrics/1"
typedef struct zoe_metrics_v1 {
  uint32_t struct_size;
  /* [any] Names are [a-z0-9_]{1,64}; the host puts the plugin's id before them. */
  void (*counter_add)(const zoe_host* host, zoe_str name, uint64_t amount);
  void (*gauge_set)(const zoe_host* host, zoe_str name, int64_t value);
} zoe_metrics_v1;

/* ---- buffers ---- */
/* Memory of the host's with a count of its owners. `data` is aligned to 64 bytes and followed by 64 readable bytes. */
typedef struct zoe_buffer {
  uint8_t* data;
  size_t size;
} zoe_buffer;

#define ZOE_BUFFERS_V1 "zoe.buffers/1"
typedef struct zoe_buffers_v1 {
  uint32_t struct_size;
  /* [any] One reference for the caller; null when there is no memory. */
  zoe_buffer* (*alloc)(const zoe_host* host, size_t size);
  void (*add_ref)(zoe_buffer* buffer); /* [any] */
  void (*release)(zoe_buffer* buffer); /* [any] null is allowed */
} zoe_buffers_v1;

/* ---- workers ---- */
#define ZOE_WORKERS_V1 "zoe.workers/1"
typedef struct zoe_workers_v1 {
  uint32_t struct_size;
  /* [any] Runs `job(user)` once on a thread of the host's pool, which may block for a while. ZOE_E_TOO_LARGE when too
   * many wait. A generation is unloaded only after its jobs have returned. */
  zoe_status (*post)(const zoe_host* host, void (*job)(void* user), void* user);
} zoe_workers_v1;

/* ---- timers ---- */
typedef struct zoe_timer zoe_timer;
#define ZOE_TIMERS_V1 "zoe.timers/1"
typedef struct zoe_timers_v1 {
  uint32_t struct_size;
  /* [any] Calls `fire(user)` after `delay_ns`, then every `period_ns` (0: once), on the host's timer thread; `fire`
   * must return quickly. Null when there is no memory. */
  zoe_timer* (*start)(const zoe_host* host, int64_t delay_ns, int64_t period_ns, void (*fire)(void* user), void* user);
  /* [any] except from `fire`: when it returns, `fire` neither runs nor will run. Null is allowed. */
  void (*cancel)(zoe_timer* timer);
} zoe_timers_v1;

/* ---- processes, since 1.4 ---- */
/* A process that the host runs for the plugin: started from a list of words and never through a shell, in a session of
 * its own, without the host's descriptors, signals, environment or privileges to gain more. All that comes of it ends
 * with it, wherever it has detached itself to, and also when the host is killed. */
typedef struct zoe_process zoe_process;

typedef struct zoe_process_options {
  uint32_t struct_size;
  int32_t nice;               /* 0 to 19: how much it steps back behind others */
  const zoe_str* arguments;   /* the first is the absolute path of the program */
  const zoe_str* environment; /* "NAME=value": all that it has, but for ZOE_PROCESS, which is the host's */
  const zoe_str* readable;    /* paths: it runs as `user` only where that may read them */
  uint32_t argument_count;
  uint32_t environment_count;
  uint32_t readable_count;
  uint32_t processes;    /* and threads that it may have at once; as all limits here, 0: none */
  zoe_str folder;        /* where it runs, an absolute path; handed over to `user` */
  zoe_str user;          /* the name of its user, where the host runs as root; empty: the host's own */
  int64_t time_ns;       /* by the clock */
  uint64_t memory_bytes; /* of all its processes together */
  uint64_t file_bytes;   /* of each file that it writes */
  uint64_t output_bytes; /* of all that it prints */
  uint64_t line_bytes;   /* of a line: of a longer one only the beginning is given; not 0 */
} zoe_process_options;

enum { ZOE_PROCESS_OUTPUT = 1, ZOE_PROCESS_ERRORS = 2 }; /* what it printed a line to */
enum { ZOE_PROCESS_LINE_CUT = 1u << 0 };

enum {
  ZOE_PROCESS_EXITED = 1,      /* by itself, with the status `code` */
  ZOE_PROCESS_SIGNALLED = 2,   /* by the signal `code` */
  ZOE_PROCESS_KILLED = 3,      /* by `kill` or `release` */
  ZOE_PROCESS_OUT_OF_TIME = 4, /* these went beyond their limit */
  ZOE_PROCESS_OUT_OF_MEMORY = 5,
  ZOE_PROCESS_OUT_OF_OUTPUT = 6,
  ZOE_PROCESS_NOT_STARTED = 7, /* `words` say why */
  ZOE_PROCESS_LOST = 8         /* somebody killed its keeper; nothing of it is left all the same */
};

typedef struct zoe_process_end {
  uint32_t struct_size;
  uint32_t reason;
  int32_t code;
  uint32_t left; /* so many of its processes still ran when it had ended, and were killed */
  zoe_str words;
} zoe_process_end;

/* Called on a thread of the host's, one after another for all processes; each must return soon. Nothing more is read
 * meanwhile: what the plugin cannot keep up with waits in the process's pipe, and the process with it. */
typedef struct zoe_process_callbacks {
  uint32_t struct_size;
  uint32_t reserved;
  void (*line)(void* user, uint32_t stream, zoe_str line, uint32_t flags);
  /* The last call, exactly once. */
  void (*end)(void* user, const zoe_process_end* end);
} zoe_process_callbacks;

#define ZOE_PROCESSES_V1 "zoe.processes/1"
typedef struct zoe_processes_v1 {
  uint32_t struct_size;
  /* [any] ZOE_E_INVALID_ARGUMENT, ZOE_E_TOO_LARGE where the host runs as many as it does at once, ZOE_E_UNAVAILABLE. A
   * program that cannot be started is told by `end`. */
  zoe_status (*start)(const zoe_host* host, const zoe_process_options* options, const zoe_process_callbacks* callbacks,
                      void* user, zoe_process** out, zoe_error* error);
  /* [any] Begins to end it: it is asked by SIGTERM, and killed half a second later. Returns at once; `end` is called.
   */
  void (*kill)(zoe_process* process);
  /* [any] except from a callback: kills it where it still runs, and returns when `end` has returned. Every process that
   * was started must be released. Null is allowed. */
  void (*release)(zoe_process* process);
} zoe_processes_v1;

ZOE_EXTERN_C_END

#endif

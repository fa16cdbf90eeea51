/* Interface of an analysis plugin (since 1.4): it offers analysers, each of which looks through a video and tells what
 * it finds: objects with a place in the picture over time, events, series of numbers, a summary. What it tells goes to
 * the host through the table that it is given with each job; the host keeps it, and knows who may see it.
 *
 * Times are microseconds of media time since the video's first frame. Places are fractions of the picture as it is
 * shown, after rotation and sample aspect ratio.
 */
#ifndef ZOE_ABI_ANALYSIS_H
#define ZOE_ABI_ANALYSIS_H

#include "engine/plugin/abi/entry.h"
#include "engine/plugin/abi/host.h"

ZOE_EXTERN_C_BEGIN

#define ZOE_ANALYSIS_V1 "zoe.analysis/1"

/* An analyser as it is offered. Texts are UTF-8 and borrowed for the length of the call. */
typedef struct zoe_analyser_info {
  uint32_t struct_size;
  uint32_t at_once; /* so many jobs of it may run at the same time; at least 1 */
  zoe_str id;       /* [a-z0-9_]{1,48}; no two of a plugin are alike */
  zoe_str name;     /* for people, as `description` */
  zoe_str description;
  zoe_str version;            /* results of another version are computed anew */
  zoe_str unavailable_reason; /* empty: it can be started */
  /* A JSON array of what can be set: [{"name", "title", "type", "default", "min"?, "max"?, "choices"?}], of the types
   * "integer", "number", "boolean", "text", "choice" and "file". The host checks what it is given against this, and
   * hands over all of them. */
  zoe_str parameters_json;
} zoe_analyser_info;

/* What a job is about; borrowed for the length of the call. */
typedef struct zoe_analysis_request {
  uint32_t struct_size;
  uint32_t reserved;
  zoe_str job; /* the job's, the analyser's and the media's id */
  zoe_str analyser;
  zoe_str media;
  zoe_str path;            /* of the video's file, absolute */
  zoe_str parameters_json; /* an object with every parameter */
  int64_t duration_us;
} zoe_analysis_request;

/* One object at one time. */
typedef struct zoe_analysis_point {
  uint32_t struct_size;
  uint32_t id; /* 1 to 2^31 - 1: the same one is the same object all through */
  int64_t time_us;
  float x, y, width, height; /* each 0 to 1 */
  float confidence;          /* 0 to 1 */
  float pitch_x, pitch_y;    /* metres from the pitch's corner; both NaN: not known */
  uint32_t reserved;
  zoe_str object_class; /* at most 64 bytes each */
  zoe_str team;         /* may be empty, as `label` */
  zoe_str label;
} zoe_analysis_point;

typedef struct zoe_analysis_event {
  uint32_t struct_size;
  float confidence; /* 0 to 1; NaN: not known */
  int64_t time_us;
  int64_t end_us; /* below time_us: it has no length */
  zoe_str kind;   /* at most 64 bytes, as `team` */
  zoe_str text;   /* at most 1024 bytes */
  zoe_str team;
} zoe_analysis_event;

typedef struct zoe_analysis_sample {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t time_us;
  double value;
  zoe_str name;  /* at most 64 bytes, as the others */
  zoe_str title; /* may be empty, as `unit`; what is said first counts */
  zoe_str unit;
} zoe_analysis_sample;

/* What the host takes from a job. Each function may be called from any thread, one at a time for a job, until `end` has
 * been called; `user` is what was given to `start`. Those that return a status say ZOE_E_INVALID_ARGUMENT for what is
 * out of its bounds (the job may go on), ZOE_E_TOO_LARGE where a job may not tell more, and ZOE_E_IO where it cannot be
 * kept (the disk is full): then the job should end, with that. */
typedef struct zoe_analysis_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void (*progress)(void* user, double fraction, zoe_str message); /* 0 to 1; an empty message leaves the last one */
  zoe_status (*point)(void* user, const zoe_analysis_point* point, zoe_error* error);
  zoe_status (*event)(void* user, const zoe_analysis_event* event, zoe_error* error);
  zoe_status (*sample)(void* user, const zoe_analysis_sample* sample, zoe_error* error);
  /* A JSON object of at most 64 KiB; the last one counts. */
  zoe_status (*summary)(void* user, zoe_str json, zoe_error* error);
  /* The last call, exactly once. ZOE_OK: all of the video was looked at. A failure says in `message`, to a person, why
   * it was not; what was told until then is kept. */
  void (*end)(void* user, zoe_status status, zoe_str message);
} zoe_analysis_sink;

/* A job that runs. */
typedef struct zoe_analysis_job zoe_analysis_job;

typedef struct zoe_analysis_v1 {
  uint32_t struct_size;

  /* [worker] Calls `each` for every analyser; stops when it returns non-zero. */
  zoe_status (*list)(zoe_plugin* self, int32_t (*each)(void* user, const zoe_analyser_info* info), void* user,
                     zoe_error* error);

  /* [worker] Begins a job. After a failure nothing of the sink is called. ZOE_E_NOT_FOUND for an unknown analyser,
   * ZOE_E_UNAVAILABLE, ZOE_E_INVALID_ARGUMENT for a parameter. `sink` and `user` are the job's until `end`. */
  zoe_status (*start)(zoe_plugin* self, const zoe_analysis_request* request, const zoe_analysis_sink* sink, void* user,
                      zoe_analysis_job** out, zoe_error* error);

  /* [any] Returns at once; the job ends soon, with ZOE_E_CANCELLED, or as it was about to end. */
  void (*cancel)(zoe_analysis_job* job);

  /* [worker] Once for each job, not from a function of its sink: cancels one that still runs, and returns when `end`
   * has returned. */
  void (*release)(zoe_analysis_job* job);
} zoe_analysis_v1;

ZOE_EXTERN_C_END

#endif

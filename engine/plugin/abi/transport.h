/* Interface of a transport plugin, and the services through which it reaches the server.
 *
 * The host owns the listening sockets and hands over accepted connections, so that a transport can be replaced without
 * the port ever being closed. The plugin speaks the protocol on them with threads of its own, which it starts in init
 * and has joined when deinit returns.
 */
#ifndef ZOE_ABI_TRANSPORT_H
#define ZOE_ABI_TRANSPORT_H

#include "engine/plugin/abi/entry.h"
#include "engine/plugin/abi/host.h"

ZOE_EXTERN_C_BEGIN

#define ZOE_TRANSPORT_V1 "zoe.transport/1"

/* A socket that the transport wants the host to listen on. */
typedef struct zoe_listener {
  uint32_t struct_size;
  uint16_t port; /* 0: the system chooses, and the host reports which */
  uint16_t reserved;
  char address[64]; /* numeric IPv4 or IPv6 */
  char name[32];    /* for people and for the ready line: "native" */
} zoe_listener;

/* The other end of an accepted connection. */
typedef struct zoe_peer {
  uint32_t struct_size;
  uint16_t port;
  uint8_t is_loopback;
  uint8_t reserved;
  char address[64];
} zoe_peer;

typedef struct zoe_transport_v1 {
  uint32_t struct_size;

  /* [main] Writes at most `capacity` wishes, sets `count`. */
  zoe_status (*listeners)(zoe_plugin* self, zoe_listener* out, uint32_t capacity, uint32_t* count);

  /* [any] Takes over an accepted, non-blocking, close-on-exec socket; the plugin closes it, also on failure.
   * `listener` is the index in what `listeners` wrote. */
  void (*accept)(zoe_plugin* self, int32_t fd, const zoe_peer* peer, uint32_t listener);

  /* [any] Connections that are still open; the host unloads a draining generation when it is 0. */
  uint32_t (*connections)(zoe_plugin* self);

  /* [main] The drain's deadline has passed: tell each client that understands it to resume elsewhere, and close. */
  void (*disconnect)(zoe_plugin* self);
} zoe_transport_v1;

/* ---- the server, as a transport sees it ---- */
#define ZOE_SERVER_V1 "zoe.server/1"

/* One client of the server: its principal, its streams, its open files. */
typedef struct zoe_client zoe_client;

/* All are called by the host, from any of its threads, never while the plugin is inside a call on the same client, and
 * never after client_close returned. They must return at once. */
typedef struct zoe_client_callbacks {
  uint32_t struct_size;
  uint32_t reserved;

  /* [any] `pull` may have something now. Only wake the connection's own thread. */
  void (*wake)(void* user);

  /* [any] The answer to `call` number `call_id`: a JSON object {"result": …} or {"error": {"code", "message"}}, without
   * the id. Borrowed for the length of the call. */
  void (*reply)(void* user, uint64_t call_id, zoe_str json);

  /* [any] Something happened: a JSON object {"event": "…", …}. */
  void (*event)(void* user, zoe_str json);

  /* [any] The host has ended this client (its session was revoked, the server stops): say `reason` to the peer where
   * the protocol can, and close. */
  void (*close)(void* user, zoe_status status, zoe_str reason);
} zoe_client_callbacks;

typedef struct zoe_slice {
  const uint8_t* data;
  size_t size;
} zoe_slice;

#define ZOE_RUN_SLICES 64

enum {
  ZOE_RUN_SEGMENT_START = 1u << 0, /* the first packet of this delivery of the segment is in it */
  ZOE_RUN_SEGMENT_END = 1u << 1,   /* the last one is */
  ZOE_RUN_END = 1u << 2,    /* nothing follows for this serial: the end (or, in reverse, the start) was reached */
  ZOE_RUN_LOOPED = 1u << 3, /* the first run after the cursor went round */
  ZOE_RUN_SUBSET = 1u << 4  /* packets of the segment were left out because of the rate */
};

/* Packet records (docs/protocol.md, "Packet record") that lie one after another in `slices`, straight in the shared
 * segment's memory. Valid until `release`; may be written to a socket as they are. */
typedef struct zoe_run {
  uint32_t struct_size;
  uint32_t flags;
  uint32_t stream;
  uint32_t serial;
  uint32_t segment;      /* index of the segment in its rendition */
  uint32_t first_packet; /* ordinal in the segment of the first record */
  uint32_t packets;
  uint32_t slice_count;
  uint64_t bytes; /* sum of the slices' sizes */
  zoe_slice slices[ZOE_RUN_SLICES];
  void* hold; /* the host's own */
} zoe_run;

typedef struct zoe_server_v1 {
  uint32_t struct_size;

  /* [any] Registers a connection. `user` is passed back to the callbacks, whose table is copied. Null when the server
   * takes no more clients. */
  zoe_client* (*client_open)(const zoe_host* host, const zoe_peer* peer, const zoe_client_callbacks* callbacks,
                             void* user);

  /* [any] Ends it: its streams and files are closed, pending answers dropped, and no callback runs or will run. Not
   * from inside a callback. */
  void (*client_close)(zoe_client* client);

  /* [any] One request of the control API: {"method": "…", "params": {…}}. Exactly one `reply` follows, possibly from
   * another thread before this returns, unless the client is closed first. Requests of one client that touch the same
   * stream are carried out in the order of the calls. */
  void (*call)(zoe_client* client, uint64_t call_id, zoe_str json);

  /* [any] Raises what may be sent on a stream to `media_us` microseconds of media in all since its serial began; a
   * grant for another serial than the current one, or a lower one, changes nothing. What it makes ready is not told by
   * `wake`: pull after it. */
  void (*credit)(zoe_client* client, uint32_t stream, uint32_t serial, uint64_t media_us);

  /* [session] The next run of any of the client's streams, fairly among them, of about `most_bytes` (a single packet
   * larger than that comes alone). ZOE_OK, or ZOE_AGAIN: a `wake` will follow. Never blocks. */
  zoe_status (*pull)(zoe_client* client, size_t most_bytes, zoe_run* out);

  /* [any] Gives back what `pull` lent. */
  void (*release)(zoe_client* client, zoe_run* run);

  /* [any] The file that the request `file.open` answered with handle `file`: a descriptor of its own for the caller,
   * who closes it, and its size. ZOE_E_NOT_FOUND. */
  zoe_status (*file)(zoe_client* client, uint32_t file, int32_t* fd, uint64_t* size);

  /* [any] PEM texts of the server's certificate chain and private key; valid until deinit. */
  zoe_status (*tls)(const zoe_host* host, zoe_str* certificate_pem, zoe_str* key_pem);

  /* Since 1.1. [any] A one-time text with which a new connection can take this client's place for a short while, with
   * who it is and what the server keeps of it: for `disconnect`. Valid until client_close; asking again gives another.
   * ZOE_E_UNAUTHENTICATED where nobody is signed in, ZOE_E_UNAVAILABLE where no more can be given out. */
  zoe_status (*ticket)(zoe_client* client, zoe_str* out);

  /* Since 1.1. [any] Name and version of the server for greetings: "zoetrope/0.1.0"; valid until deinit. */
  zoe_str (*software)(const zoe_host* host);
} zoe_server_v1;

ZOE_EXTERN_C_END

#endif

/* Interface of a codec plugin: makes one rendition's packets out of a source track.
 *
 * The host demuxes, decodes where the plugin wants pictures, cuts the result into segments and caches them; a segment
 * is made at most once for all its viewers, and several may be made at the same time by separate sessions.
 */
#ifndef ZOE_ABI_CODEC_H
#define ZOE_ABI_CODEC_H

#include "engine/plugin/abi/entry.h"
#include "engine/plugin/abi/media.h"

ZOE_EXTERN_C_BEGIN

#define ZOE_CODEC_V1 "zoe.codec/1"

enum {
  ZOE_CODEC_INPUT_PACKETS = 1, /* fed the source's own packets; its segments follow the source's key frames */
  ZOE_CODEC_INPUT_FRAMES = 2   /* fed pictures in display order; its segments follow the host's time grid */
};

enum {
  ZOE_CODEC_INTRA_ONLY = 1u << 0, /* every packet is a key frame and may be left out on its own */
  /* Since 1.3. Much work for few bytes: what was made is worth a place on the server's disk. */
  ZOE_CODEC_COSTLY = 1u << 1,
  /* Since 1.3. Of packet codecs: what it makes of a packet needs its neighbours, so some that lie before and behind the
   * segment are sent along, marked ZOE_PACKET_DISCARD. */
  ZOE_CODEC_OVERLAPS = 1u << 2
};

/* One way to send a track. */
typedef struct zoe_rendition {
  uint32_t struct_size;
  uint32_t flags;
  char name[64]; /* canonical, and the segment cache's key: "copy", "jpeg@q80", "jpeg@q60,720p"; [a-z0-9@,._-] */
  /* What comes out. `extradata` is null here when it equals the source's; an encoder's own is asked for with
   * `extradata` once a session is open. */
  zoe_track output;
} zoe_rendition;

typedef struct zoe_codec_session zoe_codec_session;

typedef struct zoe_codec_v1 {
  uint32_t struct_size;
  uint32_t input;     /* ZOE_CODEC_INPUT_... */
  const char* family; /* what its renditions' names begin with, up to '@': "jpeg" */

  /* [any] Reads a rendition's name as a client asked for it ("jpeg", "jpeg@q80"), fills in defaults, limits it to what
   * `source` allows (never larger than it), and writes the canonical form. ZOE_E_INVALID_ARGUMENT or
   * ZOE_E_UNSUPPORTED, with words. */
  zoe_status (*resolve)(zoe_plugin* self, const zoe_track* source, zoe_str name, zoe_rendition* out, zoe_error* error);

  /* [any] The renditions that it recommends for `source`, best first: writes at most `capacity`, sets `count`. */
  zoe_status (*ladder)(zoe_plugin* self, const zoe_track* source, zoe_rendition* out, uint32_t capacity,
                       uint32_t* count);

  /* [worker] A session that makes one run of segments. */
  zoe_status (*open)(zoe_plugin* self, const zoe_track* source, const zoe_rendition* rendition, zoe_codec_session** out,
                     zoe_error* error);

  /* [session] One of the two, by `input`. Borrows what it is given; a plugin that keeps it adds its own reference.
   * ZOE_OK; ZOE_AGAIN when packets must be received first. Where `is_segment_start` is not 0 the encoder must begin a
   * closed group of pictures with this frame: a segment begins with it. */
  zoe_status (*send_packet)(zoe_codec_session* session, const zoe_packet* packet, zoe_error* error);
  zoe_status (*send_frame)(zoe_codec_session* session, const zoe_frame* frame, int32_t is_segment_start,
                           zoe_error* error);

  /* [session] No more input; everything left can now be received, then ZOE_END. */
  zoe_status (*flush)(zoe_codec_session* session, zoe_error* error);

  /* [session] ZOE_OK with a packet whose buffer reference now is the caller's, ZOE_AGAIN, ZOE_END, or a failure. */
  zoe_status (*receive_packet)(zoe_codec_session* session, zoe_packet* out, zoe_error* error);

  /* [session] The encoder's header, valid until close; empty where the output needs none. */
  zoe_str (*extradata)(zoe_codec_session* session);

  /* [session] Ends it; allowed at any time. */
  void (*close)(zoe_codec_session* session);
} zoe_codec_v1;

ZOE_EXTERN_C_END

#endif

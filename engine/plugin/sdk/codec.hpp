// Base classes of a codec plugin. The contract of each function is written in abi/codec.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugin/abi/codec.h"
#include "engine/plugin/sdk/buffer.hpp"
#include "engine/plugin/sdk/plugin.hpp"

namespace zoe::sdk {

// One run of segments being made; one thread at a time, not always the same, while other sessions run on other threads.
// The host owns it and destroys it at any time, also with packets left in it. After an Error it is only destroyed.
class CodecSession {
 public:
  virtual ~CodecSession() = default;

  // One of the two, by the plugin's input; pictures come in display order. Borrows its argument: add a reference
  // (BufferRef::share) to keep the bytes. kDone when it was taken; kAgain when packets must be received first, and it
  // is sent again. At `is_segment_start` a closed group of pictures begins.
  virtual Result<Flow> send_packet(const zoe_packet&) { return fail(Errc::kUnsupported, "this codec takes pictures"); }
  virtual Result<Flow> send_frame(const zoe_frame&, bool /*is_segment_start*/) {
    return fail(Errc::kUnsupported, "this codec takes packets");
  }

  // No more input: what is left can be received, and then kEnd.
  virtual Status flush() = 0;

  // kDone: `out` is filled and its buffer reference is the caller's. kAgain, kEnd: `out` is left alone.
  virtual Result<Flow> receive_packet(zoe_packet& out) = 0;

  // The encoder's header, valid as long as the session; empty where the output needs none.
  virtual Bytes extradata() const { return {}; }

  SerialCheck& serial_check() { return serial_check_; }

 private:
  SerialCheck serial_check_;
};

// A codec: derive from it, and see plugin.hpp. Its functions are called by any thread, several at once.
class CodecPlugin : public Plugin {
 public:
  static constexpr std::uint32_t kKind = ZOE_PLUGIN_CODEC;

  // `input` is ZOE_CODEC_INPUT_...; `family` is what its renditions' names begin with, up to '@', and must live as long
  // as the library (a literal).
  CodecPlugin(const Host& host, std::uint32_t input, const char* family);

  // [any] What `name`, as a stranger wrote it, means for `source`, with the one canonical name, which is the cache's
  // key: all that changes the output must be in it. kInvalidArgument or kUnsupported, with words for the viewer.
  // `source` is borrowed, its extradata too.
  virtual Result<zoe_rendition> resolve(const zoe_track& source, std::string_view name) = 0;
  // [any] What it recommends for `source`, best first; may be empty.
  virtual std::vector<zoe_rendition> ladder(const zoe_track& source) = 0;
  // [worker] A session for a rendition that `resolve` gave. Keep copies of what is needed of the arguments.
  virtual Result<std::unique_ptr<CodecSession>> open(const zoe_track& source, const zoe_rendition& rendition) = 0;

  const void* get_interface(std::string_view id) override { return id == ZOE_CODEC_V1 ? &table_ : nullptr; }

 private:
  const zoe_codec_v1 table_;
};

namespace detail {

inline CodecSession& session_of(zoe_codec_session* session) { return *reinterpret_cast<CodecSession*>(session); }

template <typename Body>
zoe_status in_session(zoe_codec_session* session, const char* what, zoe_error* error, Body&& body) noexcept {
  const SerialCheck::Scope scope(session_of(session).serial_check(), what);
  return guarded(error, [&] { return body(session_of(session)); });
}

inline zoe_status codec_ladder(zoe_plugin* self, const zoe_track* source, zoe_rendition* out, std::uint32_t capacity,
                               std::uint32_t* count) noexcept {
  *count = 0;
  return guarded(nullptr, [&]() -> Status {
    const std::vector<zoe_rendition> all = plugin_cast<CodecPlugin>(self).ladder(*source);
    const std::size_t most = std::min<std::size_t>(all.size(), capacity);
    for (std::size_t i = 0; i < most; ++i) fill_out_at(out, i, all[i]);
    *count = static_cast<std::uint32_t>(most);
    return {};
  });
}

inline zoe_codec_v1 codec_table(std::uint32_t input, const char* family) {
  return {
      .struct_size = sizeof(zoe_codec_v1),
      .input = input,
      .family = family,
      .resolve = [](zoe_plugin* self, const zoe_track* source, zoe_str name, zoe_rendition* out,
                    zoe_error* error) noexcept -> zoe_status {
        return guarded(error, [&]() -> Status {
          ZOE_TRY(const zoe_rendition rendition, plugin_cast<CodecPlugin>(self).resolve(*source, to_view(name)));
          fill_out(out, rendition);
          return {};
        });
      },
      .ladder = codec_ladder,
      .open = [](zoe_plugin* self, const zoe_track* source, const zoe_rendition* rendition, zoe_codec_session** out,
                 zoe_error* error) noexcept -> zoe_status {
        return guarded(error, [&]() -> Status {
          ZOE_TRY(std::unique_ptr<CodecSession> made, plugin_cast<CodecPlugin>(self).open(*source, *rendition));
          *out = reinterpret_cast<zoe_codec_session*>(made.release());
          return {};
        });
      },
      .send_packet = [](zoe_codec_session* session, const zoe_packet* packet, zoe_error* error) noexcept -> zoe_status {
        return in_session(session, "send_packet", error, [&](CodecSession& s) { return s.send_packet(*packet); });
      },
      .send_frame = [](zoe_codec_session* session, const zoe_frame* frame, std::int32_t is_segment_start,
                       zoe_error* error) noexcept -> zoe_status {
        return in_session(session, "send_frame", error,
                          [&](CodecSession& s) { return s.send_frame(*frame, is_segment_start != 0); });
      },
      .flush = [](zoe_codec_session* session, zoe_error* error) noexcept -> zoe_status {
        return in_session(session, "flush", error, [](CodecSession& s) { return s.flush(); });
      },
      .receive_packet = [](zoe_codec_session* session, zoe_packet* out, zoe_error* error) noexcept -> zoe_status {
        return in_session(session, "receive_packet", error, [&](CodecSession& s) -> Result<Flow> {
          zoe_packet packet{};
          packet.struct_size = sizeof packet;
          ZOE_TRY(const Flow flow, s.receive_packet(packet));
          if (flow == Flow::kDone) fill_out(out, packet);
          return flow;
        });
      },
      .extradata = [](zoe_codec_session* session) noexcept -> zoe_str {
        return guarded_or(zoe_str{}, [&] { return to_abi(as_text(session_of(session).extradata())); });
      },
      .close = [](zoe_codec_session* session) noexcept { delete &session_of(session); },
  };
}

}  // namespace detail

inline CodecPlugin::CodecPlugin(const Host& host, std::uint32_t input, const char* family)
    : Plugin(host), table_(detail::codec_table(input, family)) {}

}  // namespace zoe::sdk

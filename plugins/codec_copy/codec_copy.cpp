// The rendition "copy": the source's own packets, as they are.
#include <optional>
#include <utility>

#include "engine/plugin/sdk/codec.hpp"

namespace zoe::plugins {
namespace {

constexpr std::string_view kName = "copy";

class CopySession final : public sdk::CodecSession {
 public:
  explicit CopySession(const sdk::Host& host) : host_(host) {}

  Result<sdk::Flow> send_packet(const zoe_packet& packet) override {
    if (is_flushed_) return fail(Errc::kConflict, "the session takes no packets after its flush");
    if (held_) return sdk::Flow::kAgain;
    held_ = packet;
    held_->struct_size = sizeof(zoe_packet);
    buffer_ = sdk::BufferRef::share(host_, packet.buffer);
    return sdk::Flow::kDone;
  }

  Status flush() override {
    is_flushed_ = true;
    return {};
  }

  Result<sdk::Flow> receive_packet(zoe_packet& out) override {
    if (!held_) return is_flushed_ ? sdk::Flow::kEnd : sdk::Flow::kAgain;
    out = *std::exchange(held_, std::nullopt);
    out.buffer = buffer_.release();
    return sdk::Flow::kDone;
  }

 private:
  const sdk::Host host_;
  std::optional<zoe_packet> held_;
  sdk::BufferRef buffer_;  // of the packet that is held
  bool is_flushed_ = false;
};

class CopyCodec final : public sdk::CodecPlugin {
 public:
  static Result<std::unique_ptr<CopyCodec>> create(const sdk::Host& host) { return std::make_unique<CopyCodec>(host); }

  explicit CopyCodec(const sdk::Host& host) : CodecPlugin(host, ZOE_CODEC_INPUT_PACKETS, "copy") {}

  Result<zoe_rendition> resolve(const zoe_track& source, std::string_view name) override {
    if (name != kName) {
      return fail(Errc::kInvalidArgument,
                  "\"" + std::string(name.substr(0, 80)) + "\" is no rendition; \"copy\" takes no settings");
    }
    if (source.kind != ZOE_TRACK_VIDEO && source.kind != ZOE_TRACK_AUDIO)
      return fail(Errc::kUnsupported, "only video and sound can be copied");
    return rendition_of(source);
  }

  std::vector<zoe_rendition> ladder(const zoe_track& source) override {
    if (source.kind != ZOE_TRACK_VIDEO && source.kind != ZOE_TRACK_AUDIO) return {};
    return {rendition_of(source)};
  }

  Result<std::unique_ptr<sdk::CodecSession>> open(const zoe_track&, const zoe_rendition&) override {
    return std::make_unique<CopySession>(host());
  }

 private:
  static zoe_rendition rendition_of(const zoe_track& source) {
    zoe_rendition rendition{};
    rendition.struct_size = sizeof rendition;
    sdk::copy_text(rendition.name, kName);
    rendition.output = source;
    rendition.output.struct_size = sizeof rendition.output;
    rendition.output.extradata = nullptr;  // the source's
    rendition.output.extradata_size = 0;
    return rendition;
  }
};

}  // namespace
}  // namespace zoe::plugins

ZOE_DEFINE_PLUGIN(zoe::plugins::CopyCodec, "codec_copy", "The source's own packets", "1.0.0")

#include "engine/plugin/host/interfaces.hpp"

#include <cstddef>
#include <cstring>

namespace zoe::plugin {
namespace {

using Function = void (*)();

// True when a table is as large as `size` (what version 1.0 had) and none of its functions, which begin at `first`, is
// null.
bool is_complete(const void* table, std::size_t first, std::size_t size) {
  std::uint32_t struct_size = 0;
  std::memcpy(&struct_size, table, sizeof struct_size);
  if (struct_size < size) return false;
  for (std::size_t at = first; at + sizeof(Function) <= size; at += sizeof(Function)) {
    Function function = nullptr;
    std::memcpy(&function, static_cast<const char*>(table) + at, sizeof function);
    if (!function) return false;
  }
  return true;
}

bool is_complete_codec(const void* table) {
  std::uint32_t struct_size = 0;
  std::memcpy(&struct_size, table, sizeof struct_size);
  if (struct_size < sizeof(zoe_codec_v1)) return false;
  const auto& codec = *static_cast<const zoe_codec_v1*>(table);
  const bool has_input = (codec.input == ZOE_CODEC_INPUT_PACKETS && codec.send_packet) ||
                         (codec.input == ZOE_CODEC_INPUT_FRAMES && codec.send_frame);
  return has_input && codec.family && codec.family[0] != '\0' && codec.resolve && codec.ladder && codec.open &&
         codec.flush && codec.receive_packet && codec.extradata && codec.close;
}

}  // namespace

const char* interface_id(std::uint32_t kind) {
  switch (kind) {
    case ZOE_PLUGIN_CODEC:
      return ZOE_CODEC_V1;
    case ZOE_PLUGIN_TRANSPORT:
      return ZOE_TRANSPORT_V1;
    case ZOE_PLUGIN_AUTH:
      return ZOE_AUTH_V1;
    case ZOE_PLUGIN_ANALYSIS:
      return ZOE_ANALYSIS_V1;
    default:
      return nullptr;
  }
}

const char* kind_name(std::uint32_t kind) {
  switch (kind) {
    case ZOE_PLUGIN_CODEC:
      return "codec";
    case ZOE_PLUGIN_TRANSPORT:
      return "transport";
    case ZOE_PLUGIN_AUTH:
      return "auth";
    case ZOE_PLUGIN_ANALYSIS:
      return "analysis";
    default:
      return "plugin";
  }
}

Status check_interface(std::uint32_t kind, const void* table) {
  const char* id = interface_id(kind);
  if (!id)
    return fail(Errc::kUnsupported,
                std::string("this program has no use for plugins of the kind ") + kind_name(kind) + " yet");
  if (!table) return fail(Errc::kMalformed, std::string("it does not offer ") + id);
  bool is_ok = false;
  switch (kind) {
    case ZOE_PLUGIN_CODEC:
      is_ok = is_complete_codec(table);
      break;
    case ZOE_PLUGIN_TRANSPORT:
      is_ok = is_complete(table, offsetof(zoe_transport_v1, listeners), sizeof(zoe_transport_v1));
      break;
    case ZOE_PLUGIN_ANALYSIS:
      is_ok = is_complete(table, offsetof(zoe_analysis_v1, list), sizeof(zoe_analysis_v1));
      break;
    default:
      is_ok = is_complete(table, offsetof(zoe_auth_v1, capabilities), offsetof(zoe_auth_v1, create_user));
      break;
  }
  if (!is_ok) return fail(Errc::kMalformed, std::string("its table ") + id + " is incomplete");
  return {};
}

}  // namespace zoe::plugin

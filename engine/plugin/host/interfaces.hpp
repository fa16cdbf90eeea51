// Which interface belongs to which kind of plugin.
#pragma once

#include <cstdint>
#include <string>

#include "engine/core/result.hpp"
#include "engine/plugin/abi/analysis.h"
#include "engine/plugin/abi/auth.h"
#include "engine/plugin/abi/codec.h"
#include "engine/plugin/abi/transport.h"

namespace zoe::plugin {

template <typename Table>
struct InterfaceTraits;

template <>
struct InterfaceTraits<zoe_codec_v1> {
  static constexpr std::uint32_t kKind = ZOE_PLUGIN_CODEC;
};
template <>
struct InterfaceTraits<zoe_transport_v1> {
  static constexpr std::uint32_t kKind = ZOE_PLUGIN_TRANSPORT;
};
template <>
struct InterfaceTraits<zoe_auth_v1> {
  static constexpr std::uint32_t kKind = ZOE_PLUGIN_AUTH;
};
template <>
struct InterfaceTraits<zoe_analysis_v1> {
  static constexpr std::uint32_t kKind = ZOE_PLUGIN_ANALYSIS;
};

// "zoe.codec/1"; null for a kind that this version has no interface for.
const char* interface_id(std::uint32_t kind);

// "codec"; "plugin" for an unknown kind.
const char* kind_name(std::uint32_t kind);

// Fails where the table that a plugin of `kind` offers is missing, too small or lacks a function.
Status check_interface(std::uint32_t kind, const void* table);

}  // namespace zoe::plugin

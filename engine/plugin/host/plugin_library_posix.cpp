#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "engine/plugin/host/plugin_file.hpp"
#include "engine/plugin/host/plugin_library.hpp"

namespace zoe::plugin {
namespace {

constexpr std::size_t kLongestId = 48;
constexpr std::size_t kLongestText = 128;

bool is_id(const char* text) {
  const std::size_t size = ::strnlen(text, kLongestId + 1);
  return size >= 1 && size <= kLongestId && std::all_of(text, text + size, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

bool is_text(const char* text) {
  const std::size_t size = text ? ::strnlen(text, kLongestText + 1) : 0;
  return size >= 1 && size <= kLongestText;
}

bool is_mapped(const std::string& path) {
  std::pair<const std::string&, bool> search{path, false};
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto& [wanted, is_found] = *static_cast<std::pair<const std::string&, bool>*>(data);
        is_found = is_found || (info->dlpi_name && wanted == info->dlpi_name);
        return is_found ? 1 : 0;
      },
      &search);
  return search.second;
}

// The loader's words name the private copy; the operator knows the file that was dropped into the folder.
std::string loader_words(const std::string& copy_path) {
  const char* error = ::dlerror();
  std::string words = error ? error : "unknown reason";
  if (const auto at = words.find(copy_path + ": "); at == 0) words.erase(0, copy_path.size() + 2);
  if (words.find("failed to map segment") != std::string::npos)
    words += " (does the data folder lie on a file system that is mounted with noexec?)";
  return words;
}

}  // namespace

Status check_entry(const zoe_plugin_entry_v1& entry, const std::string& path) {
  const auto bad = [&path](Errc code, const std::string& why) { return fail(code, path + why); };
  // The first eight bytes have the same meaning in every version; nothing else is looked at before they fit.
  if (entry.abi_major != ZOE_ABI_MAJOR || entry.abi_minor > ZOE_ABI_MINOR) {
    return bad(Errc::kUnsupported, " was built for version " + std::to_string(entry.abi_major) + "." +
                                       std::to_string(entry.abi_minor) + " of the plugin interface, this program has " +
                                       std::to_string(ZOE_ABI_MAJOR) + "." + std::to_string(ZOE_ABI_MINOR) +
                                       ": a plugin built for this program's release is needed");
  }
  if (entry.struct_size < sizeof(zoe_plugin_entry_v1))
    return bad(Errc::kMalformed, " is no plugin: its entry is too small");
  if (!entry.id || !is_id(entry.id))
    return bad(Errc::kMalformed, " is no plugin: its id is not made of 1 to 48 of a-z, 0-9 and _");
  if (!is_text(entry.name) || !is_text(entry.version))
    return bad(Errc::kMalformed, " is no plugin: its name or its version is missing or too long");
  if (entry.kind < ZOE_PLUGIN_CODEC || entry.kind > ZOE_PLUGIN_ANALYSIS)
    return bad(Errc::kMalformed, " is of kind " + std::to_string(entry.kind) + ", which this program does not know");
  if (!entry.init || !entry.get_interface || !entry.deinit)
    return bad(Errc::kMalformed, " is no plugin: its entry lacks a function");
  return {};
}

PluginLibrary::PluginLibrary(std::string path, std::string copy_path, void* handle)
    : path_(std::move(path)), copy_path_(std::move(copy_path)), handle_(handle) {}

PluginLibrary::~PluginLibrary() { unload(); }

Result<std::unique_ptr<PluginLibrary>> PluginLibrary::load(const std::string& path, const std::string& copy_path) {
  {
    ZOE_TRY(const PluginFile file, open_plugin_file(path));
    ZOE_CHECK(copy_plugin_file(file, copy_path));
  }
  void* handle = ::dlopen(copy_path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    auto failure = fail(Errc::kMalformed, path + " cannot be loaded: " + loader_words(copy_path));
    ::unlink(copy_path.c_str());
    return failure;
  }
  std::unique_ptr<PluginLibrary> library(new PluginLibrary(path, copy_path, handle));
  library->entry_ = static_cast<const zoe_plugin_entry_v1*>(::dlsym(handle, ZOE_PLUGIN_ENTRY_SYMBOL));
  if (!library->entry_)
    return fail(Errc::kMalformed, path + " is no plugin: it does not export " ZOE_PLUGIN_ENTRY_SYMBOL);
  ZOE_CHECK(check_entry(*library->entry_, path));
  return library;
}

Unloaded PluginLibrary::unload() {
  if (!handle_) return Unloaded::kGone;
  entry_ = nullptr;
  ::dlclose(std::exchange(handle_, nullptr));
  const bool is_resident = is_mapped(copy_path_);
  ::unlink(copy_path_.c_str());
  return is_resident ? Unloaded::kResident : Unloaded::kGone;
}

void PluginLibrary::abandon() {
  handle_ = nullptr;
  ::unlink(copy_path_.c_str());
}

}  // namespace zoe::plugin

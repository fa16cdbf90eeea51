#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "engine/plugin/host/plugin_library.hpp"
#include "engine/plugin/host/process_view.hpp"

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

std::uint64_t loaded_bytes(const std::string& path) {
  struct Search {
    const std::string& path;
    std::uint64_t bytes = 0;
  } search{path};
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* data) {
        auto& [wanted, bytes] = *static_cast<Search*>(data);
        if (!info->dlpi_name || wanted != info->dlpi_name) return 0;
        for (int i = 0; i < info->dlpi_phnum; ++i)
          if (info->dlpi_phdr[i].p_type == PT_LOAD) bytes += info->dlpi_phdr[i].p_memsz;
        return 1;
      },
      &search);
  return search.bytes;
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

bool is_mapped(const std::string& path) { return loaded_bytes(path) > 0 || is_in_map(path); }

PluginLibrary::PluginLibrary(std::shared_ptr<const StagedFile> file, void* handle)
    : file_(std::move(file)), handle_(handle), mapped_bytes_(loaded_bytes(file_->path)) {}

PluginLibrary::~PluginLibrary() { unload(); }

Result<std::unique_ptr<PluginLibrary>> PluginLibrary::load(std::shared_ptr<const StagedFile> file) {
  const std::string path = file->source;
  void* handle = ::dlopen(file->path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return fail(Errc::kMalformed, path + " cannot be loaded: " + loader_words(file->path));
  std::unique_ptr<PluginLibrary> library(new PluginLibrary(std::move(file), handle));
  library->entry_ = static_cast<const zoe_plugin_entry_v1*>(::dlsym(handle, ZOE_PLUGIN_ENTRY_SYMBOL));
  if (!library->entry_)
    return fail(Errc::kMalformed, path + " is no plugin: it does not export " ZOE_PLUGIN_ENTRY_SYMBOL);
  ZOE_CHECK(check_entry(*library->entry_, path));
  return library;
}

std::vector<std::string> PluginLibrary::threads() const { return threads_of_library(file_->path); }

Unloaded PluginLibrary::unload() {
  if (!handle_) return Unloaded::kGone;
  entry_ = nullptr;
  ::dlclose(std::exchange(handle_, nullptr));
  return is_mapped(file_->path) ? Unloaded::kResident : Unloaded::kGone;
}

void PluginLibrary::abandon() { handle_ = nullptr; }

}  // namespace zoe::plugin

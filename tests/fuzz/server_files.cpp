// The server's own files after a crash, a full disk or somebody's editor: lists of quarantined files, the catalogue of
// the library; and names of files as text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/core/byte_io.hpp"
#include "engine/net/json.hpp"
#include "server/library/catalog.hpp"
#include "server/library/media_title.hpp"
#include "server/library/quarantine.hpp"
#include "server/library/utf8_text.hpp"

#include <nlohmann/json.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zoe;
  const std::string_view text = as_text({data, size});

  const auto quarantine = server::Quarantine::parse(text, "quarantine");
  for (const server::QuarantinedFile& file : quarantine.files())
    if (quarantine.find(file.path, file.size_bytes, file.mtime_ns) == nullptr) std::abort();

  for (const server::CatalogRecord& record : server::parse_catalog("zoetrope library 1\n" + std::string(text)))
    if (record.is_listed() && !record.is_video) std::abort();

  // What was made printable is valid UTF-8: JSON takes it as it is.
  const std::string printable = server::printable_utf8(text);
  if (!net::parse_json_object(net::to_text({{"text", printable}}), 1U << 24)) std::abort();
  if (server::printable_utf8(printable) != printable) std::abort();
  if (server::cut_utf8(printable, size / 2).size() > size / 2) std::abort();
  static_cast<void>(server::sort_key(printable));
  if (server::title_of(text, "f.mp4").empty()) std::abort();
  return 0;
}

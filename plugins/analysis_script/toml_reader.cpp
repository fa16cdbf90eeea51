#include "plugins/analysis_script/toml_reader.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <nlohmann/json.hpp>

namespace zoe::plugins::analysis_script {
namespace {

using nlohmann::json;

// The parser of TOML recurses, so the nesting is counted first; what lies in a text counts too, which harms nobody.
constexpr int kMostDepth = 32;

int depth_of(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  return deepest;
}

bool is_clean(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7F; });
}

}  // namespace

struct TomlReader::Impl {
  std::shared_ptr<const toml::table> document;  // keeps what `table` lies in
  const toml::table* table = nullptr;
  std::string file;
  std::string prefix;  // "limits."
  std::set<std::string, std::less<>> known;

  const toml::node* find(std::string_view key) {
    known.emplace(key);
    return table->get(key);
  }
  std::shared_ptr<Impl> below(const toml::table& inner, std::string name) const {
    auto impl = std::make_shared<Impl>();
    impl->document = document;
    impl->table = &inner;
    impl->file = file;
    impl->prefix = prefix + name + ".";
    return impl;
  }
};

tl::unexpected<Error> TomlReader::wrong(std::string_view key, std::string_view wanted) const {
  const toml::node* node = impl_->table->get(key);
  const auto line = (node ? node->source() : impl_->table->source()).begin.line;
  return fail(Errc::kMalformed, fmt::format("{}:{}: {}{} must be {}", impl_->file, std::max<unsigned>(line, 1),
                                            impl_->prefix, key, wanted));
}

Result<std::string> TomlReader::text(std::string_view key, std::size_t most_bytes) const {
  const toml::node* node = impl_->find(key);
  const auto* text = node ? node->as_string() : nullptr;
  if (!text || text->get().empty() || text->get().size() > most_bytes || !is_clean(text->get()))
    return wrong(key, fmt::format("text of 1 to {} bytes", most_bytes));
  return text->get();
}

Result<std::string> TomlReader::text(std::string_view key, std::size_t most_bytes, std::string_view fallback) const {
  if (!impl_->find(key)) return std::string(fallback);
  return text(key, most_bytes);
}

Result<std::int64_t> TomlReader::integer(std::string_view key, std::int64_t fallback, std::int64_t low,
                                         std::int64_t high) const {
  const toml::node* node = impl_->find(key);
  if (!node) return fallback;
  const auto* number = node->as_integer();
  if (!number || number->get() < low || number->get() > high)
    return wrong(key, fmt::format("a whole number from {} to {}", low, high));
  return number->get();
}

Result<std::vector<std::string>> TomlReader::texts(std::string_view key, std::size_t most,
                                                   std::size_t most_bytes) const {
  std::vector<std::string> all;
  const toml::node* node = impl_->find(key);
  if (!node) return all;
  const std::string wanted = fmt::format("a list of at most {} texts of at most {} bytes", most, most_bytes);
  const toml::array* list = node->as_array();
  if (!list || list->size() > most) return wrong(key, wanted);
  for (const toml::node& each : *list) {
    const auto* text = each.as_string();
    if (!text || text->get().size() > most_bytes) return wrong(key, wanted);
    all.push_back(text->get());
  }
  return all;
}

Result<std::optional<json>> TomlReader::scalar(std::string_view key) const {
  const toml::node* node = impl_->find(key);
  if (!node) return std::optional<json>();
  if (const auto* text = node->as_string()) {
    if (text->get().size() > 1024 || !is_clean(text->get())) return wrong(key, "text of at most 1024 bytes");
    return std::optional<json>(text->get());
  }
  if (const auto* whole = node->as_integer()) return std::optional<json>(whole->get());
  if (const auto* real = node->as_floating_point(); real && std::isfinite(real->get()))
    return std::optional<json>(real->get());
  if (const auto* truth = node->as_boolean()) return std::optional<json>(truth->get());
  return wrong(key, "text, a number, true or false");
}

Result<std::optional<TomlReader>> TomlReader::table(std::string_view key) const {
  const toml::node* node = impl_->find(key);
  if (!node) return std::optional<TomlReader>();
  if (!node->is_table()) return wrong(key, "a table");
  return std::optional<TomlReader>(TomlReader(impl_->below(*node->as_table(), std::string(key))));
}

Result<std::vector<TomlReader>> TomlReader::tables(std::string_view key, std::size_t most) const {
  std::vector<TomlReader> all;
  const toml::node* node = impl_->find(key);
  if (!node) return all;
  const toml::array* list = node->as_array();
  if (!list || list->size() > most) return wrong(key, fmt::format("at most {} tables", most));
  for (const toml::node& each : *list) {
    if (!each.is_table()) return wrong(key, "tables");
    all.emplace_back(impl_->below(*each.as_table(), fmt::format("{}[{}]", key, all.size())));
  }
  return all;
}

Status TomlReader::check_unknown() const {
  for (const auto& [key, value] : *impl_->table)
    if (!impl_->known.contains(key.str()))
      return fail(Errc::kMalformed,
                  fmt::format("{}:{}: {}{} is nothing that a manifest has; is it misspelt?", impl_->file,
                              key.source().begin.line, impl_->prefix, key.str().substr(0, 64)));
  return {};
}

Result<TomlDocument> TomlDocument::parse(std::string_view text, const std::string& file) {
  if (depth_of(text) > kMostDepth) return fail(Errc::kMalformed, file + ": it is nested too deeply");
  auto impl = std::make_shared<TomlReader::Impl>();
  impl->file = file;
  try {
    auto table = std::make_shared<toml::table>(toml::parse(text));
    impl->table = table.get();
    impl->document = std::move(table);
  } catch (const toml::parse_error& error) {
    return fail(Errc::kMalformed,
                fmt::format("{}:{}: {}", file, error.source().begin.line, std::string(error.description())));
  }
  return TomlDocument(TomlReader(std::move(impl)));
}

}  // namespace zoe::plugins::analysis_script

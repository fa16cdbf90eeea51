#include "engine/core/config.hpp"

#include <cmath>
#include <set>

#include <toml++/toml.h>
#include <nlohmann/json.hpp>

#include "engine/core/byte_io.hpp"
#include "engine/core/file.hpp"

namespace zoe {
namespace {

constexpr std::size_t kMostBytes = 1U << 20;

nlohmann::json to_json(const toml::node& node) {
  if (const toml::table* table = node.as_table()) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& [key, value] : *table) object[std::string(key.str())] = to_json(value);
    return object;
  }
  if (const toml::array* array = node.as_array()) {
    nlohmann::json list = nlohmann::json::array();
    for (const toml::node& value : *array) list.push_back(to_json(value));
    return list;
  }
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return whole->get();
  if (const auto* real = node.as_floating_point()) return real->get();
  if (const auto* truth = node.as_boolean()) return truth->get();
  std::ostringstream text;  // a date or a time
  node.visit([&text](const auto& value) {
    if constexpr (toml::is_chronological<decltype(value)>) text << value;
  });
  return text.str();
}

std::string shown(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

std::string_view word_for(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::none:
      break;
    default:
      return "a date or time";
  }
  return "nothing";
}

}  // namespace

struct Config::Impl {
  toml::table root;
  std::string name;
  mutable std::set<std::string, std::less<>> known;         // keys that were asked for
  mutable std::set<std::string, std::less<>> known_tables;  // tables that were asked for as a whole

  // "zoetrope.toml:12", or the file alone for what no line of it says.
  std::string place(const toml::node& node) const {
    const auto line = node.source().begin.line;
    return line > 0 ? name + ":" + std::to_string(line) : name;
  }

  tl::unexpected<Error> bad(const toml::node& node, std::string_view key, const std::string& wanted) const {
    return fail(Errc::kInvalidArgument, place(node) + ": '" + std::string(key) + "' must be " + wanted);
  }
  tl::unexpected<Error> bad_type(const toml::node& node, std::string_view key, const std::string& wanted) const {
    return bad(node, key, wanted + ", not " + std::string(word_for(node.type())));
  }

  // The node of a dotted key; null where it is absent. An error where something on the way is not a table.
  Result<const toml::node*> find(std::string_view key) const {
    const toml::table* table = &root;
    std::size_t from = 0;
    while (true) {
      const std::size_t dot = key.find('.', from);
      const toml::node* node = table->get(key.substr(from, dot == std::string_view::npos ? dot : dot - from));
      if (!node || dot == std::string_view::npos) return node;
      table = node->as_table();
      if (!table) return bad_type(*node, key.substr(0, dot), "a table");
      from = dot + 1;
    }
  }

  Result<const toml::node*> look_up(std::string_view key) const {
    known.emplace(key);
    return find(key);
  }

  Status check_table(const toml::table& table, const std::string& prefix) const {
    for (const auto& [name_of_key, node] : table) {
      const std::string key = prefix + std::string(name_of_key.str());
      if (known.contains(key) || known_tables.contains(key)) continue;
      if (const toml::table* inner = node.as_table()) {
        // A table is known by what was asked for inside it; an empty one says nothing that could be wrong.
        if (!has_known_below(key + ".") && !inner->empty()) return unknown(node, "table", key);
        ZOE_CHECK(check_table(*inner, key + "."));
        continue;
      }
      return unknown(node, "setting", key);
    }
    return {};
  }

  bool has_known_below(const std::string& prefix) const {
    const auto starts = [&prefix](const std::set<std::string, std::less<>>& keys) {
      const auto first = keys.lower_bound(prefix);
      return first != keys.end() && first->starts_with(prefix);
    };
    return starts(known) || starts(known_tables);
  }

  Status unknown(const toml::node& node, std::string_view what, const std::string& key) const {
    return fail(Errc::kInvalidArgument,
                place(node) + ": there is no " + std::string(what) + " '" + key + "'; is it misspelt?");
  }
};

Config::Config() : impl_(std::make_unique<Impl>()) {}
Config::~Config() = default;
Config::Config(Config&&) noexcept = default;
Config& Config::operator=(Config&&) noexcept = default;

Result<Config> Config::load(const std::string& path) {
  ZOE_TRY(const std::vector<std::uint8_t> bytes, read_file(path, kMostBytes));
  return parse(as_text(bytes), path);
}

Result<Config> Config::parse(std::string_view text, const std::string& name) {
  if (text.size() > kMostBytes) return fail(Errc::kTooLarge, name + ": larger than 1 MiB");
  Config config;
  config.impl_->name = name;
  try {
    config.impl_->root = toml::parse(text, std::string_view(name));
  } catch (const toml::parse_error& e) {
    return fail(Errc::kMalformed,
                name + ":" + std::to_string(e.source().begin.line) + ": " + std::string(e.description()));
  }
  return config;
}

Result<std::string> Config::string(std::string_view key, std::string_view fallback) const {
  ZOE_TRY(const toml::node* node, impl_->look_up(key));
  if (!node) return std::string(fallback);
  const auto* value = node->as_string();
  if (!value) return impl_->bad_type(*node, key, "text in quotes");
  return value->get();
}

Result<std::int64_t> Config::integer(std::string_view key, std::int64_t fallback, std::int64_t low,
                                     std::int64_t high) const {
  ZOE_TRY(const toml::node* node, impl_->look_up(key));
  if (!node) return fallback;
  const std::string wanted = "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  const auto* value = node->as_integer();
  if (!value) return impl_->bad_type(*node, key, wanted);
  if (value->get() < low || value->get() > high)
    return impl_->bad(*node, key, wanted + ", not " + std::to_string(value->get()));
  return value->get();
}

Result<double> Config::number(std::string_view key, double fallback, double low, double high) const {
  ZOE_TRY(const toml::node* node, impl_->look_up(key));
  if (!node) return fallback;
  const std::string wanted = "a number from " + shown(low) + " to " + shown(high);
  if (!node->is_number()) return impl_->bad_type(*node, key, wanted);
  const double value =
      node->is_integer() ? static_cast<double>(node->as_integer()->get()) : node->as_floating_point()->get();
  if (std::isnan(value) || value < low || value > high) return impl_->bad(*node, key, wanted + ", not " + shown(value));
  return value;
}

Result<bool> Config::boolean(std::string_view key, bool fallback) const {
  ZOE_TRY(const toml::node* node, impl_->look_up(key));
  if (!node) return fallback;
  const auto* value = node->as_boolean();
  if (!value) return impl_->bad_type(*node, key, "true or false");
  return value->get();
}

Result<std::vector<std::string>> Config::strings(std::string_view key, const std::vector<std::string>& fallback) const {
  ZOE_TRY(const toml::node* node, impl_->look_up(key));
  if (!node) return fallback;
  constexpr const char* kWanted = "a list of texts in quotes";
  const toml::array* array = node->as_array();
  if (!array) return impl_->bad_type(*node, key, kWanted);
  std::vector<std::string> values;
  for (const toml::node& entry : *array) {
    const auto* value = entry.as_string();
    if (!value) return impl_->bad(entry, key, kWanted);
    values.push_back(value->get());
  }
  return values;
}

Result<std::string> Config::table_json(std::string_view key) const {
  impl_->known_tables.emplace(key);
  ZOE_TRY(const toml::node* node, impl_->find(key));
  if (!node) return std::string("{}");
  if (!node->is_table()) return impl_->bad_type(*node, key, "a table");
  return to_json(*node).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Status Config::check_unknown() const { return impl_->check_table(impl_->root, ""); }

}  // namespace zoe

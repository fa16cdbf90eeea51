#include "engine/plugin/sdk/settings.hpp"

#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace zoe::sdk {

struct Settings::Impl {
  nlohmann::json values;
  std::string place;  // "[plugins.codec_jpeg]"
  mutable std::set<std::string, std::less<>> known{"enabled"};

  // Null where it is absent.
  const nlohmann::json* find(std::string_view key) const {
    known.emplace(key);
    const auto found = values.find(key);
    return found == values.end() ? nullptr : &*found;
  }

  tl::unexpected<Error> bad(std::string_view key, std::string_view wanted) const {
    return fail(Errc::kInvalidArgument, fmt::format("{} {} must be {}", place, key, wanted));
  }
};

Settings::Settings(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Settings::Settings(Settings&&) noexcept = default;
Settings& Settings::operator=(Settings&&) noexcept = default;
Settings::~Settings() = default;

Result<Settings> Settings::read(const Host& host, std::string_view id) { return parse(host.config_json(), id); }

Result<Settings> Settings::parse(std::string_view json, std::string_view id) {
  auto impl = std::make_unique<Impl>();
  impl->place = fmt::format("[plugins.{}]", id);
  impl->values = nlohmann::json::parse(json, nullptr, false);
  if (!impl->values.is_object())
    return fail(Errc::kMalformed, impl->place + ": the host's settings are no JSON object");
  return Settings(std::move(impl));
}

Result<std::string> Settings::string(std::string_view key, std::string_view fallback) const {
  const nlohmann::json* value = impl_->find(key);
  if (!value) return std::string(fallback);
  if (!value->is_string()) return impl_->bad(key, "text in quotes");
  return value->get<std::string>();
}

Result<std::int64_t> Settings::integer(std::string_view key, std::int64_t fallback, std::int64_t low,
                                       std::int64_t high) const {
  const nlohmann::json* value = impl_->find(key);
  if (!value) return fallback;
  const bool fits = value->is_number_integer() &&
                    !(value->is_number_unsigned() && value->get<std::uint64_t>() > std::uint64_t{INT64_MAX});
  const std::int64_t number = fits ? value->get<std::int64_t>() : 0;
  if (!fits || number < low || number > high)
    return impl_->bad(key, fmt::format("a whole number from {} to {}", low, high));
  return number;
}

Result<double> Settings::number(std::string_view key, double fallback, double low, double high) const {
  const nlohmann::json* value = impl_->find(key);
  if (!value) return fallback;
  const double number = value->is_number() ? value->get<double>() : 0;
  if (!value->is_number() || !(number >= low && number <= high))
    return impl_->bad(key, fmt::format("a number from {} to {}", low, high));
  return number;
}

Result<bool> Settings::boolean(std::string_view key, bool fallback) const {
  const nlohmann::json* value = impl_->find(key);
  if (!value) return fallback;
  if (!value->is_boolean()) return impl_->bad(key, "true or false");
  return value->get<bool>();
}

Result<std::vector<std::string>> Settings::strings(std::string_view key) const {
  std::vector<std::string> texts;
  const nlohmann::json* value = impl_->find(key);
  if (!value) return texts;
  if (!value->is_array()) return impl_->bad(key, "a list of texts");
  for (const nlohmann::json& each : *value) {
    if (!each.is_string()) return impl_->bad(key, "a list of texts");
    texts.push_back(each.get<std::string>());
  }
  return texts;
}

Status Settings::check_unknown() const {
  for (const auto& [key, value] : impl_->values.items()) {
    if (!impl_->known.contains(key))
      return fail(Errc::kInvalidArgument,
                  fmt::format("{} has no setting '{}'; is it misspelt?", impl_->place, cut_utf8(key, 64)));
  }
  return {};
}

}  // namespace zoe::sdk

#include "server/analysis/analysers.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/plugin/bridge/status.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

constexpr std::size_t kMostAnalysers = 256;  // of a plugin
constexpr std::size_t kMostText = 1024;
constexpr std::size_t kMostParameters = std::size_t{64} << 10;
constexpr std::size_t kMostFileName = 255;

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 48 &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool is_parameter(const json& each) {
  constexpr std::array<std::string_view, 6> kTypes{"integer", "number", "boolean", "text", "choice", "file"};
  if (!each.is_object()) return false;
  for (const char* name : {"name", "title", "type"})
    if (!each.contains(name) || !each[name].is_string()) return false;
  const auto& type = each["type"].get_ref<const std::string&>();
  if (!is_id(each["name"].get_ref<const std::string&>()) || std::ranges::find(kTypes, type) == kTypes.end())
    return false;
  for (const char* bound : {"min", "max"})
    if (each.contains(bound) && !each[bound].is_number()) return false;
  if (type == "choice" && (!each.contains("choices") || !each["choices"].is_array())) return false;
  return each.contains("default");
}

struct Listing {
  std::vector<Analyser>& all;
  const AnalysisPin& pin;
  std::size_t count = 0;
};

std::string text_of(zoe_str text) { return std::string(abi::cut_utf8(abi::to_view(text), kMostText)); }

std::int32_t take(void* user, const zoe_analyser_info* info) {
  auto& listing = *static_cast<Listing*>(user);
  if (++listing.count > kMostAnalysers || !abi::has_all_of(info)) return 1;
  Analyser analyser{.id = text_of(info->id),
                    .name = text_of(info->name),
                    .description = text_of(info->description),
                    .version = text_of(info->version),
                    .unavailable_reason = text_of(info->unavailable_reason),
                    .parameters = json::array(),
                    .at_once = std::max<std::uint32_t>(info->at_once, 1),
                    .pin = listing.pin};
  const std::string_view parameters = abi::to_view(info->parameters_json);
  if (!parameters.empty()) {
    if (parameters.size() > kMostParameters) return 0;
    analyser.parameters = json::parse(parameters, nullptr, false);
  }
  const bool is_known = std::ranges::find(listing.all, analyser.id, &Analyser::id) != listing.all.end();
  if (!is_id(analyser.id) || is_known || !analyser.parameters.is_array() ||
      !std::ranges::all_of(analyser.parameters, is_parameter))
    return 0;
  listing.all.push_back(std::move(analyser));
  return 0;
}

tl::unexpected<Error> wrong(const std::string& name, const std::string& wanted) {
  return fail(Errc::kInvalidArgument, fmt::format("params.parameters.{}: must be {}", name, wanted));
}

Status check_number(const json& declared, const std::string& name, const json& value) {
  const bool is_whole = declared["type"] == "integer";
  std::string wanted = is_whole ? "a whole number" : "a number";
  if (declared.contains("min")) wanted += " from " + declared["min"].dump();
  if (declared.contains("max")) wanted += " to " + declared["max"].dump();
  const bool is_right = is_whole ? value.is_number_integer() : value.is_number();
  if (!is_right || (declared.contains("min") && value < declared["min"]) ||
      (declared.contains("max") && value > declared["max"]))
    return wrong(name, wanted);
  return {};
}

Status check(const json& declared, const json& value) {
  const std::string& name = declared["name"].get_ref<const std::string&>();
  const std::string& type = declared["type"].get_ref<const std::string&>();
  if (type == "integer" || type == "number") return check_number(declared, name, value);
  if (type == "boolean") return value.is_boolean() ? Status() : wrong(name, "true or false");
  if (type == "choice") {
    const json& choices = declared["choices"];
    const bool is_one = std::find(choices.begin(), choices.end(), value) != choices.end();
    return is_one ? Status() : wrong(name, "one of " + choices.dump());
  }
  const std::size_t most = type == "file" ? kMostFileName : kMostText;
  const auto* text = value.get_ptr<const std::string*>();
  if (!text || text->size() > most || text->find('\0') != std::string::npos)
    return wrong(name, fmt::format("text of at most {} bytes", most));
  return {};
}

}  // namespace

std::vector<Analyser> list_analysers(const AnalysisSource& source,
                                     const std::function<void(const std::string&)>& failed) {
  std::vector<Analyser> all;
  for (const AnalysisPin& pin : source()) {
    Listing listing{all, pin};
    zoe_error error = abi::empty_error();
    const zoe_status status = pin.table->list(pin.self, take, &listing, &error);
    if (status != ZOE_OK) failed(pin.plugin + ": " + abi::read_error(status, error).message);
  }
  return all;
}

Result<json> complete_parameters(const json& declared, const json& given) {
  if (!given.is_object()) return fail(Errc::kInvalidArgument, "params.parameters: must be an object");
  json all = json::object();
  for (const json& each : declared) {
    const std::string& name = each["name"].get_ref<const std::string&>();
    const auto found = given.find(name);
    if (found == given.end() || found->is_null()) {
      all[name] = each["type"] == "number" ? json(each["default"].get<double>()) : each["default"];
      continue;
    }
    ZOE_CHECK(check(each, *found));
    // 3 and 3.0 are one number, so that it is computed once.
    all[name] = each["type"] == "number" ? json(found->get<double>()) : *found;
  }
  for (const auto& [name, value] : given.items())
    if (!all.contains(name))
      return fail(Errc::kInvalidArgument, "params.parameters: there is no \"" + name.substr(0, 64) + "\" to set");
  return all;
}

}  // namespace zoe::server

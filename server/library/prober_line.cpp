#include "server/library/prober_line.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "server/library/media_json.hpp"
#include "server/library/utf8_text.hpp"

namespace zoe::server {
namespace {

using nlohmann::json;

constexpr std::size_t kMostWords = 4096;

std::string line_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"; }

// Paths are any bytes.
std::string path_of(const json& value, const char* name) {
  return bytes_from_hex(value.at(name).get_ref<const std::string&>());
}

Findings findings_from_json(const json& value) {
  Findings findings;
  findings.info = media_from_json(value.at("info"));
  value.at("has_index").get_to(findings.has_index);
  value.at("has_poster").get_to(findings.has_poster);
  if (const json& preview = value.at("preview"); !preview.is_null()) {
    auto layout = preview_from_json(preview);
    if (!layout) throw std::runtime_error(layout.error().message);
    findings.preview = *layout;
  }
  return findings;
}

}  // namespace

std::string order_line(const ExamineOrder& order) {
  return line_of({{"path", bytes_to_hex(order.path)},
                  {"index_file", bytes_to_hex(order.index_file)},
                  {"poster_file", bytes_to_hex(order.poster_file)},
                  {"preview_stem", bytes_to_hex(order.preview_stem)},
                  {"is_index_lent", order.is_index_lent},
                  {"is_checked", order.is_checked}});
}

Result<ExamineOrder> parse_order(std::string_view line) {
  return catch_to_result("an order", [&]() -> Result<ExamineOrder> {
    const json value = json::parse(line);
    ExamineOrder order;
    order.path = path_of(value, "path");
    order.index_file = path_of(value, "index_file");
    order.poster_file = path_of(value, "poster_file");
    order.preview_stem = path_of(value, "preview_stem");
    value.at("is_index_lent").get_to(order.is_index_lent);
    value.at("is_checked").get_to(order.is_checked);
    return order;
  });
}

std::string share_line(double share) { return line_of({{"share", share}}); }

std::string result_line(const Result<Findings>& result) {
  if (!result)
    return line_of({{"failed",
                     {{"code", to_string(result.error().code)},
                      {"message", printable_utf8(std::string_view(result.error().message).substr(0, kMostWords))}}}});
  json findings = {{"info", media_to_json(result->info)},
                   {"has_index", result->has_index},
                   {"has_poster", result->has_poster},
                   {"preview", nullptr}};
  if (result->preview) findings["preview"] = preview_to_json(*result->preview);
  return line_of({{"findings", std::move(findings)}});
}

Result<std::optional<Result<Findings>>> parse_answer(std::string_view line, double& share) {
  using Answer = std::optional<Result<Findings>>;
  try {
    const json value = json::parse(line);
    if (value.contains("share")) {
      share = value.at("share").get<double>();
      return Answer();
    }
    if (value.contains("failed")) {
      const json& failed = value.at("failed");
      return Answer(fail(errc_from_string(failed.at("code").get<std::string>()),
                         failed.at("message").get<std::string>().substr(0, kMostWords)));
    }
    return Answer(findings_from_json(value.at("findings")));
  } catch (const std::exception& error) {
    return fail(Errc::kMalformed, std::string("an answer of the prober makes no sense: ") + error.what());
  }
}

}  // namespace zoe::server

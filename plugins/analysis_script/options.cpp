#include "plugins/analysis_script/options.hpp"

namespace zoe::plugins::analysis_script {
namespace {

Status check_folder(std::string_view key, const std::string& folder) {
  if (folder.empty() || folder.starts_with('/')) return {};
  return fail(Errc::kInvalidArgument,
              "[plugins.analysis_script] " + std::string(key) + " must be the absolute path of a folder");
}

}  // namespace

Result<Options> Options::read(const sdk::Settings& settings) {
  Options options;
  ZOE_TRY(options.is_enabled, settings.boolean("enabled", true));
  ZOE_TRY(options.folder, settings.string("folder", ""));
  ZOE_TRY(options.scripts, settings.strings("scripts"));
  ZOE_TRY(options.files, settings.string("files", ""));
  ZOE_TRY(options.work, settings.string("work", ""));
  ZOE_TRY(options.user, settings.string("user", "nobody"));
  ZOE_CHECK(settings.check_unknown());
  ZOE_CHECK(check_folder("folder", options.folder));
  ZOE_CHECK(check_folder("files", options.files));
  ZOE_CHECK(check_folder("work", options.work));
  for (const std::string& folder : options.scripts) ZOE_CHECK(check_folder("scripts", folder));
  return options;
}

}  // namespace zoe::plugins::analysis_script

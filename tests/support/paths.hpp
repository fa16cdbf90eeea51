// Where a test finds what the build made. All are worked out from the test program's own place, build/CONFIG/bin, so a
// test can be started from any folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zoe::test {

// The top of the source tree.
std::string repository_folder();

// build/CONFIG of the running test.
std::string build_folder();

// build/CONFIG/bin/NAME, for example "zoetrope-server".
std::string program(std::string_view name);

// build/CONFIG/plugins/NAME.so, for example "codec_jpeg".
std::string plugin_file(std::string_view name);

// build/CONFIG/test_plugins/NAME.so, a plugin of tests/plugins/fixtures/NAME.
std::string test_plugin_file(std::string_view name);

// The folder of real clips that ZOE_CLIPS names; nothing where it is unset or missing. A test that wants them skips
// with kNoClips then.
std::optional<std::string> real_clips_folder();

inline constexpr const char* kNoClips = "ZOE_CLIPS does not name a folder of real clips";

}  // namespace zoe::test

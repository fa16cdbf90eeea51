// Scripts as analysers: good ones, and every bad one that somebody may write.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "engine/core/process_tree.hpp"
#include "tests/plugins/analysis_recorder.hpp"
#include "tests/plugins/test_host.hpp"
#include "tests/support/media_maker.hpp"

namespace zoe::plugins {
namespace {

using nlohmann::json;
using test::wait_until;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kHello = R"(echo '{"type":"hello","protocol":1,"name":"t","version":"1"}')";
constexpr const char* kSummary = R"(echo '{"type":"summary","text":"done"}')";
constexpr const char* kPoint =
    R"(echo '{"type":"track","time_us":40000,"id":7,"class":"player","team":"a","box":[0.1,0.2,0.3,0.4],"confidence":0.9}')";

class ScriptTest : public testing::Test {
 protected:
  ScriptTest() {
    host.set_settings(
        "analysis_script",
        json{{"scripts", {host.folder().file("scripts")}}, {"files", host.folder().file("files")}, {"work", work()}}
            .dump());
    std::filesystem::create_directories(host.folder().file("scripts"));
    std::filesystem::create_directories(work());
  }

  std::string work() const { return host.folder().file("work"); }

  // A script of that name, of shell; `more` are lines of its manifest.
  void add(const std::string& name, const std::string& body, const std::string& more = {},
           const std::string& program = "/bin/sh") {
    const std::string folder = "scripts/" + name + "/";
    host.folder().write(folder + "run", body + "\n");
    host.folder().write(folder + name + ".toml",
                        "id = \"" + name + "\"\nname = \"" + name + "\"\nversion = \"1\"\ncommand = [\"" + program +
                            "\", \"{folder}/run\", \"{media}\", \"{parameters}\", \"{work}\"]\n" + more);
  }
  void add_python(const std::string& name, const std::string& body, const std::string& more = {}) {
    add(name,
        "import json, os, sys, time\ndef say(**line): print(json.dumps(line), flush=True)\n"
        "say(type='hello', protocol=1)\n" +
            body,
        more, "/usr/bin/python3");
  }
  static std::string lines(const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& each : all) text += each + "\n";
    return text;
  }

  test::AnalysisRecorder& job() {
    recorders.push_back(std::make_unique<test::AnalysisRecorder>(pin()));
    return *recorders.back();
  }
  plugin::Pin pin() {
    if (!loaded) loaded = host.load(test::plugin_file("analysis_script"));
    return loaded;
  }

  // Nothing of it is left: no process, no folder.
  void expect_nothing_left() {
    EXPECT_TRUE(wait_until([&] { return descendants_of(::getpid()).empty(); }));
    EXPECT_TRUE(std::filesystem::is_empty(work()));
  }
  void TearDown() override {
    recorders.clear();
    expect_nothing_left();
  }

  test::TestHost host;
  plugin::Pin loaded;
  std::vector<std::unique_ptr<test::AnalysisRecorder>> recorders;
};

TEST_F(ScriptTest, TellsWhatAScriptFinds) {
  add("good", lines({kHello, R"(echo '{"type":"progress","fraction":0.5,"message":"half"}')", kPoint,
                     R"(echo '{"type":"event","kind":"shot","time_us":5,"end_us":9,"text":"wide","confidence":0.6}')",
                     R"(echo '{"type":"series","name":"pace","time_us":7,"value":1.5}')", "echo", kSummary}));
  auto& one = job();
  const Status how = one.run("good");
  ASSERT_TRUE(how) << how.error().message;
  ASSERT_EQ(one.points().size(), 1U);
  EXPECT_EQ(one.points()[0].point.id, 7U);
  EXPECT_EQ(one.points()[0].team, "a");
  EXPECT_FLOAT_EQ(one.points()[0].point.height, 0.4F);
  EXPECT_THAT(one.events(), ElementsAre("shot 5 wide"));
  EXPECT_THAT(one.samples(), ElementsAre("pace 7"));
  EXPECT_EQ(one.fraction(), 0.5);
  EXPECT_EQ(json::parse(one.summary()).at("text"), "done");
}

TEST_F(ScriptTest, ComesWithOneThatMarksCuts) {
  host.set_settings("analysis_script",
                    json{{"folder", std::filesystem::path(test::plugin_file("analysis_script")).parent_path().string() +
                                        "/analysis_script"},
                         {"work", work()}}
                        .dump());
  auto& one = job();
  const json cuts = one.analysers().at("scene_cuts");
  ASSERT_EQ(cuts.at("unavailable"), "");
  const Status how =
      one.run("scene_cuts", test::make_clip({.width = 64, .height = 48, .frames = 30}), {{"threshold", 0.3}});
  EXPECT_TRUE(how) << how.error().message;
  EXPECT_EQ(json::parse(one.summary()).at("values").at("frames"), 30);
  EXPECT_THAT(one.samples(), testing::Not(IsEmpty()));
}

TEST_F(ScriptTest, AScriptIsAddedWhileTheServerRuns) {
  EXPECT_THAT(job().analysers(), IsEmpty());
  add("late", lines({kHello, kSummary}),
      "[limits]\nat_once = 3\n[[parameters]]\nname = \"size\"\ntype = \"integer\"\n"
      "default = 4\nmin = 1\nmax = 9\n");
  const auto all = job().analysers();
  ASSERT_TRUE(all.contains("late"));
  EXPECT_EQ(all.at("late").at("at_once"), 3);
  EXPECT_EQ(all.at("late").at("parameters"), json::parse(R"([{"name":"size","title":"size","type":"integer","default":4,
      "min":1,"max":9}])"));
  EXPECT_TRUE(job().run("late"));
}

TEST_F(ScriptTest, SaysWhatAScriptNeedsAndIsNotThere) {
  add("needy", lines({kHello, kSummary}), "needs = [\"sh\", \"no-such-interpreter\"]\n");
  add("gone", lines({kHello, kSummary}), "", "/usr/bin/no-such-interpreter");
  const auto all = job().analysers();
  EXPECT_THAT(all.at("needy").at("unavailable").get<std::string>(), HasSubstr("no-such-interpreter"));
  EXPECT_THAT(all.at("gone").at("unavailable").get<std::string>(), HasSubstr("no-such-interpreter"));
  EXPECT_EQ(job().run("gone").error().code, Errc::kUnavailable);
  EXPECT_EQ(job().run("nobody").error().code, Errc::kNotFound);
}

TEST_F(ScriptTest, AnInterpreterThatIsMissingInsideTheScriptIsTold) {
  add("broken", "#!/nowhere/python\n", "", "{folder}/run");
  ::chmod(host.folder().file("scripts/broken/run").c_str(), 0755);
  const Status how = job().run("broken");
  EXPECT_EQ(how.error().code, Errc::kUnavailable);
  EXPECT_THAT(how.error().message, HasSubstr("No such file"));
}

TEST_F(ScriptTest, WhatEndsAtOnceFails) {
  add("quick", "echo 'ImportError: no module' >&2\nexit 3");
  const Status how = job().run("quick");
  EXPECT_THAT(how.error().message, HasSubstr("status 3"));
  EXPECT_THAT(how.error().message, HasSubstr("ImportError: no module"));
  add("silent", "exit 0");
  EXPECT_THAT(job().run("silent").error().message, HasSubstr("without a summary"));
}

TEST_F(ScriptTest, WhatNeverEndsIsEndedByItsTimeOrByACancel) {
  add("endless", lines({kHello, "sleep 600"}), "[limits]\nseconds = 1\n");
  const Status how = job().run("endless");
  EXPECT_EQ(how.error().code, Errc::kTimeout);
  add("stubborn", lines({kHello, kPoint, "trap '' TERM", "while :; do sleep 600; done"}));
  auto& one = job();
  ASSERT_TRUE(one.start("stubborn", "/dev/null", json::object()));
  ASSERT_TRUE(wait_until([&] { return !one.points().empty(); }));
  one.cancel();
  EXPECT_EQ(one.wait().error().code, Errc::kCancelled);
}

TEST_F(ScriptTest, AFloodIsEnded) {
  add("flood", lines({kHello, "yes '{\"type\":\"progress\",\"fraction\":0}'"}), "[limits]\noutput_mib = 1\n");
  EXPECT_EQ(job().run("flood").error().code, Errc::kTooLarge);
  add("rubbish", lines({kHello, "yes rubbish"}));
  const Status how = job().run("rubbish");
  EXPECT_EQ(how.error().code, Errc::kMalformed);
  EXPECT_THAT(how.error().message, HasSubstr("line 2"));
}

TEST_F(ScriptTest, ALineOfAGigabyteIsOneBadLine) {
  add("long", lines({kHello, "head -c 1000000000 /dev/zero | tr '\\0' x; echo", kPoint, kSummary}),
      "[limits]\noutput_mib = 2000\n");
  auto& one = job();
  const Status how = one.run("long");
  EXPECT_TRUE(how) << how.error().message;
  EXPECT_EQ(one.points().size(), 1U);
  EXPECT_EQ(host.metrics().counter("analysis_script_bad_lines_total").value(), 1U);
}

TEST_F(ScriptTest, BadLinesAreCountedAndTheFirstIsTold) {
  add("sloppy", lines({kHello, "echo '{\"type\":'", R"(echo '[1,2]')", R"(echo '{"type":"track","time_us":-1}')",
                       R"(echo '{"type":"event","kind":"shot","time_us":"soon"}')", R"(echo '{"type":"poem"}')", kPoint,
                       kSummary}));
  auto& one = job();
  EXPECT_TRUE(one.run("sloppy"));
  EXPECT_EQ(one.points().size(), 1U);
  EXPECT_EQ(host.metrics().counter("analysis_script_bad_lines_total").value(), 5U);
  EXPECT_EQ(host.lines_with("further lines like this are only counted"), 1U);
}

TEST_F(ScriptTest, WhatDoesNotGreetIsNoScript) {
  add("stranger", "echo hi\necho '{\"type\":\"progress\",\"fraction\":1}'\nsleep 600");
  EXPECT_THAT(job().run("stranger").error().message, HasSubstr("hello"));
  add("newer", R"(echo '{"type":"hello","protocol":99}')"
               "\nsleep 600");
  EXPECT_THAT(job().run("newer").error().message, HasSubstr("protocol 99"));
}

TEST_F(ScriptTest, WhatItLeavesBehindIsKilled) {
  add_python("spawner", R"(
for detach in (False, True):
    if os.fork() == 0:
        if detach:
            os.setsid()
            if os.fork(): os._exit(0)
            os.closerange(0, 3)
        time.sleep(600)
        os._exit(0)
say(type='summary', text='done')
)");
  EXPECT_TRUE(job().run("spawner"));
  expect_nothing_left();
  EXPECT_EQ(host.lines_with("left 2 processes behind"), 1U);
}

TEST_F(ScriptTest, WhatEatsMemoryIsEnded) {
  add_python("hungry", "eaten = []\nwhile True: eaten.append(bytearray(1 << 20))\n", "[limits]\nmemory_mib = 64\n");
  EXPECT_EQ(job().run("hungry").error().code, Errc::kNoMemory);
}

TEST_F(ScriptTest, WhatDiesHalfWayHasToldWhatItFound) {
  add("dies", lines({kHello, kPoint, "kill -SEGV $$", kSummary}));
  auto& one = job();
  EXPECT_THAT(one.run("dies").error().message, HasSubstr("signal 11"));
  EXPECT_EQ(one.points().size(), 1U);
  add("gives_up", lines({kHello, kPoint, R"(echo '{"type":"error","message":"no pitch to be seen"}')", "sleep 600"}));
  EXPECT_EQ(job().run("gives_up").error().message, "no pitch to be seen");
}

TEST_F(ScriptTest, EndsWhereTheHostCannotKeepMore) {
  add("talks", lines({kHello, std::string("while :; do ") + kPoint + "; done"}));
  auto& one = job();
  one.answer(ZOE_E_IO);
  EXPECT_EQ(one.run("talks").error().code, Errc::kIo);
  EXPECT_EQ(one.points().size(), 1U) << "it went on telling";
}

// A name is a word like any other to the script, whatever is in it.
TEST_F(ScriptTest, FileNamesAreOneWord) {
  add_python("echo",
             "say(type='event', kind='args', time_us=0, text=json.dumps(sys.argv[1:2]))\n"
             "say(type='summary')\n");
  for (const std::string name :
       {"-i --help", "quo\"te's", "new\nline", "$(touch gone)`touch gone`;touch gone", "{work}"}) {
    auto& one = job();
    ASSERT_TRUE(one.run("echo", "/srv/" + name));
    ASSERT_EQ(one.events().size(), 1U);
    EXPECT_EQ(json::parse(one.events()[0].substr(std::string("args 0 ").size())), json::array({"/srv/" + name}));
  }
}

TEST_F(ScriptTest, FileParametersStayInTheirFolder) {
  add_python("reads",
             "say(type='event', kind='read', time_us=0, text=open(json.load(open(sys.argv[2]))['model']).read())\n"
             "say(type='summary')\n",
             "[[parameters]]\nname = \"model\"\ntype = \"file\"\n");
  host.folder().write("files/net.onnx", "weights");
  host.folder().write("secret", "secret");
  std::filesystem::create_symlink(host.folder().file("secret"), host.folder().file("files/link"));
  auto& one = job();
  EXPECT_TRUE(one.run("reads", "/dev/null", {{"model", "net.onnx"}}));
  EXPECT_THAT(one.events(), ElementsAre("read 0 weights"));
  for (const char* name : {"../secret", "link", "/etc/passwd", "absent", "."})
    EXPECT_EQ(job().run("reads", "/dev/null", {{"model", name}}).error().code, Errc::kInvalidArgument) << name;
}

TEST_F(ScriptTest, ManifestsThatOthersCanWriteAreNotRun) {
  add("open", lines({kHello, kSummary}));
  ::chmod(host.folder().file("scripts/open/open.toml").c_str(), 0666);
  EXPECT_THAT(job().analysers(), IsEmpty());
  EXPECT_EQ(host.lines_with("can be written by others"), 1U);
}

TEST_F(ScriptTest, AnUnloadEndsWhatRuns) {
  add("endless", lines({kHello, kPoint, "sleep 600 & sleep 600"}));
  auto& one = job();
  ASSERT_TRUE(one.start("endless", "/dev/null", json::object()));
  ASSERT_TRUE(wait_until([&] { return !one.points().empty(); }));
  recorders.clear();
  expect_nothing_left();
  loaded.reset();
  EXPECT_TRUE(host.registry().stop(20 * kNsPerS));
}

}  // namespace
}  // namespace zoe::plugins

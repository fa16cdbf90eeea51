#include "player/client/file_intake.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace zoe::player {
namespace {

using nlohmann::json;

class FileIntakeTest : public testing::Test {
 protected:
  FileIntake::Step open(const json& answer, std::size_t most = 1 << 20) {
    return settle(intake.open(answer, most, [this](Result<std::vector<std::uint8_t>>& file) {
      ++ended;
      outcome = file ? std::string(file->begin(), file->end()) : "error: " + std::string(to_string(file.error().code));
    }));
  }
  FileIntake::Step piece(std::uint64_t offset, const std::string& text, bool is_last = false, std::uint32_t file = 7) {
    return settle(intake.take({.file = file, .offset = offset, .is_last = is_last, .data = as_bytes(text)}));
  }
  FileIntake::Step settle(FileIntake::Step step) {
    if (step.ended) step.ended->done(step.ended->outcome);
    return step;
  }

  FileIntake intake;
  int ended = 0;
  std::string outcome;
};

TEST_F(FileIntakeTest, PutsPiecesTogether) {
  open({{"file", 7}, {"size_bytes", 6}});
  piece(0, "abc");
  EXPECT_EQ(ended, 0);
  piece(3, "def", true);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(outcome, "abcdef");
  piece(6, "", true);
  EXPECT_EQ(ended, 1) << "nobody waits for it any more";
  EXPECT_EQ(intake.size(), 0U);
}

TEST_F(FileIntakeTest, AnEmptyFileIsOneToo) {
  open({{"file", 7}, {"size_bytes", 0}});
  piece(0, "", true);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(outcome, "");
}

TEST_F(FileIntakeTest, RefusesAnswersThatAreNone) {
  for (const json& answer :
       {json(5), json::object(), json{{"file", 0}, {"size_bytes", 1}}, json{{"file", -1}, {"size_bytes", 1}},
        json{{"file", 4'294'967'296}, {"size_bytes", 1}}, json{{"file", 7}, {"size_bytes", "9"}}}) {
    const int before = ended;
    open(answer);
    EXPECT_EQ(ended, before + 1) << answer;
    EXPECT_EQ(outcome, "error: malformed") << answer;
  }
  EXPECT_EQ(intake.size(), 0U);
}

TEST_F(FileIntakeTest, WhatIsTooLargeIsClosed) {
  const auto step = open({{"file", 7}, {"size_bytes", 11}}, 10);
  EXPECT_EQ(outcome, "error: too_large");
  EXPECT_TRUE(step.is_to_be_closed);
  EXPECT_EQ(step.file, 7U);
  EXPECT_EQ(intake.size(), 0U);
}

TEST_F(FileIntakeTest, PiecesThatDoNotFitEndIt) {
  const auto refuses = [&](std::uint64_t offset, const std::string& text, bool is_last) {
    ended = 0;
    open({{"file", 7}, {"size_bytes", 6}});
    const auto step = piece(offset, text, is_last);
    EXPECT_EQ(ended, 1);
    EXPECT_EQ(outcome, "error: malformed");
    EXPECT_TRUE(step.is_to_be_closed);
    EXPECT_EQ(intake.size(), 0U);
  };
  refuses(1, "abc", false);
  refuses(0, "abcdefg", false);
  refuses(0, "abc", true);
  refuses(0, "", false);
  refuses(UINT64_MAX, "a", false);
}

TEST_F(FileIntakeTest, CreditFollowsWhatHasCome) {
  const std::uint64_t size = FileIntake::kWindowBytes * 3;
  open({{"file", 7}, {"size_bytes", size}});
  const std::string chunk(FileIntake::kChunkBytes, 'x');
  std::uint64_t granted = FileIntake::kWindowBytes;
  std::uint64_t at = 0;
  while (at + chunk.size() < size) {
    const auto step = piece(at, chunk);
    at += chunk.size();
    if (step.credit != 0) {
      EXPECT_GT(step.credit, granted);
      EXPECT_LE(step.credit, at + FileIntake::kWindowBytes);
      granted = step.credit;
    }
    ASSERT_GT(granted, at) << "the server may always send on";
  }
  piece(at, chunk, true);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(outcome.size(), size);
}

TEST_F(FileIntakeTest, AFailureAtTheServerIsSaid) {
  open({{"file", 7}, {"size_bytes", 6}});
  settle(intake.fail_file({{"event", "file.failed"}, {"file", 8}, {"message", "gone"}}));
  EXPECT_EQ(ended, 0);
  settle(intake.fail_file({{"event", "file.failed"}, {"file", 7}, {"message", "gone"}}));
  EXPECT_EQ(outcome, "error: io");
}

TEST_F(FileIntakeTest, TheEndOfTheConnectionEndsAll) {
  open({{"file", 7}, {"size_bytes", 6}});
  open({{"file", 8}, {"size_bytes", 6}});
  for (auto& each : intake.take_all({Errc::kUnavailable, "gone"})) each.done(each.outcome);
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(outcome, "error: unavailable");
}

class NotingReceiver final : public FileReceiver {
 public:
  void on_file_opened(const FileInfo& info) override { text += "opened " + info.version + ' '; }
  void on_file_piece(net::FileChunk&& piece) override { text += std::string(as_text(piece.data)) + ' '; }
  void on_file_ended(Status outcome) override {
    text += outcome ? "ended" : "error: " + std::string(to_string(outcome.error().code));
  }
  std::string text;
};

// A file that goes to a receiver: transfer 9, file 7, ten bytes, asked from the fourth on.
class FileTransfer : public testing::Test {
 protected:
  FileTransfer() { intake.expect(9); }

  FileIntake::Step open(const json& said) {
    return tell(intake.open(said, {.transfer = 9, .offset = 4, .chunk_bytes = 3, .receiver = receiver}));
  }
  FileIntake::Step piece(std::uint64_t offset, const std::string& text, bool is_last = false) {
    return tell(intake.take({.file = 7, .offset = offset, .is_last = is_last, .data = as_bytes(text)}));
  }
  FileIntake::Step tell(FileIntake::Step step) const {
    if (step.opened) step.receiver->on_file_opened(*step.opened);
    if (step.piece) step.receiver->on_file_piece(std::move(*step.piece));
    if (step.ended) step.ended->tell();
    return step;
  }

  const json answer = {{"file", 7}, {"size_bytes", 10}, {"offset", 4}, {"version", "v1"}, {"name", "a"}};
  FileIntake intake;
  std::shared_ptr<NotingReceiver> receiver = std::make_shared<NotingReceiver>();
};

TEST_F(FileTransfer, GoesToItsReceiver) {
  open(answer);
  EXPECT_EQ(intake.grant(9, 6), 7U);
  EXPECT_EQ(intake.grant(9, 5), 0U) << "it knows of more already";
  EXPECT_EQ(intake.grant(8, 6), 0U);
  piece(4, "abc");
  piece(7, "def", true);
  EXPECT_EQ(receiver->text, "opened v1 abc def ended");
  EXPECT_EQ(intake.size(), 0U);
}

TEST_F(FileTransfer, MoreThanWasGrantedEndsIt) {
  open(answer);
  intake.grant(9, 2);
  piece(4, "abc");  // begun while it might
  EXPECT_TRUE(piece(7, "d").is_to_be_closed);
  EXPECT_EQ(receiver->text, "opened v1 abc error: malformed");
}

TEST_F(FileTransfer, LargerPiecesThanWereAskedForEndIt) {
  open(answer);
  intake.grant(9, 6);
  piece(4, "abcd");
  EXPECT_EQ(receiver->text, "opened v1 error: malformed");
}

TEST_F(FileTransfer, AnswersThatDoNotFitAreRefused) {
  for (const auto& [key, value] : {std::pair<const char*, json>{"offset", 5},
                                   {"size_bytes", 3},
                                   {"version", ""},
                                   {"size_bytes", UINT64_MAX},
                                   {"version", std::string(1000, 'v')}}) {
    intake.expect(9);
    receiver->text.clear();
    json wrong = answer;
    wrong[key] = value;
    const auto step = open(wrong);
    EXPECT_EQ(receiver->text, "error: malformed") << wrong;
    EXPECT_TRUE(step.is_to_be_closed);
    EXPECT_EQ(step.file, 7U);
  }
}

TEST_F(FileTransfer, WhatIsDroppedIsHeardOfNoMore) {
  EXPECT_EQ(intake.drop(9), 0U) << "before the answer";
  EXPECT_TRUE(open(answer).is_to_be_closed);
  EXPECT_EQ(receiver->text, "");
  intake.expect(9);
  open(answer);
  EXPECT_EQ(intake.drop(9), 7U);
  piece(4, "abc");
  EXPECT_EQ(receiver->text, "opened v1 ");
  EXPECT_TRUE(intake.take_all({Errc::kUnavailable, "gone"}).empty());
}

TEST_F(FileTransfer, TheEndOfTheConnectionEndsItToo) {
  open(answer);
  for (auto& each : intake.take_all({Errc::kUnavailable, "gone"})) each.tell();
  EXPECT_EQ(receiver->text, "opened v1 error: unavailable");
}

}  // namespace
}  // namespace zoe::player

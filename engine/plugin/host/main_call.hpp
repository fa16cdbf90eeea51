// A call of a plugin's [main] function that may not come back.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace zoe::plugin {

// How many calls run on although they were given up; shared by whoever must not be destroyed before they end.
using HungCalls = std::shared_ptr<std::atomic<int>>;

// Runs `body` on a short-lived thread and waits. True: it has ended, and so has its thread (with the thread-local
// objects that the plugin made on it). False: the deadline passed; the thread is given up, counted in `hung`, and where
// `body` does come back, `late` is called on it before it is counted out. Both closures must own what they use.
bool call_within(const std::string& thread_name, std::chrono::milliseconds deadline, std::function<void()> body,
                 std::function<void()> late, const HungCalls& hung);

}  // namespace zoe::plugin

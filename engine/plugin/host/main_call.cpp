#include "engine/plugin/host/main_call.hpp"

#include <system_error>
#include <thread>
#include <utility>

#include "engine/core/threads.hpp"

namespace zoe::plugin {
namespace {

struct Call {
  Mutex mutex;
  CondVar ended;
  bool has_ended ZOE_GUARDED_BY(mutex) = false;
  bool is_given_up ZOE_GUARDED_BY(mutex) = false;
};

}  // namespace

bool call_within(const std::string& thread_name, std::chrono::milliseconds deadline, std::function<void()> body,
                 std::function<void()> late, const HungCalls& hung) {
  const auto call = std::make_shared<Call>();
  auto run = [call, hung, thread_name, body = std::move(body), late = std::move(late)]() mutable {
    set_thread_name(thread_name);
    body();
    bool is_late = false;
    {
      MutexLock lock(call->mutex);
      call->has_ended = true;
      is_late = call->is_given_up;
    }
    call->ended.notify_all();
    if (!is_late) return;
    if (late) late();
    body = nullptr;  // what they own goes before the count says that nothing is used any more
    late = nullptr;
    hung->fetch_sub(1, std::memory_order_acq_rel);
  };
  std::thread thread;
  try {
    thread = std::thread(run);
  } catch (const std::system_error&) {
    run();  // no thread is to be had: without a deadline, then
    return true;
  }
  MutexLock lock(call->mutex);
  const auto until = std::chrono::steady_clock::now() + deadline;
  while (!call->has_ended)
    if (!call->ended.wait_until(call->mutex, until)) break;
  if (call->has_ended) {
    lock.unlock();
    thread.join();
    return true;
  }
  call->is_given_up = true;
  hung->fetch_add(1, std::memory_order_acq_rel);
  // The one detach of the program: nothing can end a thread that hangs in foreign code, and nobody will wait for it.
  thread.detach();
  return false;
}

}  // namespace zoe::plugin

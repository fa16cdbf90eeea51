// Who gives way when the processor is short.
#pragma once

namespace zoe::player {

// The calling thread, and those that it starts from here on, get less of a busy processor than the others: a decoder
// that works ahead must not take the time in which the next picture is drawn. Has no effect where the system has no
// such thing.
void lower_thread_priority();

}  // namespace zoe::player

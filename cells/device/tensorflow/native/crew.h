// A pool of threads that run a loop together. Each thread takes one piece at a time, so a slow or busy processor does not delay the
// others. After a loop the threads spin for a moment, because waking a thread takes as long as a product; then they sleep.
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

class Crew {
 public:
  // Calls `piece(i)` once for each i below `count`, on any thread, and returns when all are done.
  template <typename Piece>
  static void share(int count, const Piece& piece) {
    static Crew* const crew = new Crew();  // Never destroyed: its threads outlive every static.
    crew->run(count, piece);
  }

 private:
  struct Loop {
    std::atomic<int> next{0};
    int count;
    const void* piece;
    void (*call)(const void*, int);
    void work() {
      for (int i; (i = next.fetch_add(1)) < count;) call(piece, i);
    }
  };

  Crew() {
    const int threads = static_cast<int>(std::thread::hardware_concurrency());
    for (int i = 1; i < threads && i < most; i++) std::thread([this] { help(); }).detach();
    alone_ = threads < 2;
  }

  template <typename Piece>
  void run(int count, const Piece& piece) {
    Loop loop;
    loop.count = count;
    loop.piece = &piece;
    loop.call = [](const void* p, int i) { (*static_cast<const Piece*>(p))(i); };
    std::unique_lock<std::mutex> mine(taken_, std::defer_lock);
    if (alone_ || count < 2 || !mine.try_lock()) return loop.work();
    loop_.store(&loop);
    if (asleep_.load() > 0) {
      std::lock_guard<std::mutex> lock(sleep_);
      wake_.notify_all();
    }
    loop.work();
    // Threads that read the loop after this find none. Those that read it before are counted in `inside_`.
    loop_.store(nullptr);
    await([this] { return inside_.load() == 0; });
  }

  void help() {
    for (;;) {
      for (int i = 0; i < patience && !loop_.load(); i++) pause();
      if (!loop_.load()) {
        std::unique_lock<std::mutex> lock(sleep_);
        asleep_.fetch_add(1);
        wake_.wait(lock, [this] { return loop_.load() != nullptr; });
        asleep_.fetch_sub(1);
      }
      inside_.fetch_add(1);
      Loop* const loop = loop_.load();
      if (loop) loop->work();
      inside_.fetch_sub(1);
      await([this, loop] { return !loop || loop_.load() != loop; });
    }
  }

  // Spins, then yields: a longer wait is for a thread whose processor runs another program.
  template <typename Done>
  static void await(const Done& done) {
    for (int i = 0; !done(); i++) i < 1000 ? pause() : std::this_thread::yield();
  }

  static void pause() {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
  }

  // The maximum number of threads. More would only wait for the memory.
  static constexpr int most = 16;
  // Spins before sleeping, about 50 µs.
  static constexpr int patience = 3000;

  bool alone_;
  std::mutex taken_, sleep_;
  std::condition_variable wake_;
  std::atomic<Loop*> loop_{nullptr};
  std::atomic<int> asleep_{0}, inside_{0};
};

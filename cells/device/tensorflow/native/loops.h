// The computations of the operations, on plain memory. The compiler vectorises the loops, once for each generation of processors. The
// sums of a row always have the same order, whatever else is in the batch.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "crew.h"

#if defined(__x86_64__) && defined(__linux__)
#define EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EACH_PROCESSOR
#endif
#define INLINE inline __attribute__((always_inline))

// Columns of a panel. A packed weight is `[outputs / 16, inner, 16]`.
constexpr int kPanel = 16;
typedef float Lanes __attribute__((vector_size(4 * kPanel), aligned(4)));

// `rows` rows of x by one panel. Sixteen 512-bit sums fit into the registers, or four where such vectors are emulated.
template <int rows>
static INLINE void tile(const float* x, int64_t inner, const float* panel, float* y, int64_t columns) {
  Lanes sum[rows];
  for (int r = 0; r < rows; r++) sum[r] = Lanes{};
  for (int64_t k = 0; k < inner; k++) {
    const Lanes w = *reinterpret_cast<const Lanes*>(panel + kPanel * k);
    __builtin_prefetch(panel + kPanel * (k + 32));
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) sum[r] += x[r * inner + k] * w;
  }
  for (int r = 0; r < rows; r++) *reinterpret_cast<Lanes*>(y + r * columns) = sum[r];
}

template <int most>
static INLINE void panelOf(const float* x, int64_t rows, int64_t inner, const float* panel, float* y, int64_t columns) {
  int64_t r = 0;
  for (; r + most <= rows; r += most) tile<most>(x + r * inner, inner, panel, y + r * columns, columns);
  for (; r + 4 <= rows; r += 4) tile<4>(x + r * inner, inner, panel, y + r * columns, columns);
  for (; r < rows; r++) tile<1>(x + r * inner, inner, panel, y + r * columns, columns);
}

typedef void (*PanelOf)(const float*, int64_t, int64_t, const float*, float*, int64_t);
#if defined(__x86_64__)
__attribute__((target("avx512f"))) static void widePanel(
    const float* x, int64_t rows, int64_t inner, const float* panel, float* y, int64_t columns) {
  panelOf<16>(x, rows, inner, panel, y, columns);
}
__attribute__((target("avx2,fma"))) static void halfPanel(
    const float* x, int64_t rows, int64_t inner, const float* panel, float* y, int64_t columns) {
  panelOf<4>(x, rows, inner, panel, y, columns);
}
#endif
static void plainPanel(const float* x, int64_t rows, int64_t inner, const float* panel, float* y, int64_t columns) {
  panelOf<4>(x, rows, inner, panel, y, columns);
}

static PanelOf fittingPanel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return widePanel;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return halfPanel;
#endif
  return plainPanel;
}

// Transposes four numbers of four rows of w, so that the inputs of one multiplication are contiguous.
static INLINE void turnFour(const float* w, int64_t inner, float* panel) {
#if defined(__clang__) || __GNUC__ >= 12
  typedef float Four __attribute__((vector_size(16), aligned(4)));
  const auto row = [=](int i) { return *reinterpret_cast<const Four*>(w + i * inner); };
  const Four ab = __builtin_shufflevector(row(0), row(1), 0, 4, 1, 5), AB = __builtin_shufflevector(row(0), row(1), 2, 6, 3, 7);
  const Four cd = __builtin_shufflevector(row(2), row(3), 0, 4, 1, 5), CD = __builtin_shufflevector(row(2), row(3), 2, 6, 3, 7);
  *reinterpret_cast<Four*>(panel) = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *reinterpret_cast<Four*>(panel + kPanel) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *reinterpret_cast<Four*>(panel + 2 * kPanel) = __builtin_shufflevector(AB, CD, 0, 1, 4, 5);
  *reinterpret_cast<Four*>(panel + 3 * kPanel) = __builtin_shufflevector(AB, CD, 2, 3, 6, 7);
#else
  for (int n = 0; n < 4; n++) {
    for (int i = 0; i < 4; i++) panel[n * kPanel + i] = w[i * inner + n];
  }
#endif
}

// Packs sixteen rows of w, `[16, inner]`, into a panel.
static void packPanel(const float* w, int64_t inner, float* panel) {
  int64_t k = 0;
  for (; k + 4 <= inner; k += 4) {
    for (int i = 0; i < kPanel; i += 4) turnFour(w + i * inner + k, inner, panel + k * kPanel + i);
  }
  for (; k < inner; k++) {
    for (int i = 0; i < kPanel; i++) panel[k * kPanel + i] = w[i * inner + k];
  }
}

// Packs w `[outputs, inner]` into panels.
static void packAll(const float* w, int64_t outputs, int64_t inner, float* panels) {
  const int64_t size = kPanel * inner;
  Crew::share(static_cast<int>(outputs / kPanel), [=](int p) { packPanel(w + p * size, inner, panels + p * size); });
}

// y = x·wᵀ: x `[rows, inner]`, w packed or not, y `[rows, columns]`.
static void product(
    const float* x, int64_t rows, int64_t inner, const float* w, bool inPanels, float* y, int64_t columns) {
  static const PanelOf panelOf = fittingPanel();
  const int64_t panels = columns / kPanel;
  const int64_t each = std::max<int64_t>(1, std::min<int64_t>(8, panels / 16));
  Crew::share(static_cast<int>((panels + each - 1) / each), [=](int i) {
    static thread_local std::vector<float> room;
    if (!inPanels) room.resize(kPanel * inner);
    for (int64_t p = i * each; p < std::min(panels, (i + 1) * each); p++) {
      const float* panel = w + p * inner * kPanel;
      if (!inPanels) {
        packPanel(panel, inner, room.data());
        panel = room.data();
      }
      panelOf(x, rows, inner, panel, y + p * kPanel, columns);
    }
  });
}

// e^x, within two units of the last place: 2^n times a polynomial (Cephes' expf).
static INLINE float exponential(float x) {
  x = std::min(88.0f, std::max(-87.0f, x));
  const float n = (x * 1.44269504f + 12582912.0f) - 12582912.0f;
  const float r = x - n * 0.693359375f + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float scale;
  std::memcpy(&scale, &bits, 4);
  return p * scale;
}

// y = x · (1 ÷ √(mean(x²) + eps)) · weight, row by row.
EACH_PROCESSOR static void norm(const float* x, const float* weight, float eps, float* y, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++, x += width, y += width) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < width; i++) sum += x[i] * x[i];
    const float scale = 1 / std::sqrt(sum / width + eps);
#pragma omp simd
    for (int64_t i = 0; i < width; i++) y[i] = x[i] * scale * weight[i];
  }
}

// gate · σ(gate) · up
EACH_PROCESSOR static void gated(const float* gate, const float* up, float* y, int64_t size) {
#pragma omp simd
  for (int64_t i = 0; i < size; i++) y[i] = gate[i] / (1.0f + exponential(-gate[i])) * up[i];
}

// RoPE: all heads of a place use the same row of the tables `[places, width]`. The sines have the signs of the halves.
EACH_PROCESSOR static void turned(
    const float* x, const float* cos, const float* sin, float* y, int64_t places, int64_t heads, int64_t width) {
  const int64_t half = width / 2;
  for (int64_t p = 0; p < places; p++, cos += width, sin += width) {
    for (int64_t h = 0; h < heads; h++, x += width, y += width) {
#pragma omp simd
      for (int64_t i = 0; i < half; i++) {
        y[i] = x[i] * cos[i] + x[i + half] * sin[i];
        y[i + half] = x[i + half] * cos[i + half] + x[i] * sin[i + half];
      }
    }
  }
}

struct Cached {
  const float *q, *keys, *values;
  const int32_t* segments;
  float* y;
  int64_t queries, capacity, heads, kvHeads, width, filled, window;
};

// Σ q·key
template <int blocks>
static INLINE float dot(const float* q, const float* key, int64_t width) {
  float sum = 0;
  if (blocks == 0) {
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < width; i++) sum += q[i] * key[i];
    return sum;
  }
  Lanes lanes = {};
  for (int b = 0; b < blocks; b++) {
    lanes += *reinterpret_cast<const Lanes*>(q + b * kPanel) * *reinterpret_cast<const Lanes*>(key + b * kPanel);
  }
  float each[kPanel];
  std::memcpy(each, &lanes, sizeof each);
#pragma omp simd reduction(+ : sum)
  for (int i = 0; i < kPanel; i++) sum += each[i];
  return sum;
}

// y = Σ weight·value ÷ sum
template <int blocks>
static INLINE void mix(
    const float* shares, float sum, const float* values, int64_t stride, int64_t count, float* y, int64_t width) {
  const float scale = 1 / sum;
  if (blocks == 0) {
    std::fill(y, y + width, 0.0f);
    for (int64_t j = 0; j < count; j++) {
#pragma omp simd
      for (int64_t i = 0; i < width; i++) y[i] += shares[j] * scale * values[j * stride + i];
    }
    return;
  }
  Lanes mixed[blocks > 0 ? blocks : 1];
  for (int b = 0; b < blocks; b++) mixed[b] = Lanes{};
  for (int64_t j = 0; j < count; j++) {
#pragma GCC unroll 8
    for (int b = 0; b < blocks; b++) {
      mixed[b] += shares[j] * *reinterpret_cast<const Lanes*>(values + j * stride + b * kPanel);
    }
  }
  for (int b = 0; b < blocks; b++) *reinterpret_cast<Lanes*>(y + b * kPanel) = mixed[b] * scale;
}

// All heads of one query, over the keys of its segment inside the window. Keys are read in memory order, with all heads side by side,
// and the values of each place are prefetched meanwhile. Head by head, the memory would be too slow.
template <int blocks>
static INLINE void attendIn(const Cached& c, int64_t row, int64_t query) {
  const int64_t group = c.heads / c.kvHeads, width = c.width, stride = c.kvHeads * width;
  const int32_t* segments = c.segments + row * c.capacity;
  const int64_t last = c.filled - c.queries + query;
  const int64_t first = c.window > 0 ? std::max<int64_t>(0, last - c.window + 1) : 0;
  const int64_t count = last + 1 - first, place = (row * c.queries + query) * c.heads * width;
  const float* q = c.q + place;
  float* y = c.y + place;
  if (segments[last] < 0) return std::fill(y, y + c.heads * width, 0.0f);
  const float* const keys = c.keys + (row * c.capacity + first) * stride;
  const float* const values = c.values + (row * c.capacity + first) * stride;
  const float scale = 1 / std::sqrt(static_cast<float>(width));
  static thread_local std::vector<float> room;
  room.resize(c.heads * count);
  float* const scores = room.data();
  for (int64_t j = 0; j < count; j++) {
    const bool seen = segments[first + j] == segments[last];
    for (int64_t i = 0; i < stride; i += 16) __builtin_prefetch(values + j * stride + i);
    for (int64_t h = 0; h < c.heads; h++) {
      const float* const key = keys + j * stride + h / group * width;
      scores[h * count + j] = seen ? dot<blocks>(q + h * width, key, width) * scale : -1e30f;
    }
  }
  for (int64_t h = 0; h < c.heads; h++) {
    float* const shares = scores + h * count;
    float largest = -1e30f, sum = 0;
    for (int64_t j = 0; j < count; j++) largest = std::max(largest, shares[j]);
#pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < count; j++) {
      shares[j] = shares[j] > -1e30f ? exponential(shares[j] - largest) : 0.0f;
      sum += shares[j];
    }
    mix<blocks>(shares, sum, values + h / group * width, stride, count, y + h * width, width);
  }
}

EACH_PROCESSOR static void attend(const Cached& c, int64_t row, int64_t query) {
  switch (c.width) {
    case 32: return attendIn<2>(c, row, query);
    case 64: return attendIn<4>(c, row, query);
    case 128: return attendIn<8>(c, row, query);
    default: return attendIn<0>(c, row, query);
  }
}

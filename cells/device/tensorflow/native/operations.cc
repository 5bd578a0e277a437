// Palimpsest's own TensorFlow operations, for the CPU only. They are used for each generated token, where TensorFlow needs several
// operations or uses only half of the CPU. They use only TensorFlow's C interface, which all supported versions have. They are linked
// into the binding and registered when it is loaded.
#include <cstdio>
#include <initializer_list>
#include <vector>

#include "loops.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace {

// One call of an operation: its inputs and its single output.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {
    for (int i = 0; i < TF_NumInputs(context); i++) {
      TF_Tensor* tensor = nullptr;
      TF_GetInput(context, i, &tensor, status_);
      inputs_.push_back(tensor);
    }
  }
  ~Call() {
    for (TF_Tensor* tensor : inputs_) TF_DeleteTensor(tensor);
    if (output_) TF_DeleteTensor(output_);
    TF_DeleteStatus(status_);
  }
  Call(const Call&) = delete;

  template <typename T = float>
  const T* at(int input) const {
    return static_cast<const T*>(TF_TensorData(inputs_[input]));
  }
  int64_t size(int input) const { return TF_TensorElementCount(inputs_[input]); }
  int dims(int input) const { return TF_NumDims(inputs_[input]); }
  // A negative `axis` counts from the end.
  int64_t dim(int input, int axis) const {
    return TF_Dim(inputs_[input], axis < 0 ? dims(input) + axis : axis);
  }

  // Has the shape of the first input with another last dimension.
  float* output(int64_t width) {
    std::vector<int64_t> shape;
    for (int i = 0; i < dims(0); i++) shape.push_back(TF_Dim(inputs_[0], i));
    shape.back() = width;
    return output(shape);
  }
  // Null if there is not enough memory; TensorFlow reports the error.
  float* output(const std::vector<int64_t>& shape) {
    int64_t size = 1;
    for (const int64_t each : shape) size *= each;
    output_ = TF_AllocateOutput(context_, 0, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), 4 * size, status_);
    if (TF_GetCode(status_) == TF_OK) return static_cast<float*>(TF_TensorData(output_));
    TF_OpKernelContext_Failure(context_, status_);
    return nullptr;
  }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> inputs_;
  TF_Tensor* output_ = nullptr;
};

// w `[outputs, inner]`, outputs a multiple of 16 → `[outputs / 16, inner, 16]`
void computePack(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t outputs = call.dim(0, 0), inner = call.dim(0, 1);
  float* panels = call.output({outputs / kPanel, inner, kPanel});
  if (panels) packAll(call.at(0), outputs, inner, panels);
}

// x `[..., inner]`, w `[outputs, inner]` or in panels, outputs a multiple of 16 → `[..., outputs]`
void computeProduct(void*, TF_OpKernelContext* context) {
  Call call(context);
  const bool inPanels = call.dims(1) == 3;
  const int64_t inner = call.dim(0, -1), columns = call.dim(1, 0) * (inPanels ? kPanel : 1);
  float* y = call.output(columns);
  if (y) product(call.at(0), call.size(0) / inner, inner, call.at(1), inPanels, y, columns);
}

// Calls `part(from, to)` for pieces of 0 … `count` that are large enough to run in parallel. Each element of `count` is `size` numbers.
template <typename Part>
void shareRange(int64_t count, int64_t size, const Part& part) {
  const int64_t each = std::max<int64_t>(1, 16384 / size);
  Crew::share(static_cast<int>((count + each - 1) / each),
              [=, &part](int i) { part(i * each, std::min(count, (i + 1) * each)); });
}

// x `[..., width]`, weight `[width]`, eps → as x
void computeNorm(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t width = call.dim(0, -1);
  float* y = call.output(width);
  if (!y) return;
  shareRange(call.size(0) / width, width, [&](int64_t from, int64_t to) {
    norm(call.at(0) + from * width, call.at(1), *call.at(2), y + from * width, to - from, width);
  });
}

// gate, up → as gate
void computeGated(void*, TF_OpKernelContext* context) {
  Call call(context);
  float* y = call.output(call.dim(0, -1));
  if (!y) return;
  shareRange(call.size(0), 1, [&](int64_t from, int64_t to) {
    gated(call.at(0) + from, call.at(1) + from, y + from, to - from);
  });
}

// x `[batch, time, heads, width]`, twice `[batch, time, 1, width]` → as x
void computeTurned(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t width = call.dim(0, -1), heads = call.dim(0, -2);
  float* y = call.output(width);
  if (!y) return;
  shareRange(call.size(1) / width, heads * width, [&](int64_t from, int64_t to) {
    const int64_t place = from * heads * width, table = from * width;
    turned(call.at(0) + place, call.at(1) + table, call.at(2) + table, y + place, to - from, heads, width);
  });
}

// q `[batch, queries, heads, width]`, twice `[batch, capacity, kvHeads, width]`, segments `[batch, capacity]`, (keys, window) → as q
void computeAttention(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t width = call.dim(0, 3);
  const int32_t* settings = call.at<int32_t>(4);
  const int64_t queries = call.dim(0, 1);
  const Cached cached = {call.at(0), call.at(1), call.at(2), call.at<int32_t>(3), call.output(width), queries,
                         call.dim(1, 1), call.dim(0, 2), call.dim(1, 2), width, settings[0], settings[1]};
  if (!cached.y) return;
  Crew::share(static_cast<int>(call.dim(0, 0) * queries),
              [&cached, queries](int i) { attend(cached, i / queries, i % queries); });
}

void define(const char* name, std::initializer_list<const char*> inputs, void (*compute)(void*, TF_OpKernelContext*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* operation = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(operation, input);
  TF_OpDefinitionBuilderAddOutput(operation, "y: float");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(
      operation, [](TF_ShapeInferenceContext* context, TF_Status* status) {
        TF_ShapeInferenceContextSetUnknownShape(context, status);
      });
  TF_RegisterOpDefinition(operation, status);
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr);
  if (TF_GetCode(status) == TF_OK) TF_RegisterKernelBuilder(name, kernel, status);
  // If this fails, the backend uses TensorFlow's own operations.
  if (TF_GetCode(status) != TF_OK) std::fprintf(stderr, "palimpsest: %s: %s\n", name, TF_Message(status));
  TF_DeleteStatus(status);
}

const bool defined = [] {
  define("PalimpsestPack", {"w: float"}, computePack);
  define("PalimpsestProduct", {"x: float", "w: float"}, computeProduct);
  define("PalimpsestNorm", {"x: float", "weight: float", "eps: float"}, computeNorm);
  define("PalimpsestGated", {"gate: float", "up: float"}, computeGated);
  define("PalimpsestTurned", {"x: float", "cos: float", "sin: float"}, computeTurned);
  define("PalimpsestAttention",
         {"q: float", "keys: float", "values: float", "segments: int32", "settings: int32"}, computeAttention);
  return true;
}();

}  // namespace

"""Does the work of a bench with PyTorch, transformers and PEFT, in their usual fast settings: all cores, KV cache, no gradient checkpointing.

peer.ts starts it with the task as one JSON argument. It prints "answer 0" when it has run one round to warm up. Then it answers each line
"round" (seconds), "peak memory" (MB) and "processor" (seconds over all threads) with a line "answer <number>".
"""
import json
import os
import resource
import sys
import time

try:
    import torch
    import transformers
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM
except ImportError as error:
    sys.exit(f"torch or transformers is not installed ({error})")

task = json.loads(sys.argv[1])
transformers.logging.set_verbosity_error()
torch.set_num_threads(os.cpu_count())
device = task.get("device", "cpu")
dtype = getattr(torch, task.get("dtype", "float32"))


def answer(number):
    print(f"answer {number}", flush=True)


def random_model():
    shape = task["model"]
    qwen2 = shape.get("family") == "qwen2"
    config = (Qwen2Config if qwen2 else LlamaConfig)(
        vocab_size=shape["vocabulary"], hidden_size=shape["width"], intermediate_size=shape["feedForward"],
        num_hidden_layers=shape["layers"], num_attention_heads=shape["heads"],
        num_key_value_heads=shape["keyValueHeads"], head_dim=shape["headWidth"],
        max_position_embeddings=shape["positions"], rms_norm_eps=shape["normEpsilon"], tie_word_embeddings=shape["tied"],
        bos_token_id=None, eos_token_id=None, pad_token_id=0,
    )
    causal_lm = Qwen2ForCausalLM if qwen2 else LlamaForCausalLM
    return causal_lm(config).to(dtype).to(device)


def random_ids():
    """Token ids, `[batch, length]`."""
    return torch.randint(10, task["model"]["vocabulary"], (task["batch"], task["length"]), device=device)


def wait_for_device():
    if device != "cpu":
        torch.cuda.synchronize()


def training():
    from peft import LoraConfig, get_peft_model

    peft = get_peft_model(random_model(), LoraConfig(r=task["rank"], lora_alpha=2 * task["rank"], target_modules="all-linear"))
    optimizer = torch.optim.AdamW([p for p in peft.parameters() if p.requires_grad], lr=1e-4, weight_decay=0)
    ids = random_ids()

    def step():
        peft(input_ids=ids, labels=ids, use_cache=False).loss.backward()
        torch.nn.utils.clip_grad_norm_(peft.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        wait_for_device()

    return step


def generation():
    model = random_model().eval()
    ids = random_ids()
    mask = torch.ones_like(ids)

    def generate():
        with torch.inference_mode():
            output = model.generate(ids, attention_mask=mask, max_new_tokens=task["newTokens"], do_sample=False)
        wait_for_device()
        assert output.shape[1] == task["length"] + task["newTokens"]

    return generate


def loading():
    ids = torch.arange(10, 26)[None]

    def load():
        model = LlamaForCausalLM.from_pretrained(task["folder"], dtype=torch.float32)
        with torch.inference_mode():
            model(ids, logits_to_keep=1).logits.sum().item()

    return load


round_of_work = {"train": training, "generate": generation, "load": loading}[task["task"]]()


def timed_round():
    start = time.perf_counter()
    round_of_work()
    return time.perf_counter() - start


answers = {
    "round": timed_round,
    "peak memory": lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "processor": time.process_time,
}
round_of_work()
answer(0)
for line in sys.stdin:
    answer(answers[line.strip()]())

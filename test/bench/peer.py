"""PyTorch, transformers and PEFT doing what a bench does, in their best ordinary settings: all cores, KV cache, no checkpointing.

Started by peer.ts with one JSON argument; reads "round", "memory" and "processor" lines and answers each with a number.
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
    sys.exit(f"no torch and transformers here ({error})")

task = json.loads(sys.argv[1])
transformers.logging.set_verbosity_error()
torch.set_num_threads(os.cpu_count())
device = task.get("device", "cpu")
dtype = getattr(torch, task.get("dtype", "float32"))


def say(number):
    print(f"answer {number}", flush=True)


def model():
    shape = task["model"]
    family = Qwen2Config if shape.get("family") == "qwen2" else LlamaConfig
    config = family(
        vocab_size=shape["vocabulary"], hidden_size=shape["width"], intermediate_size=shape["feedForward"],
        num_hidden_layers=shape["layers"], num_attention_heads=shape["heads"],
        num_key_value_heads=shape["keyValueHeads"], head_dim=shape["headWidth"],
        max_position_embeddings=shape["positions"], rms_norm_eps=shape["normEpsilon"], tie_word_embeddings=shape["tied"],
        bos_token_id=None, eos_token_id=None, pad_token_id=0,
    )
    kind = Qwen2ForCausalLM if shape.get("family") == "qwen2" else LlamaForCausalLM
    return kind(config).to(dtype).to(device)


def finish():
    if device != "cpu":
        torch.cuda.synchronize()


def training():
    from peft import LoraConfig, get_peft_model

    peft = get_peft_model(model(), LoraConfig(r=task["rank"], lora_alpha=2 * task["rank"], target_modules="all-linear"))
    optimizer = torch.optim.AdamW([p for p in peft.parameters() if p.requires_grad], lr=1e-4, weight_decay=0)
    ids = torch.randint(10, task["model"]["vocabulary"], (task["batch"], task["length"]), device=device)

    def step():
        peft(input_ids=ids, labels=ids, use_cache=False).loss.backward()
        torch.nn.utils.clip_grad_norm_(peft.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        finish()

    return step


def generation():
    llama = model().eval()
    ids = torch.randint(10, task["model"]["vocabulary"], (task["batch"], task["length"]), device=device)
    mask = torch.ones_like(ids)

    def write():
        with torch.inference_mode():
            out = llama.generate(ids, attention_mask=mask, max_new_tokens=task["newTokens"], do_sample=False)
        finish()
        assert out.shape[1] == task["length"] + task["newTokens"]

    return write


def loading():
    ids = torch.arange(10, 26)[None]

    def load():
        llama = LlamaForCausalLM.from_pretrained(task["folder"], dtype=torch.float32)
        with torch.inference_mode():
            llama(ids, logits_to_keep=1).logits.sum().item()

    return load


work = {"train": training, "generate": generation, "load": loading}[task["task"]]()
work()
say(0)
for line in sys.stdin:
    word = line.strip()
    if word == "round":
        start = time.perf_counter()
        work()
        say(time.perf_counter() - start)
    elif word == "processor":
        say(time.process_time())
    else:
        say(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

"""Makes the reference results of whole RaDis steps: python make.py [folder] [seed].

transformers renders and tokenizes each conversation (prompt, reference, separator, rationale), PyTorch computes the
loss of a batch and the gradients of all LoRA matrices of a PEFT adapter, sample by sample and without padding. Only this
script needs Python; the checks read what it wrote. Made with PyTorch 2.13, transformers 5.18, PEFT 0.21.
"""

import json
import pathlib
import sys

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

HERE = pathlib.Path(__file__).parent
SHAPE = dict(hidden_size=32, intermediate_size=56, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2)
MODELS = {
    # Metaspace and byte fallback; a space before the answer and before the end token. Tokens with a space at either end
    # are partly in the reference and partly in the separator, or in the separator and the rationale.
    "llama-2": dict(config=LlamaConfig, model=LlamaForCausalLM, template="llama-2", tied=False, dtype=torch.float32,
                    separator=" "),
    # Byte-level BPE, biases of q, k and v, an empty think block before the answer.
    "qwen": dict(config=Qwen2Config, model=Qwen2ForCausalLM, template="qwen3", tied=True, dtype=torch.float16,
                 separator="\n\n"),
}
# `status` "filtered": only the translation is learnt. `ended` false: the rationale was cut off, so its end is not learnt.
ITEMS = [
    dict(instruction="Translate into German: the quick fox", reference="der Fuchs, der schnelle",
         text="river walks; the fox is quick; it walks home.", ended=True, status="used"),
    dict(instruction="Translate: the river walks home", reference="ผมรัก 👋 home.",
         text="Here สวัสดี is a greeting,\n\tand 👋 stays as it", ended=False, status="used"),
    dict(instruction="Translate: hello", reference="hallo", text="", ended=False, status="filtered"),
    dict(instruction="Translate into French: I love the quick river", reference="J'aime la rivière rapide !",
         text="\"aimer\" — to love.\n\n1. rivière: river\n2. rapide: quick", ended=True, status="used"),
]
CASES = [
    dict(per="token", weight=1.0),
    dict(per="token", weight=0.3),
    dict(per="role", weight=1.0),
    dict(per="role", weight=2.5),
]


def tokenizer_of(template, folder):
    """The reference tokenizer of the template, with the template's own tokens after its own."""
    golden = json.loads((HERE / f"../templates/{template}/golden.json").read_text())
    tokenizer = json.loads((HERE / f"../metrics/tokenizer-{golden['tokenizer']}/tokenizer.json").read_text())
    own = tokenizer["added_tokens"]
    first = 1 + max([t["id"] for t in own] + list(tokenizer["model"]["vocab"].values()))
    flags = dict(single_word=False, lstrip=False, rstrip=False, normalized=False)
    # A real Llama tokenizer does not list its byte tokens as added tokens.
    tokenizer["added_tokens"] = [t for t in own if not t["content"].startswith("<0x")] + [
        dict(id=first + at, **token, **flags) for at, token in enumerate(golden["added"])
    ]
    names = {name: golden[name] for name in ("bos_token", "eos_token")}
    jinja = (HERE / f"../templates/{template}/chat_template.jinja").read_text()
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    (folder / "tokenizer_config.json").write_text(json.dumps(names))
    (folder / "chat_template.jinja").write_text(jinja)
    return PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), chat_template=jinja, **{k: v for k, v in names.items() if v}
    )


def encode(tokenizer, item, separator):
    """Ids of the whole conversation, and the role of each token; None for the prompt."""
    user = [dict(role="user", content=item["instruction"])]
    used = item["status"] == "used"
    parts = [item["reference"], separator, item["text"]] if used else [item["reference"]]
    content = "".join(parts)
    render = lambda messages, **more: tokenizer.apply_chat_template(
        messages, tokenize=False, enable_thinking=False, **more
    )
    prompt = render(user, add_generation_prompt=True)
    text = render([*user, dict(role="assistant", content=content)])
    assert text.startswith(prompt), (prompt, text)
    at = text.rindex(content)
    if used and not item["ended"]:
        text = text[: at + len(content)]
    else:
        text = text[: text.rindex(tokenizer.eos_token) + len(tokenizer.eos_token)]
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    names = ["translation", "separator", "rationale"][: len(parts)]
    roles = []
    for begin, end in encoded["offset_mapping"]:
        if max(end, begin + 1) <= len(prompt):
            roles.append(None)
            continue
        # A token in two parts belongs to the earlier; the end of the turn to the last one.
        edge, owner = at, names[-1]
        for name, part in zip(names, parts):
            edge += len(part)
            if begin < edge:
                owner = name
                break
        roles.append(owner)
    return encoded["input_ids"], roles


def step(model, samples, per, weight):
    """The loss of one step and its gradients."""
    factor = dict(translation=1.0, separator=weight, rationale=weight)
    nll, count = {}, {}
    for ids, roles in samples:
        logits = model(torch.tensor([ids])).logits[0].float()
        losses = torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(ids[1:]), reduction="none")
        for loss, role in zip(losses, roles[1:]):
            if role is None or (per == "role" and role == "separator"):
                continue
            nll[role] = nll.get(role, 0) + loss
            count[role] = count.get(role, 0) + 1
    if per == "token":
        loss = sum(factor[r] * nll[r] for r in nll) / sum(factor[r] * count[r] for r in nll)
    else:
        loss = sum(factor[r] * nll[r] / count[r] for r in nll)
    model.zero_grad()
    loss.backward()
    gradients = {name: p.grad.clone() for name, p in model.named_parameters() if p.requires_grad}
    means = {role: nll[role].item() / count[role] for role in nll}
    return loss.item(), means, gradients


def make(name, out, seed):
    torch.manual_seed(seed)
    settings = MODELS[name]
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = tokenizer_of(settings["template"], folder)
    size = 1 + max(tokenizer.get_vocab().values())
    config = settings["config"](
        **SHAPE, vocab_size=-(-size // 8) * 8, max_position_embeddings=512, tie_word_embeddings=settings["tied"],
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
    )
    model = settings["model"](config)
    for parameter in model.parameters():
        spread = 0.2 if parameter.dim() > 1 else 0.3
        mean = 1.0 if parameter.dim() == 1 and parameter.mean() > 0.5 else 0.0
        torch.nn.init.normal_(parameter, mean, spread)
    model.to(settings["dtype"]).save_pretrained(folder)
    # Read again: a conversion in place would also round the angles of RoPE.
    model = settings["model"].from_pretrained(folder, dtype=torch.float32)
    names = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    tuned = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=names, task_type="CAUSAL_LM"))
    for key, parameter in tuned.named_parameters():
        if "lora_B" in key:
            torch.nn.init.normal_(parameter, 0, 0.1)
    tuned.eval()
    tuned.save_pretrained(folder / "adapter")
    (folder / "adapter/README.md").unlink(missing_ok=True)
    config_file = folder / "adapter/adapter_config.json"
    config_file.write_text(json.dumps({**json.loads(config_file.read_text()), "base_model_name_or_path": name}))

    samples = [encode(tokenizer, item, settings["separator"]) for item in ITEMS]
    results, tensors = [], {}
    for at, case in enumerate(CASES):
        loss, means, gradients = step(tuned, samples, **case)
        results.append(dict(**case, loss=loss, means=means))
        tensors |= {f"{at}.{key}": value.contiguous() for key, value in gradients.items()}
    save_file(tensors, folder / "gradients.safetensors")
    golden = dict(
        seed=seed, separator=settings["separator"], items=ITEMS,
        samples=[dict(ids=ids, roles=roles) for ids, roles in samples], cases=results,
    )
    (folder / "golden.json").write_text(json.dumps(golden, ensure_ascii=False))


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for each in MODELS:
        make(each, target, int(sys.argv[2]) if len(sys.argv) > 2 else 1)

"""Makes the reference results of beam search with transformers: python make.py. Each prompt is searched by itself.

Made with PyTorch 2.13, transformers 5.18, for the models of test/golden. Only this script needs Python.
"""

import json
import pathlib
import random

import torch
from transformers import AutoModelForCausalLM

HERE = pathlib.Path(__file__).parent
SETTINGS = [
    dict(beams=2, lengthPenalty=1.0, stopTokens=[2]),
    dict(beams=4, lengthPenalty=1.0, stopTokens=[2, 17, 33, 60]),
    dict(beams=4, lengthPenalty=0.0, stopTokens=[2, 17, 33, 60]),
    dict(beams=3, lengthPenalty=2.0, stopTokens=[5, 17, 33, 60, 80]),
    dict(beams=5, lengthPenalty=-1.0, stopTokens=[5, 90]),
    dict(beams=4, lengthPenalty=0.6, stopTokens=list(range(2, 40))),
]
MAX_TOKENS = 14


def searched(model, prompt, beams, lengthPenalty, stopTokens):
    ids = torch.tensor([prompt])
    result = model.generate(
        ids, attention_mask=torch.ones_like(ids), num_beams=beams, length_penalty=lengthPenalty, do_sample=False,
        eos_token_id=stopTokens, pad_token_id=0, max_new_tokens=MAX_TOKENS, early_stopping=False,
    )[0, len(prompt):].tolist()
    ends = [at for at, token in enumerate(result) if token in stopTokens]
    return dict(tokens=result[: ends[0]] if ends else result, ended=bool(ends))


cases = []
draw = random.Random(1)
for name in ["llama-gqa", "qwen2-bias"]:
    model = AutoModelForCausalLM.from_pretrained(HERE / f"../{name}", dtype=torch.float32).eval()
    prompts = [[draw.randrange(3, 108) for _ in range(length)] for length in (3, 9, 5, 17, 1, 12)]
    for settings in SETTINGS:
        results = [searched(model, prompt, **settings) for prompt in prompts]
        cases.append(dict(model=name, maxTokens=MAX_TOKENS, **settings, prompts=prompts, results=results))
(HERE / "beams.json").write_text(json.dumps(cases))

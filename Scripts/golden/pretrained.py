"""Writes small models of bytes as transformers 5.24.0 saves them, with random weights and the logits that it computes.

    python3 -m venv VENV && VENV/bin/pip install torch==2.15.0 safetensors transformers==5.24.0
    VENV/bin/python Scripts/golden/pretrained.py Tests/GodwitModelsTests/Pretrained

One is in float32 and one file, one in bfloat16 and several files with an index, one in float16. The logits are those of the rounded
weights, in float64.
"""
import json
import pathlib
import sys

import torch
from transformers import Mamba2Config, Mamba2ForCausalLM, MambaConfig, MambaForCausalLM, RwkvConfig, RwkvForCausalLM

PROMPT = "Once upon a time, there"


def prepared(model):
    """The model with parameters of a size at which all of them matter."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            last = name.split(".")[-1]
            if last in ("A_log", "time_decay"):
                parameter.normal_(0, 0.7)
            elif last == "D" or "norm" in name or ".ln" in name and last == "weight":
                parameter.normal_(1, 0.3)
            elif "time_mix" in last:
                parameter.uniform_(0, 1)
            elif "embeddings" in name:
                parameter.normal_(0, 1)
            else:
                parameter.normal_(0, 0.3)
    return model


def write(folder, model, dtype, **options):
    model.to(dtype).save_pretrained(folder, **options)
    (pathlib.Path(folder) / "generation_config.json").unlink(missing_ok=True)
    # They compute parts of a layer in float32 whatever its type is.
    kept = torch.Tensor.float, torch.float32
    torch.Tensor.float, torch.float32 = lambda self: self, torch.float64
    torch.set_default_dtype(torch.float64)
    model = model.to(torch.float64).eval()
    with torch.no_grad():
        logits = model(torch.tensor([list(PROMPT.encode())])).logits[0, -1]
    torch.Tensor.float, torch.float32 = kept
    torch.set_default_dtype(torch.float32)
    with open(f"{folder}/expected-logits.json", "w") as file:
        json.dump({"prompt": PROMPT, "logits": [round(x, 7) for x in logits.tolist()]}, file)


def main(folder):
    torch.manual_seed(1)
    common = dict(vocab_size=256, hidden_size=16, num_hidden_layers=2)
    mamba = MambaForCausalLM(MambaConfig(state_size=5, time_step_rank=3, **common))
    write(f"{folder}/mamba", prepared(mamba), torch.float32)
    mamba2 = Mamba2ForCausalLM(Mamba2Config(
        state_size=6, num_heads=4, head_dim=8, n_groups=2, chunk_size=4, tie_word_embeddings=False, **common))
    write(f"{folder}/mamba2", prepared(mamba2), torch.bfloat16, max_shard_size="12KB")
    rwkv = RwkvForCausalLM(RwkvConfig(intermediate_size=40, context_length=64, **common))
    write(f"{folder}/rwkv", prepared(rwkv), torch.float16)


if __name__ == "__main__":
    main(sys.argv[1])

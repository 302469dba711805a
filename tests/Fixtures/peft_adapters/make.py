"""Makes the reference of this folder: LoRA adapters as PEFT stores them, and what they do to a tiny Llama.

Plain Python, numpy and torch (1.13 or later); neither transformers nor peft. The formulas are written out below: a Llama with
grouped queries, the rules by which PEFT chooses modules, ranks and scales, and y = W x + scale * B A x.

    /usr/bin/python3 make.py        # writes NAME/adapter/ and NAME/io.safetensors for every case
"""

import json
import os
import re
import struct
import zlib

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
BASE = os.path.join(HERE, "..", "llama2_gqa", "hf")
SCOPE = "base_model.model."

CASES = {
    # A regular expression of whole names; ranks and scales by patterns, of which the first that matches counts; rank-stabilised.
    "patterns": {
        "r": 3,
        "lora_alpha": 6,
        "use_rslora": True,
        "target_modules": r"model\.layers\.\d+\.(self_attn\.(q|o)_proj|mlp\.(?!gate)\w+_proj)",
        "rank_pattern": {r"layers\.[01]\.self_attn\.q_proj": 2, "q_proj": 4, r".*down_proj": 1},
        "alpha_pattern": {r"^model\.layers\.3\.mlp\.up_proj": 9, "up_proj": 2.5, "self_attn.o_proj": 4},
    },
    # Names, one of them in full, which layers_to_transform leaves out; rank and alpha are PEFT's defaults (8 and 8).
    "layers": {
        "target_modules": ["v_proj", "gate_proj", "model.layers.0.self_attn.o_proj"],
        "layers_to_transform": [1, 3],
        "layers_pattern": "layers",
        "init_lora_weights": "gaussian",
    },
    # The embedding and the LM head whole, beside LoRA on PEFT's default modules.
    "saved": {
        "r": 2,
        "lora_alpha": 4,
        "target_modules": ["q_proj", "v_proj"],
        "modules_to_save": ["lm_head", "embed_tokens"],
    },
    # Every linear module but the LM head.
    "all_linear": {"r": 1, "lora_alpha": 3, "target_modules": "all-linear"},
}


# --- files ---------------------------------------------------------------------------------------------------------------------


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    body = data[8 + size :]
    types = {"F32": np.float32, "I64": np.int64}
    return {
        name: torch.from_numpy(np.frombuffer(body[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"]).copy())
        for name, entry in header.items()
    }


def write(path, tensors):
    header, body = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in sorted(tensors.items(), key=lambda item: (-item[1].element_size(), item[0])):
        data = tensor.detach().contiguous().numpy().tobytes()
        kind = {torch.float32: "F32", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def normal(name, shape, deviation):
    random = np.random.RandomState(zlib.crc32(name.encode()))
    return torch.from_numpy((random.standard_normal(shape) * deviation).astype(np.float32))


# --- PEFT's rules ----------------------------------------------------------------------------------------------------------------


def is_target(config, module):
    targets = config["target_modules"]
    if targets == "all-linear":
        return module != "lm_head"
    if isinstance(targets, str):
        return re.fullmatch(targets, module) is not None
    if module in targets:
        return True
    if not any(module.endswith("." + target) for target in targets):
        return False
    layers = config.get("layers_to_transform")
    if not layers:
        return True
    pattern = config.get("layers_pattern")
    number = re.match(rf".*\.{pattern}\.(\d+)\." if pattern else r".*\.[^.]*\.(\d+)\.", module)
    return number is not None and int(number.group(1)) in layers


def by_pattern(patterns, module, default):
    for key, value in (patterns or {}).items():
        if re.match(rf"(.*\.)?({key})$", module):
            return value
    return default


def rank_and_scale(config, module):
    rank = by_pattern(config.get("rank_pattern"), module, config.get("r", 8))
    alpha = by_pattern(config.get("alpha_pattern"), module, config.get("lora_alpha", 8))
    return rank, alpha / (rank**0.5 if config.get("use_rslora") else rank)


# --- the model -------------------------------------------------------------------------------------------------------------------


class Llama:
    def __init__(self, config, weights, adapter_config, adapter):
        self.config, self.weights, self.adapter_config, self.adapter = config, weights, adapter_config, adapter

    def weight(self, name):
        return self.adapter.get(SCOPE + name, self.weights[name])

    def linear(self, module, x):
        y = x @ self.weight(module + ".weight").T
        a = self.adapter.get(f"{SCOPE}{module}.lora_A.weight")
        if a is None:
            return y
        b = self.adapter[f"{SCOPE}{module}.lora_B.weight"]
        return y + (x @ a.T) @ b.T * rank_and_scale(self.adapter_config, module)[1]

    def norm(self, name, x):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + self.config["rms_norm_eps"]) * self.weights[name + ".weight"]

    def rotate(self, x):
        size, length = x.shape[-1], x.shape[-2]
        frequency = self.config["rope_theta"] ** (-torch.arange(0, size, 2, dtype=torch.float32) / size)
        angle = torch.outer(torch.arange(length, dtype=torch.float32), frequency)
        angle = torch.cat([angle, angle], -1)
        half = torch.cat([-x[..., size // 2 :], x[..., : size // 2]], -1)
        return x * angle.cos() + half * angle.sin()

    def attention(self, module, x):
        heads, groups = self.config["num_attention_heads"], self.config["num_key_value_heads"]
        size = self.config["hidden_size"] // heads

        def split(name, count):
            return self.linear(f"{module}.{name}", x).view(x.shape[0], x.shape[1], count, size).transpose(1, 2)

        query, key = self.rotate(split("q_proj", heads)), self.rotate(split("k_proj", groups))
        value = split("v_proj", groups)
        key, value = key.repeat_interleave(heads // groups, 1), value.repeat_interleave(heads // groups, 1)
        scores = query @ key.transpose(-1, -2) / size**0.5
        blocked = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        mixed = scores.masked_fill(blocked, float("-inf")).softmax(-1) @ value
        return self.linear(module + ".o_proj", mixed.transpose(1, 2).reshape(x.shape))

    def logits(self, ids):
        x = torch.nn.functional.embedding(ids, self.weight("model.embed_tokens.weight"), padding_idx=self.config["pad_token_id"])
        for block in range(self.config["num_hidden_layers"]):
            module = f"model.layers.{block}"
            x = x + self.attention(module + ".self_attn", self.norm(module + ".input_layernorm", x))
            y = self.norm(module + ".post_attention_layernorm", x)
            gate = self.linear(module + ".mlp.gate_proj", y)
            x = x + self.linear(module + ".mlp.down_proj", gate * torch.sigmoid(gate) * self.linear(module + ".mlp.up_proj", y))
        return self.linear("lm_head", self.norm("model.norm", x))


# --- the cases -------------------------------------------------------------------------------------------------------------------


def make_adapter(case, config, weights):
    tensors = {}
    for name, weight in weights.items():
        module = name[: -len(".weight")]
        if any(module.endswith(saved) for saved in config.get("modules_to_save", [])):
            tensors[SCOPE + name] = (weight + normal(f"{case}/{name}", weight.shape, 0.02)).requires_grad_()
        elif "_proj" in module and is_target(config, module):
            rank, _ = rank_and_scale(config, module)
            for side, shape in (("A", (rank, weight.shape[1])), ("B", (weight.shape[0], rank))):
                key = f"{module}.lora_{side}.weight"
                tensors[SCOPE + key] = normal(f"{case}/{key}", shape, 0.1).requires_grad_()
    return tensors


def make(case, config):
    torch.set_num_threads(1)
    with open(os.path.join(BASE, "config.json")) as file:
        base_config = json.load(file)
    weights = read(os.path.join(BASE, "model.safetensors"))
    adapter = make_adapter(case, config, weights)

    ids = torch.from_numpy(np.random.RandomState(7).randint(3, base_config["vocab_size"], (2, 10)))
    valid = torch.ones_like(ids)
    ids[1, 7:], valid[1, 7:] = base_config["pad_token_id"], 0
    labels = ids.clone()
    labels[:, :4] = -100
    labels[valid == 0] = -100

    logits = Llama(base_config, weights, config, adapter).logits(ids)
    loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
    loss.backward()

    folder = os.path.join(HERE, case, "adapter")
    os.makedirs(folder, exist_ok=True)
    write(os.path.join(folder, "adapter_model.safetensors"), adapter)
    with open(os.path.join(folder, "adapter_config.json"), "w") as file:
        json.dump({"peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": "llama2_gqa/hf", **config}, file, indent=2)
        file.write("\n")
    gradients = {"grad." + name[len(SCOPE) :]: tensor.grad for name, tensor in adapter.items()}
    results = {"input_ids": ids, "valid": valid, "labels": labels, "logits": logits, "loss": loss}
    write(os.path.join(HERE, case, "io.safetensors"), {**results, **gradients})
    print(f"{case}: {len(adapter)} tensors, loss {loss.item():.6f}")


if __name__ == "__main__":
    for case, config in CASES.items():
        make(case, config)

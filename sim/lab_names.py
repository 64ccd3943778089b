"""What labs are called, in the order of sim/data/labs.csv, which a test holds it to."""

from __future__ import annotations

LAB_LABELS = {
    "openai": "OpenAI",
    "anthropic": "Anthropic",
    "google": "Google",
    "meta": "Meta",
    "xai": "xAI",
    "nvidia": "NVIDIA",
    "microsoft": "Microsoft",
    "alibaba": "Alibaba",
    "deepseek": "DeepSeek",
    "zhipu": "Zhipu (Z.ai)",
    "moonshot": "Moonshot",
    "minimax": "MiniMax",
    "tencent": "Tencent",
    "bytedance": "ByteDance",
    "baidu": "Baidu",
    "mistral": "Mistral",
    "other_us": "Other US",
    "other_cn": "Other Chinese",
    "other_eu": "Other European",
    "other_row": "Rest of the world",
}
LABS = tuple(LAB_LABELS)

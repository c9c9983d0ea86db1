"""The hotline loop: 统一受理 → 分类处置 → 限时办结 → 过错问责, as service requests that can't get lost."""

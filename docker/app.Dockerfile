# The answering service and the gateway: one image, two commands (see docker-compose.yml).
# Model and index are made while the image is built. A container writes tickets into /ledger, and what editors add into
# /app/var.
FROM python:3.11-slim

# hadolint ignore=DL3064 # TOKENIZERS_PARALLELISM is no token
ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    TOKENIZERS_PARALLELISM=false
WORKDIR /app

# torch alone and first: only this index has builds without GPU libraries. What it needs besides stands in main.lock.
ARG TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu
COPY requirements/torch.txt requirements/main.lock requirements/
RUN pip install --no-deps --index-url "$TORCH_INDEX_URL" -r requirements/torch.txt
# A layer of its own: the lock changes more often than torch does.
# hadolint ignore=DL3059
RUN pip install --no-deps -r requirements/main.lock

COPY knowledge knowledge
COPY embeddings embeddings
COPY actions actions
COPY bot bot
RUN ENCODER_THREADS="$(nproc)" python -m bot.cli index build
# Volumes take over the owner of what they are put upon.
RUN install -d -o 65534 -g 65534 -m 700 /ledger && chown -R 65534:65534 var

# Read by the maths libraries when they are loaded; one answer at a time keeps about a core busy.
ENV OMP_NUM_THREADS=1 \
    HOME=/tmp
USER 65534:65534

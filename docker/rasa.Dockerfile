# The dialogue server. Its model is trained while the image is built, from the same inputs as `make train`.
FROM python:3.10-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    OMP_NUM_THREADS=1 \
    RASA_TELEMETRY_ENABLED=false \
    TF_CPP_MIN_LOG_LEVEL=3 \
    SQLALCHEMY_SILENCE_UBER_WARNING=1
WORKDIR /app

COPY requirements/rasa.lock requirements/
RUN pip install --no-deps -r requirements/rasa.lock

COPY config.yml domain.yml endpoints.yml credentials.yml ./
COPY scripts/train_rasa.py scripts/
COPY bot/__init__.py bot/
COPY bot/rasa bot/rasa
COPY bot/data bot/data
RUN python scripts/train_rasa.py --python /usr/local/bin/python && rm -rf var/rasa/cache

ENV HOME=/tmp
USER 65534:65534
CMD ["python", "-m", "bot.rasa.server"]

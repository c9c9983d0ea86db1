"""SupervisionError
├── EnvironmentMissing  the virtual environments are not there
├── StepFailed          preparing the model, the index or the dialogue model failed
├── PortTaken           another program listens where one of ours has to
├── RedisUnreachable    REDIS_URL is set and nothing answers there
└── NotReady            the processes did not become ready

Each message names the thing, its value and the fix, and is shown to the operator as it is.
"""


class SupervisionError(Exception):
    """`make up` cannot go on; the message says why and what to do."""


class EnvironmentMissing(SupervisionError):
    pass


class StepFailed(SupervisionError):
    pass


class PortTaken(SupervisionError):
    pass


class RedisUnreachable(SupervisionError):
    pass


class NotReady(SupervisionError):
    pass

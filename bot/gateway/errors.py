"""What can fail behind the public door. None of these reaches a resident: each has its own wording.

GatewayError
├── Unavailable          the other process gave no usable reply
│   ├── RasaUnavailable
│   │   └── RasaGone         the message was not handed over: another process may have it
│   ├── ServiceUnavailable
│   │   ├── ServiceGone      nobody listens there: nothing was or will be done
│   │   └── LedgerUnwritable the service answers, its ledger keeps nothing
│   └── ScratchUnavailable   the short memory, where falling back would leave something behind
├── SourceUnknown        no document with this id
├── TicketRefused        the service says why it does not take a report
├── TicketUnknown        no such number, or neither its code nor its session
└── WordingMissing       wording.yml lacks an entry the code asks for
"""

from __future__ import annotations


class GatewayError(Exception):
    """Base of this folder's errors; messages are for the log and carry no resident's text."""


class Unavailable(GatewayError):
    """Another process is down, too slow, or answers nonsense."""


class RasaUnavailable(Unavailable):
    pass


class RasaGone(RasaUnavailable):
    pass


class ServiceUnavailable(Unavailable):
    pass


class ServiceGone(ServiceUnavailable):
    pass


class LedgerUnwritable(ServiceUnavailable):
    pass


class ScratchUnavailable(Unavailable):
    pass


class SourceUnknown(GatewayError):
    pass


class TicketRefused(GatewayError):
    """The message may be shown to whoever sent the report."""


class TicketUnknown(GatewayError):
    pass


class WordingMissing(GatewayError):
    pass
